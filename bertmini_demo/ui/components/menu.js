// The menu "⋯": opened by a press or Enter, closed by Escape or a press elsewhere.

import {inAddress, writeAddress} from './address.js';

export const startMenu = ({root}) => {
  const button = root.querySelector('#menu-button');
  const menu = root.querySelector('#menu');
  const open = yes => {
    menu.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
  };
  const present = yes => {
    document.documentElement.classList.toggle('is-presenting', yes);
    menu.querySelector('[data-action="present"]').setAttribute('aria-pressed', String(yes));
  };
  const actions = {
    'copy-link': async one => {
      try {
        await navigator.clipboard.writeText(location.href);
        one.textContent = 'Copied';
      } catch {
        one.textContent = location.href;
      }
    },
    present: () => {
      const yes = !inAddress('present');
      writeAddress({present: yes ? 'yes' : null});
      present(yes);
    },
  };
  button.addEventListener('click', () => {
    open(menu.hidden);
    if (!menu.hidden) menu.querySelector('button, a').focus();
  });
  menu.addEventListener('click', event => {
    const one = event.target.closest('[data-action]');
    if (one) actions[one.dataset.action]?.(one);
  });
  document.addEventListener('click', event => {
    if (!event.target.closest('#menu, #menu-button')) open(false);
  });
  root.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || menu.hidden) return;
    open(false);
    button.focus();
  });
  addEventListener('popstate', () => present(inAddress('present')));
  present(inAddress('present'));
};
