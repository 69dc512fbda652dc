// The coloured words. They are plain as soon as the verdict is there, and coloured as soon as the scores are.

import {ask} from './ask.js';
import {labelName, make, percent} from './words.js';

const STRONGEST = 62; // percent of the colour for the largest score
const SLIGHT = 0.08; // of the largest score; below, no sign is written

const MOST_NEW = 2; // words that are marked as new; of another pair all words are

const wordOf = ({text}, index, chosen) =>
  make(
    'button',
    {type: 'button', class: 'piece', 'data-word': index, 'aria-pressed': String(index === chosen)},
    make('bdi', {}, text),
  );

// From where to where the words differ from what they were.
const changedRange = (before, after) => {
  let start = 0;
  while (start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [start, after.length - end];
};

// A word that stays keeps its element, so that it fades from its old colour to the new one.
const keep = (element, index, chosen) => {
  for (const name of ['data-side', 'data-sign', 'title']) element.removeAttribute(name);
  element.dataset.word = index;
  element.setAttribute('aria-pressed', String(index === chosen));
};

// Draws the words of one sentence and returns those that are new.
const drawSentence = (sentence, own, chosen) => {
  const old = [...sentence.querySelectorAll('.piece')];
  const [start, end] = changedRange(old.map(one => one.textContent), own.map(([{text}]) => text));
  const shift = own.length - old.length;
  const next = old[end - shift] ?? null;
  for (const one of old.slice(start, end - shift)) {
    one.nextSibling?.remove(); // the space after it
    one.remove();
  }
  const fresh = own.slice(start, end).map(([word, index]) => wordOf(word, index, chosen));
  for (const one of fresh) {
    sentence.insertBefore(one, next);
    sentence.insertBefore(document.createTextNode(' '), next);
  }
  own.forEach(([, index], place) => {
    if (place < start) keep(old[place], index, chosen);
    else if (place >= end) keep(old[place - shift], index, chosen);
  });
  return fresh;
};

const drawWords = (bar, words, chosen) => {
  const all = words.map((word, index) => [word, index]);
  const fresh = [...bar.querySelectorAll('.bar-sentence')].flatMap(sentence =>
    drawSentence(sentence, all.filter(([word]) => word.sentence === sentence.dataset.sentence), chosen),
  );
  for (const one of bar.querySelectorAll('.piece')) one.classList.toggle('is-new', fresh.length <= MOST_NEW && fresh.includes(one));
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
