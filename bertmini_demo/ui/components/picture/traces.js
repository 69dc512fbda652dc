// What is drawn between the axes. Each trace also says which point is at a pixel.

import {colouring, inkOn} from './colours.js';
import {extentOf, label, widthOf} from './labels.js';
import {canDrawPoints, scatter} from './points.js';
import {several} from './strokes.js';

const PAD = 3; // between a bar and its number

const heatmap = (trace, {across, down, layout, dark}) => {
  const colourOf = colouring(layout[trace.coloraxis]);
  const {xgap = 0, ygap = 0} = trace;
  const paths = new Map(); // colour to path: most cells of a head share the faintest
  const texts = [];
  trace.z.forEach((cells, row) => {
    const [low, high] = [row - 0.5, row + 0.5].map(one => Math.round(down.at(one))).sort((one, other) => one - other);
    const y = low + Math.floor(ygap / 2);
    const height = Math.max(high - low - ygap, 0);
    cells.forEach((value, column) => {
      const colour = value === null ? null : colourOf(value);
      const text = trace.text?.[row]?.[column];
      if (trace.texttemplate && text && value !== null) {
        const [x, middle] = [across.at(column) - across.begin, down.at(row) - down.begin].map(Math.round);
        const {size = 12} = trace.textfont ?? {};
        texts.push(label(text, x + across.begin, middle + down.begin + 0.35 * size, {size, colour: dark ? 'var(--ink)' : inkOn(colour)}));
      }
      if (!colour) return;
      const [left, right] = [column - 0.5, column + 0.5].map(one => Math.round(across.at(one)));
      const width = Math.max(right - left - xgap, 0);
      paths.set(colour, `${paths.get(colour) ?? ''}M${left + Math.floor(xgap / 2)} ${y}h${width}v${height}h-${width}z`);
    });
  });
  const pointAt = (x, y) => {
    const [row, column] = [Math.round(down.back(y)), Math.round(across.back(x))];
    if (!(trace.z[row]?.[column] >= -Infinity)) return null;
    return {pointNumber: [row, column], y: down.ticks[row]?.[1], customdata: trace.customdata?.[row]?.[column]};
  };
  const cells = [...paths].map(([colour, path]) => `<path d="${path}" fill="${colour}"/>`).join('');
  return {svg: `<g shape-rendering="crispEdges">${cells}</g>${texts.join('')}`, pointAt};
};

// Inside a bar a number shrinks until it fits; outside it stands beside the bar's end.
const barText = (trace, place, {left, right, top, height}, ink) => {
  const text = several(trace.text, place);
  if (!text) return '';
  const {size = 12, color: colour = ink} = trace.textfont ?? {};
  const wide = widthOf(text, size);
  const {up, down} = extentOf(size);
  const base = top + height / 2 + (up - down) / 2;
  if (trace.textposition === 'outside') {
    const x = trace.x[place] < 0 ? left - PAD - wide / 2 : right + PAD + wide / 2;
    return label(text, x, base, {size, colour});
  }
  const share = Math.min(1, (right - left - 2 * PAD) / wide);
  if (share <= 0) return '';
  const middle = (left + right) / 2;
  const smaller = share < 1 ? ` transform="translate(${middle} ${top + height / 2}) scale(${share}) translate(${-middle} ${-top - height / 2})"` : '';
  return label(text, middle, base, {size, colour, more: smaller});
};

const bars = (trace, {across, down, layout, ink, bases}) => {
  const thick = (trace.width ?? 1 - (layout.bargap ?? 0.2)) / 2;
  const boxes = trace.x.map((value, place) => {
    const row = trace.y[place];
    const base = layout.barmode === 'stack' ? (bases.get(row) ?? 0) : 0;
    bases.set(row, base + value);
    let [left, right] = [across.at(base), across.at(base + value)].sort((one, other) => one - other);
    if (value && right - left < 1) [left, right] = value > 0 ? [left, left + 1] : [right - 1, right]; // so that it can be seen
    const [top, bottom] = [down.at(row - thick), down.at(row + thick)].sort((one, other) => one - other);
    return {left, right, top, height: bottom - top};
  });
  const {color, line} = trace.marker;
  const drawn = boxes.map((box, place) => {
    const width = several(line?.width, place) ?? 0;
    const outline = width ? ` stroke="${several(line.color, place)}" stroke-width="${width}"` : '';
    return `<rect class="bar" x="${box.left}" y="${box.top}" width="${box.right - box.left}" height="${box.height}" fill="${several(color, place)}"${outline}/>`;
  });
  const pointAt = (x, y) => {
    const place = boxes.findIndex(({left, right, top, height}) => x >= left && x <= right && y >= top && y <= top + height);
    return place < 0 ? null : {pointNumber: place, y: trace.y[place], customdata: trace.customdata?.[place]};
  };
  return {svg: drawn.join('') + boxes.map((box, place) => barText(trace, place, box, ink)).join(''), pointAt};
};

const KINDS = {heatmap, bar: bars, scatter};
const CAN = {
  heatmap: trace => trace.coloraxis && Array.isArray(trace.z) && [undefined, '%{text}'].includes(trace.texttemplate),
  bar: trace => trace.orientation === 'h' && ['inside', 'outside', undefined].includes(trace.textposition) && !trace.error_x,
  scatter: canDrawPoints,
};

export const canDraw = trace => Boolean(CAN[trace.type]?.(trace));

// {svg, pointAt(x, y)}; pointAt gives what Plotly's event gives of a pressed point, or null.
export const drawTrace = (trace, {axes, ...more}) =>
  KINDS[trace.type](trace, {...more, across: axes[trace.xaxis ?? 'x'], down: axes[trace.yaxis ?? 'y']});
