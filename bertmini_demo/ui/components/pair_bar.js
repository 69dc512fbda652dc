// The coloured words. They are plain as soon as the verdict is there, and coloured as soon as the scores are.

import {ask} from './ask.js';
import {labelName, make, percent} from './words.js';

const STRONGEST = 62; // percent of the colour for the largest score
const SLIGHT = 0.08; // of the largest score; below, no sign is written

const wordOf = ({text}, index, chosen) =>
  make(
    'button',
    {type: 'button', class: 'piece', 'data-word': index, 'aria-pressed': String(index === chosen)},
    make('bdi', {}, text),
  );

const drawWords = (bar, words, chosen) => {
  for (const sentence of bar.querySelectorAll('.bar-sentence')) {
    const own = words.map((word, index) => [word, index]).filter(([word]) => word.sentence === sentence.dataset.sentence);
    sentence.replaceChildren(...own.flatMap(([word, index]) => [wordOf(word, index, chosen), ' ']));
  }
};

const colour = (bar, {words, signed, target, largest, progress, gap}) => {
  const rough = progress && gap !== null ? ` (a first estimate; completeness gap ${percent(gap)})` : '';
  for (const one of bar.querySelectorAll('.piece')) {
    const {score} = words[Number(one.dataset.word)];
    const strength = largest ? Math.abs(score) / largest : 0;
    one.style.setProperty('--strength', `${(strength * STRONGEST).toFixed(0)}%`);
    one.dataset.side = !signed ? 'unsigned' : score >= 0 ? 'support' : 'oppose';
    one.dataset.sign = signed && strength > SLIGHT ? (score >= 0 ? '+' : '−') : '';
    const size = Math.abs(score).toFixed(2);
    const shown = signed && Number(size) ? `${score > 0 ? '+' : '−'}${size}` : size;
    one.title = `${shown} for ${labelName(target)}${rough}`;
  }
};

const answer = (place, reply, store) => {
  if (!reply) return place.replaceChildren();
  const see = make('button', {type: 'button', class: 'text-button'}, 'See');
  see.addEventListener('click', () => store.setPair(...reply.pair));
  return place.replaceChildren(
    make('strong', {}, make('bdi', {}, reply.word)),
    `: ${reply.score}. ${reply.without} `,
    ...(reply.pair ? [see] : []),
  );
};

export const startPairBar = ({root, store}) => {
  const bar = root.querySelector('#pair-bar');
  const place = root.querySelector('#bar-answer');
  const show = reply => {
    if (reply.words.length !== bar.querySelectorAll('.piece').length) drawWords(bar, reply.words, store.get().word);
    colour(bar, reply);
    bar.classList.remove('is-stale');
  };
  const colourWords = async state => {
    try {
      const reply = await ask('words', state, {onProgress: show});
      if (reply) show(reply);
    } catch {
      bar.classList.add('is-stale'); // the verdict says what is wrong with the pair
    }
  };
  root.addEventListener('verdict', ({detail}) => {
    const {word} = store.get();
    drawWords(bar, detail.words, word);
    const chip = bar.querySelector('.bar-chip');
    chip.dataset.label = detail.label;
    chip.replaceChildren(
      `${labelName(detail.label)} `,
      make('span', {}, percent(detail.probabilities[detail.label])),
    );
  });
  root.addEventListener('refused', () => bar.classList.add('is-stale'));
  bar.addEventListener('click', event => {
    const pressed = event.target.closest('.piece');
    if (!pressed) return;
    const word = Number(pressed.dataset.word);
    store.set({word: store.get().word === word ? null : word});
  });
  bar.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step || !event.target.matches('.piece')) return;
    event.preventDefault();
    bar.querySelector(`.piece[data-word="${Number(event.target.dataset.word) + step}"]`)?.focus();
  });
  const reads = ['premise', 'hypothesis', 'model', 'label', 'method', 'output', 'baseline'];
  store.subscribe(async (state, changed) => {
    if (reads.some(name => changed.has(name))) colourWords(state);
    if (changed.has('word')) {
      for (const one of bar.querySelectorAll('.piece')) {
        one.setAttribute('aria-pressed', String(Number(one.dataset.word) === state.word));
      }
    }
    if (!changed.has('word') && !(state.word !== null && reads.some(name => changed.has(name)))) return;
    if (state.word === null) {
      answer(place, null, store);
      return;
    }
    try {
      const reply = await ask('pressed_word', state);
      if (reply) answer(place, reply, store);
    } catch (error) {
      place.textContent = error.message;
    }
  });
  colourWords(store.get());
  new IntersectionObserver(([entry]) => bar.classList.toggle('is-stuck', !entry.isIntersecting)).observe(
    root.querySelector('.ask'),
  );
};
