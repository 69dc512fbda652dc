// Measures what a visitor feels: added to a page before its own scripts run.

const inSight = one => {
  const {top, bottom, width} = one.getBoundingClientRect();
  return one.checkVisibility() && width > 0 && bottom > 0 && top < innerHeight; // what a closed <details> holds has a size too
};

const READY = {
  verdict: () => !document.querySelector('#verdict.is-waiting'),
  words: () => READY.verdict() && document.querySelectorAll('#pair-bar .piece').length === document.querySelectorAll('#pair-bar .piece[data-side]').length,
  // every card in sight of the open view that draws by itself
  figures: () => {
    const cards = [...document.querySelectorAll('.view:not([hidden]) .card[data-question]:not([data-run])')].filter(inSight);
    return cards.every(card => card.matches('.is-shown:not([aria-busy])'));
  },
};

// Acts, and resolves with the milliseconds until each place is ready and has been painted.
globalThis.timeUntilPainted = (act, places, patience) =>
  new Promise((resolve, reject) => {
    const painted = {};
    const begun = performance.now();
    const look = () => {
      for (const name of places.filter(one => !(one in painted) && READY[one]())) {
        painted[name] = null;
        setTimeout(() => {
          painted[name] = performance.now() - begun;
        }); // this look comes just before a frame is painted, the time-out just after
      }
      if (places.every(name => painted[name])) resolve(painted);
      else if (performance.now() - begun > patience) reject(new Error(`not ready: ${places.filter(name => !painted[name])}`));
      else requestAnimationFrame(look);
    };
    act();
    requestAnimationFrame(look); // observers of what has come into sight run first
  });

// Milliseconds from the start of the navigation until a picture is painted.
globalThis.timeUntilPicture = (selector, patience) =>
  new Promise((resolve, reject) => {
    const look = () => {
      if (document.querySelector(selector)?.checkVisibility()) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      else if (performance.now() > patience) reject(new Error(`there is no ${selector}`));
      else requestAnimationFrame(look);
    };
    look();
  });

// A press on an element, one of the map's SVG included, which is brought into sight first.
globalThis.timePress = (selector, places, patience) => {
  document.querySelector(selector).scrollIntoView({block: 'nearest'});
  const press = () => document.querySelector(selector).dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
  return timeUntilPainted(press, places, patience);
};

// A hypothesis typed, and Enter.
globalThis.timeEnter = (text, places, patience) =>
  timeUntilPainted(() => {
    const field = document.querySelector('#hypothesis-text');
    field.value = text;
    field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
  }, places, patience);
