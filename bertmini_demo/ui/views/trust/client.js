// The words of a trap: a changed one is put into the pair, and keeps the focus; a chosen trap comes into sight.

const SEPARATOR = '|';

export const start = ({view, store}) => {
  const card = view.querySelector('[data-question="trust.trap"]');
  const place = card.querySelector('[data-html]');
  let changed = null;

  place.addEventListener('change', event => {
    const slots = [...place.querySelectorAll('[data-slot]')];
    changed = slots.indexOf(event.target);
    store.setOption('trap_words', slots.map(one => one.value).join(SEPARATOR));
  });
  new MutationObserver(() => {
    if (changed === null) return;
    place.querySelectorAll('[data-slot]')[changed]?.focus({preventScroll: true});
    changed = null;
  }).observe(place, {childList: true});

  let trap = store.get().options.trap;
  store.subscribe(state => {
    if (state.options.trap === trap) return;
    trap = state.options.trap;
    if (!view.hidden) card.scrollIntoView({block: 'nearest'});
  });
};
