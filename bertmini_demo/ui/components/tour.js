// The tour: a card below the page asks for one thing, holds the control for it, and keeps its figure in sight. A card opens views and
// parts by setting the store. It is done once the reader has done what it asks and sees the effect.

import {keepProgress, readPlace, readProgress, writePlace} from './tour_address.js';
import {controlOf, namesOf, targetOf, valueNow} from './tour_control.js';
import {startHolding, startKeys, startPresses} from './tour_events.js';
import {hasAnswer, watchFigure} from './tour_sight.js';
import {labelName} from './words.js';

const NARROW = matchMedia('(max-width: 760px)'); // where a card folds to one line
const KEEPS = ['model', 'premise', 'hypothesis', 'pinned', 'output', 'baseline']; // what a card leaves as it is

class Tour {
  constructor(page) {
    this.page = page;
    this.root = page.root;
    this.panel = page.root.querySelector('#tour');
    this.button = page.root.querySelector('[data-take-tour]');
    this.choices = JSON.parse(this.panel.dataset.choices);
    this.cards = [...this.panel.querySelectorAll('.tour-card')];
    this.names = [...new Set(this.cards.map(card => card.dataset.tour))];
    this.progress = readProgress();
    this.card = null;
    this.data = null;
  }

  find(selector) {
    return this.panel.querySelector(selector);
  }

  cardsOf(name) {
    return this.cards.filter(card => card.dataset.tour === name);
  }

  get figure() {
    return this.data && this.root.querySelector(this.data.figure);
  }

  // Takes the reader to a card; `keep` leaves the page's choices as they are.
  open(name, index, {keep = false} = {}) {
    const all = this.cardsOf(name);
    this.card = all[Math.max(0, Math.min(index, all.length - 1))];
    this.data = this.card.dataset.card ? JSON.parse(this.card.dataset.card) : null;
    this.name = name;
    this.index = all.indexOf(this.card);
    this.acted = this.placed = this.moved = false;
    for (const one of this.cards) one.hidden = one !== this.card;
    this.panel.hidden = false;
    this.root.classList.add('is-touring');
    this.fold(false);
    const {premise, hypothesis} = this.page.store.get();
    if (this.data && !keep) this.page.store.set(this.placeOf(this.data.set));
    const now = this.page.store.get();
    this.settling = premise !== now.premise || hypothesis !== now.hypothesis; // the verdict is still the last pair's
    writePlace(name, this.index);
    this.progress.at[name] = this.index;
    this.progress.last = name;
    keepProgress(this.progress);
    this.start = this.data && valueNow(this.page, this.data);
    this.fill();
    this.marks();
    this.watch();
    requestAnimationFrame(() => this.show());
  }

  // Everything a card does not set opens as on a fresh page.
  placeOf(fields) {
    const {state: first} = this.page.settings;
    const rest = Object.fromEntries(Object.entries(first).filter(([name]) => !KEEPS.includes(name)));
    return {...rest, ...fields};
  }

  fill() {
    const place = this.data && this.card.querySelector('[data-control]');
    if (!place) return;
    place.replaceChildren(...controlOf(this.page, this.choices, this.data));
    this.press();
  }

  // Which control is chosen already.
  press() {
    const state = this.page.store.get();
    for (const one of this.card?.querySelectorAll('[data-pick]') ?? []) {
      const fields = Object.entries(JSON.parse(one.dataset.pick));
      const chosen = fields.every(([name, value]) =>
        name in state ? JSON.stringify(state[name]) === JSON.stringify(value) : (state.options[name] ?? JSON.parse(this.start ?? 'null')) === value,
      );
      const [[first, value]] = fields;
      const verdict = first === 'label' && state.label === null && valueNow(this.page, this.data) === JSON.stringify(value);
      one.setAttribute('aria-pressed', String(chosen || verdict));
    }
  }

  watch() {
    this.sight?.stop();
    this.sight = null;
    const {figure} = this;
    if (!figure) return;
    const bar = this.root.querySelector('#pair-bar');
    const above = figure === bar || figure.compareDocumentPosition(bar) & Node.DOCUMENT_POSITION_FOLLOWING;
    const room = {top: above ? 0 : bar.offsetHeight, bottom: this.panel.offsetHeight};
    this.sight = watchFigure(figure, room, () => this.check());
  }

  // Brings the figure into the room between the pair bar and the card, or else what has to be pressed.
  show() {
    const target = this.pulse();
    const {figure} = this;
    if (figure?.checkVisibility()) this.scrollTo(figure);
    else if (target) this.lead(target);
  }

  // Marks what has to be pressed, also after the map was drawn anew. Returns it; null where the card holds the control.
  pulse() {
    const target = this.data && !this.acted ? targetOf(this.page, this.data) : null;
    for (const one of this.root.querySelectorAll('.is-pulsing')) {
      if (one !== target) one.classList.remove('is-pulsing');
    }
    target?.classList.add('is-pulsing');
    return target;
  }

  // Once the figure has come, it is where the card wants it.
  place() {
    if (this.placed || !this.figure || !hasAnswer(this.figure)) return;
    this.placed = true;
    this.show();
  }

  scrollTo(figure) {
    if (figure.matches('#verdict, #pair-bar, #changed-word')) scrollTo({top: 0});
    else (figure.matches('#map') ? figure.parentElement : figure).scrollIntoView({block: 'start'});
  }

  lead(target) {
    (target.closest('#map') ?? target).scrollIntoView({block: target.closest('#map') ? 'start' : 'center'});
  }

