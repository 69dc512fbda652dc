// Guess first: the verdict and all that gives it away are covered, each in its place, until the reader has guessed for this pair.

import {labelName} from './words.js';

export const startGuessFirst = ({root, store, settings}) => {
  const button = root.querySelector('[data-action="guess"]');
  const place = root.querySelector('#guess');
  const query = new URLSearchParams(location.search);
  let on = query.get('guess') === 'first';
  let guess = null;
  const pair = () => JSON.stringify([store.get().premise, store.get().hypothesis]);
  let about = pair();
  const draw = () => {
    root.classList.toggle('is-guessing', on && guess === null);
    button.setAttribute('aria-pressed', String(on));
    place.hidden = !on;
    place.querySelector('[data-ask]').hidden = guess !== null;
    const verdict = root.querySelector('#verdict .outcome').dataset.label;
    const waiting = root.querySelector('#verdict.is-waiting');
    place.querySelector('[data-outcome]').textContent =
      guess === null || waiting ? '' : `You said ${labelName(guess)}. The model says ${labelName(verdict)}.`;
  };
  button.addEventListener('click', () => {
    on = !on;
    guess = null;
    const url = new URL(location.href);
    if (on) url.searchParams.set('guess', 'first');
    else url.searchParams.delete('guess');
    history.replaceState(history.state, '', url);
    draw();
  });
  place.addEventListener('click', event => {
    const {guess: label} = event.target.dataset;
    if (!settings.known.label.includes(label)) return;
    guess = label;
    draw();
    place.focus({preventScroll: true});
  });
  store.subscribe(() => {
    if (about === pair()) return;
    about = pair();
    guess = null;
    draw();
  });
  root.addEventListener('verdict', draw);
  draw();
};
