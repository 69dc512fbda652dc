// How lines are drawn: their dashes, and attributes that a whole trace or each of its points has.

const DASHES = {dot: [1, 1], dash: [3, 3], dashdot: [3, 1, 1, 1]}; // in widths, of at least 3 pixels

export const dashed = (name, width) =>
  DASHES[name] ? ` stroke-dasharray="${DASHES[name].map(one => one * Math.max(width, 3)).join(',')}"` : '';

// One value for all, or one each.
export const several = (values, place) => (Array.isArray(values) ? values[place] : values);
