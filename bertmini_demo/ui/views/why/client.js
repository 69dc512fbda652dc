// One button for each label, the verdict's own first. No choice means the verdict's own, whatever it becomes.

import {labelName, make} from '../../components/words.js';

export const start = ({view, root, store}) => {
  const place = view.querySelector('#why-labels');
  const draw = () => {
    const outcome = root.querySelector('#verdict .outcome');
    const own = outcome.dataset.label;
    const names = [...outcome.querySelectorAll('.odds')].map(one => one.dataset.name);
    const chosen = store.get().label ?? own;
    const button = name =>
      make(
        'button',
        {type: 'button', class: 'why-choice', 'data-label': name, 'aria-pressed': String(name === chosen)},
        labelName(name),
        ...(name === own ? [make('small', {}, ' the verdict')] : []),
      );
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.label : null;
    place.replaceChildren('Explain', ...[own, ...names.filter(name => name !== own)].map(button));
    if (focused) place.querySelector(`[data-label="${focused}"]`)?.focus({preventScroll: true});
  };
  place.addEventListener('click', event => {
    const pressed = event.target.closest('[data-label]');
    if (!pressed) return;
    const own = root.querySelector('#verdict .outcome').dataset.label;
    store.set({label: pressed.dataset.label === own ? null : pressed.dataset.label});
  });
  root.addEventListener('verdict', draw);
  store.subscribe((_state, changed) => {
    if (changed.has('label')) draw();
  });
  draw();
};
