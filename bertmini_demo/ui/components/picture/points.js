// Lines, marks and error bars.

import {dashed, several} from './strokes.js';

const SIZE = 6; // pixels across
const round = radius => `M${radius} 0A${radius} ${radius} 0 1 1 0 ${-radius}A${radius} ${radius} 0 0 1 ${radius} 0Z`;
const SHAPES = {
  circle: round,
  square: radius => `M${radius} ${radius}H${-radius}V${-radius}H${radius}Z`,
  diamond: radius => `M${1.3 * radius} 0L0 ${1.3 * radius}L${-1.3 * radius} 0L0 ${-1.3 * radius}Z`,
  'triangle-up': radius => `M${-1.155 * radius} ${radius / 2}H${1.155 * radius}L0 ${-radius}Z`,
  'line-ns': radius => `M0 ${1.4 * radius}V${-1.4 * radius}`,
};

// The mark of one point of a trace, at a pixel.
export const mark = (trace, [x, y], place) => {
  const {size = SIZE, color = trace.line?.color, line: ring, symbol = 'circle', opacity} = trace.marker ?? {};
  const bubbles = Array.isArray(size);
  const open = symbol.endsWith('-open');
  const width = several(ring?.width, place) ?? (open || bubbles ? 1 : 0);
  const colour = several(color, place);
  const outline = width ? ` stroke="${open ? colour : several(ring?.color, place) ?? '#ffffff'}" stroke-width="${width}"` : '';
  const faint = opacity ?? (bubbles ? 0.7 : 1);
  const shape = SHAPES[symbol.replace('-open', '')](several(size, place) / 2);
  return `<path class="point" transform="translate(${x} ${y})" d="${shape}" fill="${open ? 'none' : colour ?? 'none'}"${outline}${faint < 1 ? ` opacity="${faint}"` : ''}/>`;
};

const line = (trace, points) => {
  const {color, width = 2, dash} = trace.line;
  const steps = points.map((point, place) => (point ? `${points[place - 1] ? 'L' : 'M'}${point[0]} ${point[1]}` : ''));
  return `<path d="${steps.join('')}" fill="none" stroke="${color}" stroke-width="${width}"${dashed(dash, width)}/>`;
};

// From the lower end to the upper one, with a cap at each.
const errors = (bars, axis, values, points) => {
  const {array, arrayminus = array, color, thickness, width: cap} = bars;
  const path = points.map((point, place) => {
    if (!point) return '';
    const [x, y] = point;
    const [to, from] = [values[place] + array[place], values[place] - arrayminus[place]].map(one => axis.at(one));
    return axis.across ? `M${to} ${y - cap}v${2 * cap}m0 ${-cap}H${from}m0 ${-cap}v${2 * cap}` : `M${x - cap} ${to}h${2 * cap}m${-cap} 0V${from}m${-cap} 0h${2 * cap}`;
  });
  return `<path d="${path.join('')}" fill="none" stroke="${color}" stroke-width="${thickness}"/>`;
};

export const scatter = (trace, {across, down}) => {
  const {x, y, mode, error_x: aside, error_y: upright} = trace;
  const points = x.map((one, place) => (one === null || y[place] === null ? null : [across.at(one), down.at(y[place])]));
  if (!points.some(Boolean)) return {svg: '', pointAt: () => null};
  const svg = [
    mode.includes('lines') ? line(trace, points) : '',
    aside ? errors(aside, across, x, points) : '',
    upright ? errors(upright, down, y, points) : '',
    ...(mode.includes('markers') ? points.map((point, place) => (point ? mark(trace, point, place) : '')) : []),
  ].join('');
  const pointAt = (left, top) => {
    if (!mode.includes('markers')) return null;
    const near = points.findIndex((point, place) => point && Math.hypot(point[0] - left, point[1] - top) <= Math.max(SIZE, several(trace.marker?.size ?? SIZE, place) / 2));
    return near < 0 ? null : {pointNumber: near, y: y[near], customdata: trace.customdata?.[near]};
  };
  return {svg: trace.opacity === undefined ? svg : `<g opacity="${trace.opacity}">${svg}</g>`, pointAt};
};

export const canDrawPoints = ({x, mode, marker, line: drawn, fill}) => {
  if (x.every(one => one === null)) return true; // it is there for its axis or its name
  const symbol = marker?.symbol ?? 'circle';
  const known = SHAPES[symbol.replace?.('-open', '')];
  return Boolean(known && !fill && ['lines', 'markers', 'lines+markers'].includes(mode) && (drawn?.color || (mode === 'markers' && (marker?.color || symbol === 'line-ns'))) && !drawn?.shape);
};
