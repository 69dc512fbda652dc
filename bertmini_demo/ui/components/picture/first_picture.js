// A figure as SVG, drawn at once from the JSON that Plotly takes: plotly.js needs 50 to 100 ms a figure, and 1.4 MB before the first.
// It looks as Plotly's own picture does; whoever points at it gets Plotly's, see figure.js.

import {axesOf} from './axes.js';
import {canDrawBar, colourBar} from './colours.js';
import {legend} from './key.js';
import {escaped, label} from './labels.js';
import {dashed} from './strokes.js';
import {canDraw, drawTrace} from './traces.js';

const FONT = 12;
const LIFT = 5; // pixels between a place and the word above it

// A place in what a shape refers to: an axis, the length of an axis, or the whole plot.
const placeIn = (reference, letter, value, {axes, area}) => {
  const [begin, room] = letter === 'x' ? [area.left, area.width] : [area.top, area.height];
  if (reference === 'paper') return begin + room * (letter === 'x' ? value : 1 - value);
  const [name, domain] = reference.split(' ');
  const axis = axes[name];
  if (!domain) return axis.at(value);
  return axis.begin + axis.length * (letter === 'x' ? value : 1 - value);
};

const shape = (one, frame) => {
  const [x0, x1] = [one.x0, one.x1].map(value => placeIn(one.xref ?? 'x', 'x', value, frame));
  const [y0, y1] = [one.y0, one.y1].map(value => placeIn(one.yref ?? 'y', 'y', value, frame));
  const {color = 'none', width = 0, dash} = one.line ?? {};
  const style = `fill="${one.fillcolor ?? 'none'}" stroke="${width ? color : 'none'}" stroke-width="${width}"${dashed(dash, width)}`;
  if (one.type === 'line') return `<path d="M${x0} ${y0}L${x1} ${y1}" ${style}/>`;
  return `<rect class="outline" x="${Math.min(x0, x1)}" y="${Math.min(y0, y1)}" width="${Math.abs(x1 - x0)}" height="${Math.abs(y1 - y0)}" ${style}/>`;
};

// A word above a place; only what stands on its place and has no arrow.
const canNote = ({showarrow, yanchor, xanchor, xref}) => showarrow === false && yanchor === 'bottom' && !xanchor && xref === 'x';
const note = ({text, x, y, yref, font}, frame, ink) => {
  const size = font?.size ?? FONT;
  return label(text, placeIn('x', 'x', x, frame), placeIn(yref, 'y', y, frame) - LIFT, {size, colour: font?.color ?? ink});
};

const canDrawAll = ({data, layout}, scales) =>
  !layout.grid && !layout.title && (layout.annotations ?? []).every(canNote) && data.every(canDraw) && scales.every(canDrawBar);

// {picture, pointAt(event)}: an <svg>, and which point is pressed; null where the figure has what this does not draw.
// ink: the colour of text; dark: whether the page is.
export const firstPicture = (figure, {ink, dark}) => {
  const {data, layout} = figure;
  const {width, height, margin} = layout;
  const scales = Object.keys(layout).filter(name => name.startsWith('coloraxis')).map(name => layout[name]);
  const drawn = width > margin.l + margin.r && canDrawAll(figure, scales) ? axesOf(layout) : null;
  if (!drawn || Object.values(drawn.axes).some(axis => axis.slanted)) return null;
  const {axes, area} = drawn;
  const key = data.length > 1 && layout.showlegend ? legend(figure, area, ink) : '';
  if (key === null) return null;
  const frame = {axes, area, layout, ink, dark, bases: new Map()};
  const traces = data.map(trace => drawTrace(trace, frame));
  const shapes = layer => (layout.shapes ?? []).filter(one => (one.layer ?? 'above') === layer).map(one => shape(one, frame)).join('');
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const attributes = {class: 'picture', width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': escaped(layout.font.family)};
  for (const [name, value] of Object.entries(attributes)) picture.setAttribute(name, value);
  picture.innerHTML = [
    shapes('below'),
    ...Object.values(axes).map(axis => axis.draw(ink)),
    ...traces.map(({svg}) => svg),
    shapes('above'),
    ...(layout.annotations ?? []).map(one => note(one, frame, ink)),
    key,
    ...scales.filter(one => one.showscale !== false).map(one => colourBar(one, area, ink)),
  ].join('');
  const pointAt = ({clientX, clientY}) => {
    const {left, top, width: shown} = picture.getBoundingClientRect();
    const pixel = [(clientX - left) * (width / shown), (clientY - top) * (width / shown)];
    return traces.map(trace => trace.pointAt(...pixel)).findLast(Boolean) ?? null;
  };
  return {picture, pointAt};
};
