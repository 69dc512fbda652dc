// The control that a card asks for, inside the card: the pair's words, the heads, the labels, the changes. Where a part of the page has
// to be pressed, a button leads to it.

import {choiceOf} from './store.js';
import {make} from './words.js';

const chip = (fields, text) => make('button', {type: 'button', class: 'tour-chip', 'data-pick': JSON.stringify(fields)}, make('bdi', {}, text));
const numbers = count => Array.from({length: count}, (_, index) => index);
const row = (name, chips) => make('p', {class: 'tour-chip-row'}, make('small', {class: name.length > 1 && 'is-long'}, name), ...chips);

const words = ({root}) =>
  [...root.querySelectorAll('#pair-bar .bar-sentence')].map(sentence =>
    row(
      sentence.dataset.sentence[0].toUpperCase(),
      [...sentence.querySelectorAll('.piece')].map(one => chip({word: Number(one.dataset.word)}, one.querySelector('bdi').textContent)),
    ),
  );

const heads = (_, {layers, heads: count}) => [
  row('Layer', numbers(layers).map(layer => chip({layer}, String(layer + 1)))),
  row('Head', numbers(count).map(head => chip({head}, String(head + 1)))),
];

const MOST = 32; // heads that a card has room for; those of a larger model are switched on the page
const switches = (_, {layers, heads: count}) =>
  layers * count > MOST ? null : numbers(layers).map(layer =>
    row(`Layer ${layer + 1}`, numbers(count).map(head => chip({heads_off: [[layer, head]]}, `${layer + 1}-${head + 1}`))),
  );

const named = (field, list) => [make('p', {class: 'tour-chip-row'}, ...list.map(([value, text]) => chip({[field]: value}, text)))];

const options = ({root}, _, {target}) => {
  const control = root.querySelector(`main [data-option="${target}"]`);
  if (control?.type !== 'range') return named(target, [...(control?.options ?? [])].map(one => [one.value, one.textContent]));
  const values = numbers(Number(control.max) - Number(control.min) + 1).map(place => String(place + Number(control.min)));
  return named(target, values.map((value, place) => [value, String(place + 1)]));
};

const pairs = ({root, store}) => {
  const {premise, hypothesis} = store.get();
  const fresh = {word: null, label: null};
  const change = JSON.parse(root.querySelector('#changed-word').dataset.change || 'null');
  const chips = [chip({premise: hypothesis, hypothesis: premise, ...fresh}, 'Swap the sentences')];
  if (change) {
    const [before, after] = change.pair;
    const text = change.old && change.new ? `Change ${change.old} to ${change.new}` : change.new ? `Add ${change.new}` : `Remove ${change.old}`;
    chips.unshift(chip({premise: before, hypothesis: after, ...fresh}, text));
  }
  return [make('p', {class: 'tour-chip-row'}, ...chips)];
};

const KINDS = {
  word: words,
  head: heads,
  switch: switches,
  label: (_, {labels}) => named('label', labels),
  method: (_, {methods}) => named('method', methods),
  option: options,
  pair: pairs,
  verdict: pairs,
};

// Elements for the card; for what has to be pressed on the page, a button that leads there.
export const controlOf = (page, choices, data) =>
  KINDS[data.done]?.(page, choices, data) ?? [make('button', {type: 'button', class: 'quiet-button', 'data-turn': 'lead'}, 'Show me where')];

// The parts that open the same place: a narrow map has tokens where a wide one has the row of word pieces.
export const namesOf = ({root}, part) => root.querySelector(`.all-views section[data-part~="${part}"]`)?.dataset.part.split(' ') ?? [part];

// The element to press, for kinds that have no control in the card.
export const targetOf = (page, {done, target, figure}) => {
  const {root} = page;
  const visible = selector => [...root.querySelectorAll(selector)].find(one => one.checkVisibility());
  if (done === 'part') {
    const names = namesOf(page, target);
    return visible(names.map(name => `.part[data-part="${name}"]`).join()) ?? visible(names.map(name => `main [data-toggle*='"${name}"']`).join());
  }
  if (done === 'view') return visible(`.views [data-view="${target}"]`);
  if (done === 'run') return visible(`${figure}:not([aria-busy]) [data-start]`);
  if (done === 'switch') return visible(`${figure} button`);
  return null;
};

// The value that a card waits to see changed.
export const valueNow = ({root, store}, {done, target}) => {
  const state = store.get();
  const verdict = root.querySelector('#verdict .outcome')?.dataset.label;
  const control = () => root.querySelector(`main [data-option="${target}"]`);
  const option = () => choiceOf(state, target) ?? control()?.dataset.first ?? control()?.options?.[0].value;
  const read = {
    pair: () => [state.premise, state.hypothesis],
    head: () => [state.layer, state.head],
    label: () => state.label ?? verdict,
    switch: () => state.heads_off,
    option,
    verdict: () => verdict,
  }[done];
  return JSON.stringify(read ? read() : state[done] ?? null);
};
