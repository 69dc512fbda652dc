// Which model is asked, where it is not the page's own; a model that a link names is fetched first.

import {ask} from './ask.js';
import {make} from './words.js';

const COPY = 'copy-'; // how the tokens of trained copies begin

export const modelName = name => (name.startsWith(COPY) ? 'your trained copy' : name);

// Another model: its layers, heads and labels are others, so what was chosen of the last one goes.
export const useModel = (store, model) =>
  store.set({model, part: null, layer: 0, head: 0, word: null, label: null, heads_off: []});

export const startModelLine = ({root, store}) => {
  const line = root.querySelector('#model-line');
  const show = (...content) => {
    const back = make('button', {type: 'button', class: 'text-button'}, 'Back to the page’s own model');
    back.addEventListener('click', () => useModel(store, null));
    line.hidden = false;
    line.replaceChildren(...content, ' ', back);
  };
  const inUse = ({model}) => {
    if (model === null) line.hidden = true;
    else show('Model: ', make('strong', {}, make('bdi', {}, modelName(model))), '.');
  };
  const fetchModel = async model => {
    show(`${model} is being fetched.`);
    const state = store.get();
    const onProgress = ({message}) => show(`${model} is being fetched: ${message}.`);
    try {
      const reply = await ask('workbench.fetch', {...state, model: null, options: {wanted: model}}, {slot: 'model-line', onProgress});
      if (!reply || store.get().model !== model) return;
      store.set({model: null}, {push: false});
      store.set({model}, {push: false});
    } catch (error) {
      if (store.get().model === model) show(error.message);
    }
  };
  root.addEventListener('refused', ({detail}) => {
    const {model} = store.get();
    if (detail.field !== 'model' || model === null) return;
    if (model.startsWith(COPY)) show(detail.message);
    else fetchModel(model);
  });
  store.subscribe((state, changed) => {
    if (changed.has('model')) inUse(state);
  });
  inUse(store.get());
};
