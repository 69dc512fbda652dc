// What if: the switches of the heads, the strip that says that heads are off, and which variants are shown.

import {ask} from '../../components/ask.js';

const same = (one, other) => one[0] === other[0] && one[1] === other[1];

export const start = ({view, store}) => {
  const strip = view.querySelector('.what-strip');
  const words = strip.querySelector('span');

  const paint = () => {
    const {heads_off: off, options} = store.get();
    for (const one of view.querySelectorAll('[data-switch]')) {
      one.setAttribute('aria-pressed', String(off.some(head => same(head, JSON.parse(one.dataset.switch)))));
    }
    const kind = options.variants ?? 'all';
    const rows = [...view.querySelectorAll('[data-kind]')];
    for (const row of rows) row.hidden = !(kind === 'all' || row.dataset.kind === kind || (kind === 'flips' && row.dataset.flips === 'yes'));
    const none = view.querySelector('.what-none');
    if (none) none.hidden = rows.some(row => !row.hidden);
  };

  // The verdict without these heads, beside the page's own.
  const tell = async state => {
    strip.hidden = !state.heads_off.length;
    if (strip.hidden || view.hidden) return;
    try {
      const reply = await ask('what_if.switched', state, {slot: 'what-strip'});
      if (reply) words.textContent = `${reply.title}.`;
    } catch (error) {
      words.textContent = error.message;
    }
  };

  view.addEventListener('click', event => {
    const pressed = event.target.closest('[data-switch]');
    if (!pressed) return;
    const head = JSON.parse(pressed.dataset.switch);
    const {heads_off: off} = store.get();
    const rest = off.filter(one => !same(one, head));
    store.set({heads_off: rest.length < off.length ? rest : [...off, head].sort((one, other) => one[0] - other[0] || one[1] - other[1])});
  });
  store.subscribe((state, changed) => {
    paint();
    if (['heads_off', 'options', 'view', 'premise', 'hypothesis', 'model'].some(name => changed.has(name))) tell(state);
  });
  new MutationObserver(paint).observe(view, {childList: true, subtree: true});
  paint();
  tell(store.get());
};
