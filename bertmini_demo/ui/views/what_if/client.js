// What if: the switches of the heads, the strip that says that heads are off, and which variants are shown.

const same = (one, other) => one[0] === other[0] && one[1] === other[1];

export const start = ({view, store}) => {
  const strip = view.querySelector('.what-strip');
  const words = strip.querySelector('span');

  const paint = () => {
    const {heads_off: off, options} = store.get();
    for (const one of view.querySelectorAll('[data-switch]')) {
      one.setAttribute('aria-pressed', String(off.some(head => same(head, JSON.parse(one.dataset.switch)))));
    }
    strip.hidden = !off.length;
    const count = off.length === 1 ? 'One head is off' : `${off.length} heads are off`;
    if (words.textContent !== count) words.textContent = count; // else this paints again, since it is watched
    const kind = options.variants ?? 'all';
    const rows = [...view.querySelectorAll('[data-kind]')];
    for (const row of rows) row.hidden = !(kind === 'all' || row.dataset.kind === kind || (kind === 'flips' && row.dataset.flips === 'yes'));
    const none = view.querySelector('.what-none');
    if (none) none.hidden = rows.some(row => !row.hidden);
  };

  view.addEventListener('click', event => {
    const pressed = event.target.closest('[data-switch]');
    if (!pressed) return;
    const head = JSON.parse(pressed.dataset.switch);
    const {heads_off: off} = store.get();
    const rest = off.filter(one => !same(one, head));
    store.set({heads_off: rest.length < off.length ? rest : [...off, head].sort((one, other) => one[0] - other[0] || one[1] - other[1])});
  });
  store.subscribe(paint);
  new MutationObserver(paint).observe(view, {childList: true, subtree: true});
  paint();
};
