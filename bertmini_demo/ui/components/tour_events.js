// What a tour hears: keys while presenting, presses on its buttons, and whatever grows while a card is read.

import {targetOf} from './tour_control.js';

const TURNS = {ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1};

export const startKeys = (tour, root) => {
  document.addEventListener('keydown', event => {
    if (!tour.card || event.defaultPrevented) return;
    if (event.key === 'Escape' && event.target.closest('#tour, body') && root.querySelector('#menu').hidden) {
      if (event.target === document.body || event.target.closest('#tour')) tour.leave();
      return;
    }
    const by = TURNS[event.key];
    const busy = event.target.closest?.('input, textarea, select, [data-toolbar], .piece, .scroll');
    if (!by || busy || !document.documentElement.classList.contains('is-presenting')) return;
    event.preventDefault();
    tour.turn(by);
  });
};

// The figure of a card stays in sight while the pair bar, the card or the view above it grows, until the reader moves the page.
export const startHolding = (tour, root) => {
  const bar = root.querySelector('#pair-bar');
  const views = root.querySelector('.all-views');
  const sizes = new ResizeObserver(() => {
    root.style.setProperty('--bar', `${bar.offsetHeight}px`);
    root.style.setProperty('--dock', `${tour.panel.offsetHeight}px`);
    tour.hold();
  });
  for (const one of [bar, tour.panel, views]) sizes.observe(one);
  const moved = () => (tour.moved = true);
  for (const kind of ['wheel', 'touchmove', 'keydown']) addEventListener(kind, moved, {passive: true});
  views.addEventListener('pointerdown', moved);
};

export const startPresses = (tour, root) => {
  const turns = {
    back: () => tour.turn(-1),
    next: () => tour.turn(1),
    leave: () => tour.leave(),
    fold: () => tour.fold(!tour.panel.classList.contains('is-folded')),
    lead: () => {
      tour.fold(true);
      const target = targetOf(tour.page, tour.data);
      if (target) tour.lead(target);
      target?.focus({preventScroll: true});
    },
    copy: button => tour.copy(button),
  };
  root.addEventListener('click', event => {
    const {turn, startTour, challenge, takeTour, pick} = event.target.closest('button')?.dataset ?? {};
    if (pick) tour.page.store.set(JSON.parse(pick));
    else if (turn) turns[turn](event.target.closest('button'));
    else if (startTour) tour.take(startTour);
    else if (takeTour !== undefined) tour.take(tour.names.includes(tour.progress.last) ? tour.progress.last : tour.names[0]);
    else if (challenge) tour.challenge(event.target.closest('button'));
  });
};
