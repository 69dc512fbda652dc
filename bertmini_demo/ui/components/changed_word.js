// "It says contradiction, 93 %. Change crying to laughing and it says entailment, 86 %." The words are a button.

import {ask} from './ask.js';
import {make} from './words.js';

const label = ({label: name, name: text, share}) => [make('strong', {class: `name-${name}`}, text), `, ${share}`];

const act = ({old, new: next}) => {
  const mark = (tag, text) => make(tag, {}, make('bdi', {}, text));
  if (!next) return ['Remove ', mark('del', old)];
  if (!old) return ['Add ', mark('ins', next)];
  return ['Change ', mark('del', old), ' to ', mark('ins', next)];
};

const travels = () =>
  make('button', {type: 'button', class: 'text-button', 'data-set': '{"view": "how_it_decides", "part": null, "lines": "difference"}'}, 'See where it travels');

const draw = (place, change) => {
  if (!change) return place.replaceChildren('No single word of this pair can be changed.');
  const button = make('button', {type: 'button', class: 'change-button'}, ...act(change));
  const end = change.flips
    ? [' and it says ', ...label(change.after), '.']
    : [`: the verdict stays, at ${change.after.share}. None of the ${change.tried} changes tried flips it.`];
  return place.replaceChildren('It says ', ...label(change.before), '. ', button, ...end, ' ', travels());
};

export const startChangedWord = ({root, store}) => {
  const place = root.querySelector('#changed-word');
  let change = JSON.parse(place.dataset.change);
  place.addEventListener('click', event => {
    if (event.target.closest('.change-button')) store.setPair(...change.pair);
  });
  store.subscribe(async (state, changed) => {
    if (!['premise', 'hypothesis', 'model'].some(name => changed.has(name))) return;
    place.classList.add('is-waiting');
    place.dataset.change = 'null';
    try {
      const reply = await ask('changed_word', state);
      if (!reply) return;
      change = reply.change;
      place.dataset.change = JSON.stringify(change);
      draw(place, change);
      place.classList.remove('is-waiting');
    } catch {
      place.replaceChildren(); // the field says what is wrong
    }
  });
};
