// The legend: in one line, or a line for each entry.

import {label, widthOf} from './labels.js';
import {mark} from './points.js';
import {dashed} from './strokes.js';

const SIZE = 12; // pixels, of the text
const MARK = 20; // from the left of an entry to the middle of its mark
const TEXT = 40; // and to its text
const GAP = 5;
const ROW = 19;
const PAD = 5;

const entryOf = (trace, left, middle, ink) => {
  const {line, marker, mode = '', type} = trace;
  const at = left + MARK;
  const swatch = [
    type === 'bar' ? `<rect x="${at - 6}" y="${middle - 6}" width="12" height="12" fill="${[marker.color].flat()[0]}"/>` : '',
    mode.includes('lines') ? `<path d="M${at - 15} ${middle}h30" stroke="${line.color}" stroke-width="${line.width ?? 2}"${dashed(line.dash, line.width ?? 2)}/>` : '',
    mode.includes('markers') ? mark(trace, [at, middle], 0) : '',
  ];
  return swatch.join('') + label(trace.name, left + TEXT, middle + 0.39 * SIZE, {size: SIZE, colour: ink, anchor: 'start'});
};

// The entries' markup; null where the reader's width leaves it to Plotly how many share a line.
export const legend = ({data, layout}, area, ink) => {
  const {x = 1.02, y = 1, xref, yref, xanchor, yanchor, orientation} = layout.legend ?? {};
  if (orientation !== 'h' || yanchor !== 'bottom') return null;
  const entries = data.filter(trace => trace.showlegend !== false && trace.name);
  const widths = entries.map(({name}) => TEXT + widthOf(name, SIZE) + GAP);
  const whole = widths.reduce((sum, one) => sum + one, 0);
  const single = whole <= area.width;
  if (!single && 2 * Math.max(...widths) <= layout.width) return null;
  const width = single ? whole : Math.max(...widths);
  const height = ROW * (single ? 1 : entries.length) + 2 * PAD;
  const from = xref === 'container' ? layout.width * x : area.left + area.width * x;
  const left = from - (xanchor === 'center' ? width / 2 : 0);
  const top = (yref === 'container' ? layout.height * (1 - y) : area.top + area.height * (1 - y)) - height;
  let used = 0;
  return entries.map((trace, place) => {
    const [across, down] = single ? [used, 0] : [0, place * ROW];
    used += widths[place];
    return entryOf(trace, left + across, top + PAD + ROW / 2 + down, ink);
  }).join('');
};
