"""What the tour does in the browser."""

# Which card is open, and which are done, is known to the browser alone: it is kept in localStorage (in memory where
# that is refused) and stands in the address, so that a card has a link. The value of this component is what the
# reader has chosen, told after every change. A card waits for a value other than the one it set itself: `settled` is
# true once the page has shown that value. What the reader chose before the page is where the card goes would be lost, so
# a card says that it is on the way until all of its place is told, or for WAIT rounds where the reader went elsewhere.
# What a card speaks of is kept in sight while the page is still being drawn, until the reader moves.
DRIVE = """
const KEPT = 'bertmini-tour';
const TICK = 250, STAND = 12, WAIT = 80;  // milliseconds; rounds that a part must stand in sight before it is let go
const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; } };
const keep = () => { try { localStorage.setItem(KEPT, JSON.stringify(progress)); } catch { /* kept in memory */ } };
const progress = {at: {}, done: {}, ...read()};
const panel = () => document.querySelector('#tour .tour');
const find = selector => panel().querySelector(selector);
const cardsOf = name => [...panel().querySelectorAll('.tour-card')].filter(card => card.dataset.tour === name);
const names = () => [...find('.which').options].map(option => option.value);
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
let card = null, place = {}, before = null, settled = false, used = false, stood = 0, waited = 0;

const openTab = () => {
  const label = document.querySelector('#tabs [role=tab][aria-selected=true]')?.textContent.trim();
  return JSON.parse(panel().dataset.tabs)[label] ?? null;
};
const told = () => {  // null until the page has told for the first time
  const choices = JSON.parse(props.value);
  return choices && {...choices, tab: openTab()};
};
const arrived = () => {
  const all = told();
  return waited >= WAIT || !!all && Object.keys(place).every(name => !(name in all) || same(all[name], place[name]));
};
const isDone = () => {
  const {done: kind, wanted} = card.dataset;
  if (kind === 'use') return used;
  const all = told(), now = all?.[kind] ?? null;
  before ??= all;
  if (wanted) return now === wanted;
  if (!before) return false;
  const start = kind in place ? place[kind] : before[kind];
  if (same(now, start)) settled = true;
  return now !== null && !same(now, start) && (settled || !same(now, before[kind]));
};
const marks = () => {
  const name = card.dataset.tour, all = cardsOf(name), index = all.indexOf(card), done = progress.done[name] ?? [];
  all.forEach((one, place) => one.classList.toggle('is-done', done.includes(place)));
  find('.steps').max = all.length;
  find('.steps').value = done.filter(place => place < all.length).length;
  find('.count').textContent = `Card ${index + 1} of ${all.length}`;
  find('.done-count').textContent = `${find('.steps').value} done`;
  find('.back').disabled = index === 0;
  find('.next').textContent = index + 1 < all.length ? 'Next' : 'Finish';
  mark(done.includes(index));
};
const mark = done => {
  if (waited < WAIT) waited = arrived() ? WAIT : waited + 1;
  const text = done ? '✓ Done' : waited < WAIT ? 'On the way …' : 'To do', shown = card.querySelector('.mark');
  if (shown.textContent !== text) shown.textContent = text;
};
const light = () => {
  const part = document.getElementById(document.querySelector('.guessing') ? 'guess' : card.dataset.highlight);
  document.querySelectorAll('.tour-lit').forEach(one => { if (one !== part) one.classList.remove('tour-lit'); });
  if (!part?.offsetParent) return;
  part.classList.add('tour-lit');
  if (stood >= STAND) return;
  const {top} = part.getBoundingClientRect();
  if (top >= 0 && top < innerHeight * 0.3) stood++;
  else part.scrollIntoView({behavior: still() ? 'auto' : 'smooth', block: 'start'});
};
const tick = () => {
  if (!card) return;
  light();
  const {tour} = card.dataset, index = cardsOf(tour).indexOf(card), done = progress.done[tour] ??= [];
  if (!done.includes(index) && isDone()) { done.push(index); keep(); marks(); }
  else mark(done.includes(index));
};
const address = (name, number) => {
  const url = new URL(location.href);
  if (name) { url.searchParams.set('tour', name); url.searchParams.set('card', number); }
  else { url.searchParams.delete('tour'); url.searchParams.delete('card'); }
  history.replaceState(history.state, '', url);
};
const show = (name, index) => {
  const all = cardsOf(name);
  card = all[Math.max(0, Math.min(index, all.length - 1))];
  place = JSON.parse(card.dataset.place);
  before = told();
  settled = used = false;
  stood = waited = 0;
  panel().querySelectorAll('.tour-card').forEach(one => { one.hidden = one !== card; });
  panel().hidden = false;
  panel().scrollTop = 0;
  document.querySelector('.gradio-container').classList.add('touring');
  find('.which').value = name;
  progress.at[name] = all.indexOf(card);
  progress.last = name;
  keep();
  address(name, all.indexOf(card) + 1);
  marks();
  trigger('select', {index: place});
};
const resume = name => show(name, progress.at[name] ?? 0);
const entrance = () => {
  const name = progress.last, button = document.querySelector('.take-tour');
  if (!button || !names().includes(name)) return;
  button.textContent = `Go on with the tour (${progress.at[name] + 1} of ${cardsOf(name).length})`;
};
const leave = () => {
  panel().hidden = true;
  card = null;
  document.querySelector('.gradio-container').classList.remove('touring');
  document.querySelectorAll('.tour-lit').forEach(one => one.classList.remove('tour-lit'));
  address();
  entrance();
  document.querySelector('.take-tour')?.focus({preventScroll: true});
};
const turn = by => {
  const name = card.dataset.tour, all = cardsOf(name), index = all.indexOf(card) + by;
  if (index < all.length) return show(name, index);
  progress.at[name] = 0;
  keep();
  leave();
};
document.addEventListener('click', event => {
  const pressed = selector => event.target.closest?.(selector);
  if (pressed('.take-tour')) {
    resume(names().includes(progress.last) ? progress.last : names()[0]);
    card.querySelector('h2').focus({preventScroll: true});
  } else if (pressed('#tour .next')) turn(1);
  else if (pressed('#tour .back')) turn(-1);
  else if (pressed('#tour .leave')) leave();
});
document.addEventListener('change', event => {
  if (event.target.matches?.('#tour .which')) resume(event.target.value);
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && card && event.target.closest?.('#tour')) leave();
});
document.addEventListener('keydown', event => {
  const by = {ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1}[event.key];
  const busy = event.target.closest?.('input, textarea, select, [role=tab], [data-toolbar], [role=listbox]');
  if (!by || !card || busy || !document.querySelector('.presenting')) return;
  const all = cardsOf(card.dataset.tour);
  if (!all[all.indexOf(card) + by]) return;
  event.preventDefault();
  turn(by);
});
['click', 'input'].forEach(kind => document.addEventListener(kind, event => {
  const part = card?.dataset.done === 'use' && document.getElementById(card.dataset.wanted);
  if (part && event.isTrusted && part.contains(event.target)) used = true;
}, true));
['wheel', 'touchmove', 'pointerdown', 'keydown'].forEach(kind => addEventListener(kind, event => {
  if (!event.target.closest?.('#tour')) stood = STAND;  // the reader goes where they will
}, {passive: true, capture: true}));
setInterval(tick, TICK);
const begin = () => {
  if (!panel()) return void setTimeout(begin, 50);
  const asked = new URLSearchParams(location.search), name = asked.get('tour');
  entrance();
  if (names().includes(name)) show(name, (parseInt(asked.get('card')) || 1) - 1);
};
begin();
"""
