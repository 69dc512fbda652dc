// Files to keep: they are put together in the browser, and nothing that a visitor typed is written to the server's disk.

import {ask} from './ask.js';

const KEPT = 60_000; // milliseconds until the browser must have read it

export const saveText = (name, type, parts) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([parts].flat(), {type: `${type};charset=utf-8`}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
};

// The buttons of the menu: a report on the pair, and its numbers.
export const startDownloads = ({root, store}) => {
  root.addEventListener('click', async event => {
    const button = event.target.closest('[data-download]');
    if (!button) return;
    const label = button.textContent;
    const state = store.get();
    const options = {...state.options, kind: button.dataset.download, link: location.href.slice(0, 2000)};
    button.disabled = true;
    try {
      const reply = await ask('download', {...state, options}, {slot: 'download'});
      if (reply) saveText(reply.name, reply.type, reply.text);
    } catch (error) {
      button.textContent = error.message;
      setTimeout(() => (button.textContent = label), 5000);
    } finally {
      button.disabled = false;
    }
  });
};
