// The map: a press opens a part, the arrow keys go round a group of parts, and a new pair draws it anew.

import {ask} from '../../components/ask.js';
import {choiceOf} from '../../components/store.js';
import {moveFrom, sizesOf} from './map_motion.js';

const READS = ['premise', 'hypothesis', 'model', 'word', 'lines', 'pinned'];
const OF_HEAD = 'head'; // lines of one head alone: only they change with it
const STEPS = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};

const narrow = matchMedia('(max-width: 760px)'); // as in the style sheet

const fieldsOf = ({part, layer, head, word, label}) => {
  const fields = {part};
  if (layer !== undefined) fields.layer = Number(layer);
  if (head !== undefined) fields.head = Number(head);
  if (word !== undefined && word !== '') fields.word = Number(word);
  if (label !== undefined) fields.label = label;
  return fields;
};

export const start = ({view, store, settings}) => {
  const map = view.querySelector('#map');
  const hint = view.querySelector('#map-hint');
  const detail = view.querySelector('.stage-detail');
  const known = [...detail.querySelectorAll('section')].flatMap(one => one.dataset.part.split(' '));

  const open = element => {
    const fields = fieldsOf(element.dataset);
    if (!known.includes(fields.part)) delete fields.part;
    if (fields.label) fields.view = 'why'; // a label opens on the words that are evidence for it
    store.set(fields);
  };
  const step = (element, by) => {
    const group = [...element.closest('[data-toolbar]').querySelectorAll('.part')];
    const next = group[group.indexOf(element) + by];
    if (!next) return;
    element.setAttribute('tabindex', -1);
    next.setAttribute('tabindex', 0);
    next.focus();
  };
  map.addEventListener('click', event => {
    const part = event.target.closest('.part');
    if (part) open(part);
  });
  map.addEventListener('keydown', event => {
    const part = event.target.closest('.part');
    if (!part) return;
    if (['Enter', ' '].includes(event.key)) {
      event.preventDefault();
      open(part);
    } else if (STEPS[event.key] && part.closest('[data-toolbar]')) {
      event.preventDefault();
      step(part, STEPS[event.key]);
    }
  });
  for (const kind of ['pointerover', 'focusin']) {
    map.addEventListener(kind, event => {
      const part = event.target.closest('.part');
      if (part) hint.textContent = part.getAttribute('aria-label');
    });
  }

  const show = state => {
    const part = known.includes(state.part) ? state.part : null;
    detail.hidden = !part;
    view.querySelector('.stage').classList.toggle('is-open', Boolean(part));
    for (const section of detail.querySelectorAll('section')) section.hidden = !section.dataset.part.split(' ').includes(part);
    for (const one of map.querySelectorAll('.part')) {
      const {part: name, layer, head} = one.dataset;
      const same = name === part && (layer === undefined || Number(layer) === state.layer) && (head === undefined || Number(head) === state.head);
      one.classList.toggle('is-chosen', same);
    }
  };
  const keyOf = state => {
    const reads = choiceOf(state, 'lines') === OF_HEAD ? [...READS, 'layer', 'head'] : READS;
    return JSON.stringify(reads.map(name => choiceOf(state, name)));
  };
  const shown = {wide: keyOf(settings.state), tall: keyOf(settings.state)}; // what the server drew
  const draw = async state => {
    const key = keyOf(state);
    const [shape, other] = narrow.matches ? ['tall', 'wide'] : ['wide', 'tall'];
    if (key === shown[shape] || view.hidden) return;
    shown[shape] = key;
    map.setAttribute('aria-busy', 'true');
    try {
      const reply = await ask('how_it_decides.map', {...state, options: {...state.options, shape}});
      if (!reply) return;
      const focused = map.contains(document.activeElement) ? JSON.stringify(document.activeElement.dataset) : null;
      const place = map.querySelector(`.map-${shape}`);
      const sizes = sizesOf(place);
      place.innerHTML = reply.map; // drawn by a template that escapes
      moveFrom(sizes, place);
      map.querySelector(`.map-${other}`).replaceChildren(); // of what was chosen before
      shown[other] = null;
      if (reply.note) hint.textContent = reply.note;
      map.removeAttribute('aria-busy');
      show(store.get());
      if (focused) [...map.querySelectorAll('.part')].find(one => JSON.stringify(one.dataset) === focused && one.checkVisibility())?.focus({preventScroll: true});
    } catch (error) {
      map.removeAttribute('aria-busy');
      hint.textContent = error.message;
    }
  };
  store.subscribe((state, changed) => {
    show(state);
    draw(state);
    if (!changed.has('part') || detail.hidden) return;
    const side = getComputedStyle(view.querySelector('.stage')).gridTemplateColumns.split(' ').length > 1;
    (side ? view.querySelector('.stage') : detail).scrollIntoView({block: side ? 'nearest' : 'start'});
  });
  detail.querySelector('[data-back]').addEventListener('click', () => {
    const chosen = [...map.querySelectorAll('.part.is-chosen')].find(one => one.checkVisibility());
    (chosen ?? map).scrollIntoView({block: 'center'});
  });
  narrow.addEventListener('change', () => draw(store.get()));
  show(store.get());
  draw(store.get());
};
