// The meaning of a technical word, beside it on hover, focus or a press. One box serves the whole page.

import {make} from './words.js';

const GAP = 6; // pixels between a term and its meaning
const EDGE = 8; // pixels kept free at the sides of the window

export const startTerms = ({root}) => {
  const box = make('div', {id: 'meaning', class: 'meaning', role: 'tooltip', hidden: ''});
  root.append(box);
  let shown = null;
  const hide = () => {
    shown?.removeAttribute('aria-describedby');
    shown = null;
    box.hidden = true;
  };
  const show = term => {
    hide();
    shown = term;
    box.textContent = term.dataset.meaning;
    box.hidden = false;
    term.setAttribute('aria-describedby', box.id);
    const place = term.getBoundingClientRect();
    const {width, height} = box.getBoundingClientRect();
    const above = place.top - height - GAP;
    const below = place.bottom + GAP;
    box.style.left = `${Math.max(EDGE, Math.min(place.left, document.documentElement.clientWidth - width - EDGE))}px`;
    box.style.top = `${below + height < innerHeight || above < 0 ? below : above}px`;
  };
  for (const kind of ['mouseover', 'focusin', 'click']) {
    root.addEventListener(kind, event => {
      const term = event.target.closest('.term');
      if (term) show(term);
      else if (shown && event.target !== box && (kind !== 'mouseover' || document.activeElement !== shown)) hide();
    });
  }
  root.addEventListener('keydown', event => {
    if (event.key === 'Escape' && shown) {
      event.stopImmediatePropagation(); // it closes the meaning, not what is behind it
      hide();
    }
  });
  document.addEventListener('scroll', () => shown && document.activeElement !== shown && hide(), true);
};
