// The workbench: its markup is asked for when the view is first opened; one tool is shown at a time.

import {ask} from '../../components/ask.js';
import {startBatch} from './batch_form.js';
import {startModels} from './model_forms.js';
import {startTrain} from './train_form.js';

export const start = async page => {
  const {view, store} = page;
  try {
    const {html} = await ask('workbench.build', {...store.get(), model: null});
    view.innerHTML = html; // from a template that escapes
  } catch (error) {
    view.querySelector('.bench-opening').textContent = error.message;
    return;
  }
  const show = state => {
    const bench = state.options.bench ?? 'batch';
    for (const tool of view.querySelectorAll('.bench-tool')) tool.hidden = tool.dataset.bench !== bench;
    for (const button of view.querySelectorAll('[data-tool]')) {
      button.setAttribute('aria-pressed', String(button.dataset.tool === bench));
    }
  };
  view.addEventListener('click', event => {
    const {pair, tool} = event.target.dataset;
    if (tool) store.setOption('bench', tool);
    if (pair) store.setPair(...JSON.parse(pair));
  });
  store.subscribe(show);
  show(store.get());
  startBatch(page);
  startModels(page);
  startTrain(page);
};
