// Guess first: the verdict and all that gives it away are covered, each in its place, until the reader has guessed for this pair.

import {inAddress, writeAddress} from './address.js';
import {labelName, make} from './words.js';

const PAIR = ['premise', 'hypothesis', 'model'];

export const startGuessFirst = ({root, store, settings}) => {
  const button = root.querySelector('[data-action="guess"]');
  const place = root.querySelector('#guess');
  const meaning = root.querySelector('.outcome-meaning');
  let on = inAddress('guess');
  let guess = null;
  let waiting = false; // the verdict that could be seen is still that of the last pair
  const draw = () => {
    const covered = on && (guess === null || waiting);
    root.classList.toggle('is-guessing', covered);
    button.setAttribute('aria-pressed', String(on));
    place.hidden = !covered;
    for (const one of place.querySelectorAll('button')) one.setAttribute('aria-pressed', String(one.dataset.guess === guess));
    meaning.querySelector('.guess-said')?.remove();
    // While it is covered it keeps the room that it will need.
    if (on) meaning.prepend(make('span', {class: 'guess-said'}, `You said ${labelName(guess ?? settings.known.label[0])}. `));
  };
  button.addEventListener('click', () => {
    on = !on;
    guess = null;
    writeAddress({guess: on ? 'first' : null});
    draw();
  });
  place.addEventListener('click', event => {
    const {guess: label} = event.target.dataset;
    if (!label) return;
    guess = label;
    draw();
    if (place.hidden) root.querySelector('.change-button')?.focus({preventScroll: true});
  });
  store.subscribe((_, changed) => {
    if (!PAIR.some(name => changed.has(name))) return;
    guess = null;
    waiting = true;
    draw();
  });
  root.addEventListener('verdict', () => {
    waiting = false;
    draw();
  });
  draw();
};
