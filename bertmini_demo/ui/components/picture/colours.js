// Colour scales: a number to a colour, and the bar that shows them.

import {label} from './labels.js';

const PAD = 10; // around a colour bar, and between its title and it
const GAP = 2.5; // between the bar and its numbers
const STEPS = 1000; // shades that are kept apart

// "rgba(1,2,3,0.5)" or "#010203" as four numbers.
const channels = colour => {
  if (!colour.startsWith('#')) return colour.match(/[\d.]+/g).map(Number);
  return [...[1, 3, 5].map(start => parseInt(colour.slice(start, start + 2), 16)), 1];
};

const mixed = (colorscale, share) => {
  const next = colorscale.findIndex(([place], index) => index && place >= share);
  const [[from, low], [to, high]] = [colorscale[next - 1], colorscale[next]];
  const part = to > from ? (share - from) / (to - from) : 1;
  const [red, green, blue, alpha = 1] = channels(low).map((one, index) => one + ((channels(high)[index] ?? 1) - one) * part);
  return alpha < 0.002 ? null : `rgba(${Math.round(red)},${Math.round(green)},${Math.round(blue)},${alpha.toFixed(3)})`;
};

// A function from a number to its colour; null where nothing would be seen.
export const colouring = ({colorscale, cmin, cmax}) => {
  const shades = new Map();
  return value => {
    const step = Math.round(Math.min(1, Math.max(0, (value - cmin) / (cmax - cmin))) * STEPS);
    if (!shades.has(step)) shades.set(step, mixed(colorscale, step / STEPS));
    return shades.get(step);
  };
};

// Plotly's ink for what is written on a colour on white paper.
export const inkOn = colour => {
  const [red, green, blue, alpha] = colour ? channels(colour) : [0, 0, 0, 0];
  const [r, g, b] = [red, green, blue].map(one => one * alpha + 255 * (1 - alpha));
  return 299 * r + 587 * g + 114 * b < 128_000 ? '#fff' : '#444';
};

let bars = 0; // drawn so far: a gradient needs a name of its own

// A lying bar below the plot, its title above it.
export const colourBar = ({colorscale, cmin, cmax, colorbar: bar}, area, ink) => {
  const {text, font: {size: titleSize}} = bar.title;
  const length = bar.len * area.width - 2 * PAD;
  const left = area.left + bar.x * area.width - length / 2;
  const bottom = area.top + area.height;
  const top = bottom + PAD + titleSize + 2;
  bars += 1;
  const name = `picture-scale-${bars}`;
  const stops = colorscale.map(([place, colour]) => `<stop offset="${place}" stop-color="${colour}"/>`).join('');
  const numbers = bar.tickvals.map((value, place) =>
    label(bar.ticktext[place], left + (length * (value - cmin)) / (cmax - cmin), top + bar.thickness + GAP + bar.tickfont.size, {size: bar.tickfont.size, colour: ink}),
  );
  return `<defs><linearGradient id="${name}">${stops}</linearGradient></defs>
    ${label(text, left + length / 2, bottom + 0.7 * titleSize + 11, {size: titleSize, colour: ink})}
    <rect x="${left}" y="${top}" width="${length}" height="${bar.thickness}" fill="url(#${name})"/>${numbers.join('')}`;
};

export const canDrawBar = ({colorbar: bar, showscale}) => showscale === false || (bar?.orientation === 'h' && bar.y === 0 && bar.tickvals && bar.title?.side === 'top');
