// Train: a copy is trained on the server in its turn. This page starts it with one question and then asks how far it is;
// a lost connection, or a reload, does not end it: the token of the training is in the address.

import {ask} from '../../components/ask.js';
import {useModel} from '../../components/model_line.js';
import {make} from '../../components/words.js';
import {drawAnswer} from './batch_form.js';

const LOOK = 500; // milliseconds between two looks at a training
const RETRY = 3000; // after the server could not be reached
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

const startPairs = (tool, store) => {
  const [field, file] = [tool.querySelector('#train-text'), tool.querySelector('#train-file')];
  const [taken, leftOut] = [tool.querySelector('#train-taken'), tool.querySelector('#train-left-out')];
  const example = field.value;
  const say = (text, rows = []) => {
    taken.textContent = text;
    leftOut.replaceChildren(...rows.map(row => make('li', {}, row)));
  };
  file.addEventListener('change', async () => {
    if (!file.files.length) return;
    field.value = '';
    try {
      const reply = await ask('workbench.train_pairs', {...store.get(), model: null}, {file: file.files[0]});
      if (!reply) return;
      field.value = reply.text;
      say(reply.says, reply.left_out);
    } catch (error) {
      say(`${error.message} The field is empty now.`);
    }
  });
  tool.addEventListener('click', event => {
    const {fill} = event.target.dataset;
    if (fill === undefined) return;
    field.value = fill === 'example' ? example : '';
    file.value = '';
    say('');
  });
  return () => new File([field.value], 'your pairs');
};

export const startTrain = page => {
  const {view, store} = page;
  const tool = view.querySelector('[data-bench="train"]');
  const find = selector => tool.querySelector(selector);
  const pairs = startPairs(tool, store);
  const [curves, result, bar] = [find('#train-curves'), find('#train-result'), find('progress')];
  let following = null;

  const show = running => {
    find('[data-go]').disabled = running;
    find('[data-stop]').hidden = !running;
    bar.hidden = !running;
    if (!running) find('[data-progress]').textContent = '';
  };
  const refuse = message => {
    find('[data-error]').hidden = !message;
    find('[data-error]').textContent = message;
  };
  const draw = async answer => {
    if (!answer) return;
    curves.hidden = false;
    curves.replaceChildren();
    await drawAnswer(answer, page, curves);
  };
  const look = token => ask('workbench.training', {...store.get(), model: null, options: {training: token}}, {slot: 'training'});

  const follow = async token => {
    following = token;
    show(true);
    let steps = 0;
    while (following === token) {
      try {
        const reply = await look(token);
        if (!reply || following !== token) return;
        if (!reply.running) {
          following = null;
          show(false);
          result.innerHTML = reply.html; // from a template that escapes
          find('[data-trained]').hidden = false;
          await draw(reply.curves);
          return;
        }
        bar.value = reply.share;
        find('[data-progress]').textContent = reply.says;
        const rows = reply.curves?.table.rows.length ?? 0;
        if (rows > steps) await draw(reply.curves);
        steps = rows;
        await pause(LOOK);
      } catch (error) {
        if (error.unreachable) {
          find('[data-progress]').textContent = 'The server cannot be reached. The training goes on there; this page asks again.';
          await pause(RETRY);
        } else {
          following = null;
          show(false);
          refuse(error.message);
        }
      }
    }
  };
  const train = async () => {
    refuse('');
    show(true);
    result.replaceChildren();
    curves.hidden = true;
    find('[data-trained]').hidden = true;
    const state = store.get();
    const plan = {steps: find('#train-steps').value, rate: find('#train-rate').value, learns: find('#train-learns').value};
    try {
      const reply = await ask('workbench.train', {...state, options: {...state.options, ...plan}}, {file: pairs()});
      if (!reply) return;
      store.setOption('training', reply.token);
      follow(reply.token);
    } catch (error) {
      show(false);
      refuse(error.message);
    }
  };
  tool.addEventListener('click', event => {
    const {go, use} = event.target.dataset;
    if (go !== undefined) train();
    if (use) useModel(store, use);
  });
  find('[data-stop]').addEventListener('click', () => {
    if (following) ask('workbench.stop_training', {...store.get(), model: null, options: {training: following}}).catch(error => refuse(error.message));
  });
  const {training} = store.get().options;
  if (training) follow(training);
};
