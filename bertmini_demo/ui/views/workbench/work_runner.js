// Long work that a button starts: progress, a Stop that is there only while something runs, and the error beside it.
// The browser owns the order: the file that is chosen when the button is pressed goes with the question itself.

import {ask, stop} from '../../components/ask.js';

export const createRunner = (place, question, {store, slot = `work-${question}`, onStart, onProgress, onAnswer, onStop, onRefused}) => {
  const find = name => place.querySelector(`[data-${name}]`);
  let stopped = false;

  const show = running => {
    for (const button of place.querySelectorAll('[data-go]')) button.disabled = running;
    find('stop').hidden = !running;
    place.querySelector('progress').hidden = !running;
  };
  const refuse = message => {
    find('error').hidden = !message;
    find('error').textContent = message;
  };
  const run = async ({options = {}, file = null, state: changes = {}} = {}) => {
    stopped = false;
    refuse('');
    place.querySelector('progress').value = 0;
    find('progress').textContent = '';
    show(true);
    onStart?.();
    try {
      const state = store.get();
      const answer = await ask(question, {...state, ...changes, options: {...state.options, ...options}}, {
        slot,
        file,
        onProgress: reply => {
          place.querySelector('progress').value = reply.progress;
          find('progress').textContent = reply.message;
          onProgress?.(reply);
        },
      });
      find('progress').textContent = stopped ? `Stopped at ${find('progress').textContent}.` : '';
      if (answer) await onAnswer(answer);
      else onStop?.();
    } catch (error) {
      find('progress').textContent = '';
      refuse(error.message);
      onRefused?.(error);
    } finally {
      show(false);
    }
  };
  find('stop').addEventListener('click', () => {
    stopped = true;
    stop(slot);
  });
  return {run, refuse};
};
