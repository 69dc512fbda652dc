// Controls in the views' templates: data-set holds fields to set, data-toggle the same but unset by a second press,
// data-state and data-option bind a select or an input to a field of the state or to an option.

const matches = (state, fields) =>
  Object.entries(fields).every(([name, value]) =>
    JSON.stringify(name in state ? state[name] : state.options[name] ?? null) === JSON.stringify(value),
  );

const follow = (root, state) => {
  for (const one of root.querySelectorAll('[data-set], [data-toggle]')) {
    one.setAttribute('aria-pressed', String(matches(state, JSON.parse(one.dataset.set ?? one.dataset.toggle))));
  }
  for (const one of root.querySelectorAll('[data-state]')) {
    one.value = state[one.dataset.state] ?? '';
  }
  for (const one of root.querySelectorAll('[data-option]')) {
    one.value = state.options[one.dataset.option] ?? one.dataset.first ?? one.querySelector('option')?.value ?? '';
  }
};

export const startChoices = ({root, store}) => {
  root.addEventListener('click', event => {
    const pressed = event.target.closest('[data-set], [data-toggle]');
    if (!pressed) return;
    const fields = JSON.parse(pressed.dataset.set ?? pressed.dataset.toggle);
    if (pressed.dataset.toggle && matches(store.get(), fields)) {
      store.set(Object.fromEntries(Object.keys(fields).map(name => [name, null])));
    } else {
      store.set(fields);
    }
  });
  root.addEventListener('change', event => {
    const {state: field, option} = event.target.dataset;
    if (field) store.set({[field]: event.target.value || null});
    if (option) store.setOption(option, event.target.value);
  });
  store.subscribe(state => follow(root, state));
  new MutationObserver(() => follow(root, store.get())).observe(root.querySelector('.all-views'), {childList: true, subtree: true});
  follow(root, store.get());
};