  // Something has grown or shrunk: until the reader moves the page, the figure stays in sight.
  hold() {
    if (!this.card) return;
    if (!this.moved) {
      this.scrolled = null;
      if (!this.acted) this.show();
    }
    this.watch();
  }

  hasActed() {
    const {done, target} = this.data;
    if (done === 'verdict' && this.settling) return false;
    if (done === 'label' && this.page.store.get().label === null) return false;
    if (done === 'run') return Boolean(this.figure?.classList.contains('is-shown'));
    if (done === 'part') return namesOf(this.page, target).includes(this.page.store.get().part);
    const now = valueNow(this.page, this.data);
    return target !== null && done !== 'option' ? now === JSON.stringify(target) : now !== this.start;
  }

  check() {
    if (!this.data) return;
    if (!this.hasActed()) {
      this.place();
      return;
    }
    if (!this.acted) {
      this.acted = true;
      this.moved = false;
      this.pulse();
      if (NARROW.matches) this.fold(true);
      this.watch();
    }
    if (this.figure?.checkVisibility() && !this.sight?.whole() && this.scrolled !== this.card) {
      this.scrolled = this.card; // once, until something grows: the reader goes where they like
      this.scrollTo(this.figure);
      requestAnimationFrame(() => this.check());
    } else if (this.sight?.seen()) this.finish();
  }

  finish() {
    const done = this.progress.done[this.name] ?? [];
    if (done.includes(this.index)) return;
    this.progress.done[this.name] = [...done, this.index];
    keepProgress(this.progress);
    this.marks();
  }

  marks() {
    const all = this.cardsOf(this.name);
    const count = all.length - 1; // the last one sums up
    const done = this.progress.done[this.name] ?? [];
    const finished = done.includes(this.index);
    const end = this.index === count;
    this.find('[data-count]').textContent = end ? 'The end' : `${this.index + 1} of ${count}`;
    this.find('.tour-progress').max = count;
    this.find('.tour-progress').value = done.filter(one => one < count).length;
    this.find('[data-line]').textContent = `${finished ? '✓ ' : ''}${this.card.querySelector('h2').textContent}`;
    const mark = this.card.querySelector('[data-mark]');
    if (mark) mark.textContent = finished ? '✓ Done' : 'Try it';
    this.card.classList.toggle('is-done', finished);
    this.find('[data-turn="back"]').disabled = this.index === 0;
    this.find('[data-turn="next"]').hidden = end;
  }

  fold(yes) {
    this.panel.classList.toggle('is-folded', yes && NARROW.matches);
    this.find('[data-turn="fold"]').setAttribute('aria-expanded', String(!yes));
  }

  turn(by) {
    const index = this.index + by;
    if (index < 0 || index >= this.cardsOf(this.name).length) return;
    this.open(this.name, index);
    this.focus();
  }

  focus() {
    this.card.querySelector('h2').focus({preventScroll: true});
  }

  take(name) {
    const at = this.progress.at[name] ?? 0;
    this.open(name, at < this.cardsOf(name).length - 1 ? at : 0);
    this.focus();
  }

  leave() {
    this.sight?.stop();
    this.card = this.data = null;
    this.panel.hidden = true;
    this.root.classList.remove('is-touring');
    this.pulse();
    writePlace(null);
    this.entrance();
    this.button.focus({preventScroll: true});
  }

  entrance() {
    const name = this.progress.last;
    const at = this.progress.at[name];
    if (!this.names.includes(name) || !at || at >= this.cardsOf(name).length - 1) this.button.textContent = 'Take the tour';
    else this.button.textContent = `Go on with the tour: ${at + 1}`;
  }

  // A challenge of the last card: the pair opens, and its answer appears with the verdict.
  challenge(button) {
    const {pair, expected} = JSON.parse(button.dataset.challenge);
    const place = this.card.querySelector('[data-challenge-answer]');
    const answer = () => {
      const {label} = this.root.querySelector('#verdict .outcome').dataset;
      place.textContent = `Expected: ${expected}. The model says: ${labelName(label)}. Which word led it there?`;
    };
    this.root.addEventListener('verdict', answer, {once: true});
    const {premise, hypothesis} = this.page.store.get();
    if (premise === pair[0] && hypothesis === pair[1]) answer();
    this.page.store.setPair(...pair);
    scrollTo({top: 0});
  }

  async copy(button) {
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = 'Copied';
    } catch {
      button.textContent = location.href;
    }
  }
}

export const startTour = page => {
  const {root, store} = page;
  const tour = new Tour(page);
  tour.entrance();
  startPresses(tour, root);
  startKeys(tour, root);
  store.subscribe(() => {
    tour.press();
    requestAnimationFrame(() => tour.check());
  });
  root.addEventListener('verdict', () => {
    if (!tour.card) return;
    if (tour.data && tour.settling) tour.start = valueNow(page, tour.data);
    tour.settling = false;
    tour.fill();
    requestAnimationFrame(() => tour.check());
  });
  new MutationObserver(() => tour.pulse()).observe(root.querySelector('.all-views'), {childList: true, subtree: true});
  const change = root.querySelector('#changed-word');
  new MutationObserver(() => {
    if (['pair', 'verdict'].includes(tour.data?.done)) tour.fill();
  }).observe(change, {attributeFilter: ['data-change']});
  startHolding(tour, root);
  const follow = fresh => {
    const {name, index, bare} = readPlace();
    if (tour.names.includes(name)) tour.open(name, index, {keep: !(fresh && bare)});
    else if (tour.card) tour.leave();
  };
  addEventListener('popstate', () => follow(false));
  follow(true);
};
