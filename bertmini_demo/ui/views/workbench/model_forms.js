// Models: one is fetched by its name and takes the place of the one in use, or is compared with it.

import {useModel} from '../../components/model_line.js';
import {createRunner} from './work_runner.js';

const startForm = (form, page, {done}) => {
  const field = form.querySelector('input');
  const runner = createRunner(form, 'workbench.fetch', {
    store: page.store,
    slot: form.id,
    onStart: () => field.removeAttribute('aria-invalid'),
    onAnswer: done,
    onRefused: () => field.setAttribute('aria-invalid', 'true'),
  });
  form.addEventListener('submit', event => event.preventDefault());
  const run = () => runner.run({options: {wanted: field.value}, state: {model: null}});
  form.querySelector('[data-go]').addEventListener('click', run);
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter') run();
  });
  return field;
};

export const startModels = page => {
  const {view, store} = page;
  const use = view.querySelector('#use-model');
  startForm(use, page, {
    done: ({model, says}) => {
      use.querySelector('[data-done]').textContent = says;
      useModel(store, model);
    },
  });
  const compare = view.querySelector('#other-model');
  const other = startForm(compare, page, {done: ({model}) => store.setOption('other', model)});
  const show = state => {
    compare.querySelector('[data-comparison]').hidden = !state.options.other;
  };
  other.value = store.get().options.other ?? '';
  store.subscribe(show);
  show(store.get());
};
