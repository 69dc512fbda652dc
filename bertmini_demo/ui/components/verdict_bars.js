// The verdict: bars and numbers move from the old value to the new one.

import {ask} from './ask.js';
import {showError} from './fields.js';
import {labelName, make, percent} from './words.js';

const MILLISECONDS = 300;
const RETRY = 3000; // after the server could not be reached
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const count = (element, from, to) => {
  element.dataset.share = to;
  if (still() || document.hidden) {
    element.textContent = percent(to);
    return;
  }
  const begun = performance.now();
  const step = now => {
    if (Number(element.dataset.share) !== to) return; // a newer verdict has come
    const part = Math.max(0, Math.min(1, (now - begun) / MILLISECONDS)); // a frame can be older than its wish
    element.textContent = percent(part < 1 ? from + (to - from) * part : to);
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
};

const bar = (name, share) =>
  make(
    'div',
    {class: `odds odds-${name}`, 'data-name': name},
    make('span', {class: 'odds-name'}, labelName(name)),
    make('span', {class: 'odds-track', 'aria-hidden': 'true'}, make('span', {class: 'odds-fill'})),
    make('span', {class: 'odds-share', 'data-share': share}, percent(share)),
  );

export const drawVerdict = (outcome, {label, probabilities, meaning, notes}) => {
  const names = Object.keys(probabilities);
  const bars = [...outcome.querySelectorAll('.odds')];
  if (bars.map(one => one.dataset.name).join() !== names.join()) {
    for (const one of bars) one.remove();
    outcome.prepend(...names.map(name => bar(name, 0)));
  }
  outcome.dataset.label = label;
  for (const one of outcome.querySelectorAll('.odds')) {
    const share = probabilities[one.dataset.name];
    const number = one.querySelector('.odds-share');
    one.classList.toggle('is-verdict', one.dataset.name === label);
    one.querySelector('.odds-fill').style.transform = `scaleX(${share})`;
    count(number, Number(number.dataset.share ?? parseFloat(number.textContent) / 100) || 0, share);
  }
  outcome
    .querySelector('.outcome-meaning')
    .replaceChildren(make('span', {class: 'unseen'}, `${labelName(label)}. `), meaning);
  outcome.querySelector('.outcome-notes').replaceChildren(...notes.map(note => make('li', {}, note)));
};

export const startVerdict = ({root, store}) => {
  const place = root.querySelector('#verdict');
  let retry = null;
  store.subscribe(async (state, changed) => {
    if (!['premise', 'hypothesis', 'model'].some(name => changed.has(name))) return;
    clearTimeout(retry);
    place.classList.add('is-waiting');
    try {
      const reply = await ask('verdict', state);
      if (!reply) return;
      showError(root, null);
      drawVerdict(place.querySelector('.outcome'), reply.verdict);
      root.dispatchEvent(new CustomEvent('verdict', {detail: reply.verdict}));
      place.classList.remove('is-waiting');
    } catch (error) {
      showError(root, error);
      root.dispatchEvent(new CustomEvent('refused', {detail: error}));
      if (error.unreachable) retry = setTimeout(store.again, RETRY);
    }
  });
};
