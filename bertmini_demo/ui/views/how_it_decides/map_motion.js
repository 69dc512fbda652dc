// From one pair to the next the map moves: lines, marks and bars go from their old sizes to the new ones.

const MILLISECONDS = 350;
const KINDS = {
  '.line': ['stroke-width', 'd'],
  '.difference': ['stroke-width', 'd'],
  '.band': ['stroke-width'],
  '.added circle': ['r'],
  '.embeddings circle': ['r'],
  '.feed-forward path': ['d'],
  '.fill': ['x', 'width'],
  '.strength': ['width'],
};
const GROWS = ['.line', '.difference']; // what has no counterpart grows from nothing

const still = () => document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches;

// A line by its layer and its word piece, all else by its place among its kind.
const keysOf = elements => {
  const seen = new Map();
  return elements.map(({dataset: {layer, token}}) => {
    const name = `${layer}-${token}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return `${name}-${seen.get(name)}`;
  });
};

const styleOf = (names, element) =>
  Object.fromEntries(
    names.map(name => {
      const value = element.getAttribute(name);
      return [name === 'stroke-width' ? 'strokeWidth' : name, name === 'd' ? `path("${value}")` : `${value}px`];
    }),
  );

// What is drawn now, to move from.
export const sizesOf = map =>
  Object.fromEntries(
    Object.entries(KINDS).map(([kind, names]) => {
      const elements = [...map.querySelectorAll(`svg ${kind}`)];
      const keys = keysOf(elements);
      return [kind, new Map(elements.map((element, place) => [keys[place], styleOf(names, element)]))];
    }),
  );

// Moves what has been drawn meanwhile from those sizes to its own.
export const moveFrom = (sizes, map) => {
  if (still()) return;
  for (const [kind, names] of Object.entries(KINDS)) {
    const elements = [...map.querySelectorAll(`svg ${kind}`)];
    const grows = GROWS.includes(kind);
    if (!sizes[kind].size || (!grows && elements.length !== sizes[kind].size)) continue; // another shape: nothing corresponds
    const keys = keysOf(elements);
    elements.forEach((element, place) => {
      const now = styleOf(names, element);
      const before = sizes[kind].get(keys[place]) ?? {...now, strokeWidth: '0px'};
      if (JSON.stringify(before) !== JSON.stringify(now)) element.animate([before, now], {duration: MILLISECONDS, easing: 'ease-out'});
    });
  }
};
