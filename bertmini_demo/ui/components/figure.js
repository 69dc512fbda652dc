// A figure: drawn at once where picture/ can, by plotly.js where it cannot and once somebody points at it, who then can read each
// number; resized with its place; pressed; saved.

import {firstPicture} from './picture/first_picture.js';

let library = null;

export const plotly = address => {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error('plotly.js cannot be fetched'));
    document.head.append(script);
  });
  return library;
};

const PAPER = matchMedia('print');
const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari has none
const CONFIG = {displayModeBar: false, responsive: false};
const inks = element => {
  const style = getComputedStyle(element);
  return {ink: style.getPropertyValue('--ink-2').trim() || style.color, dark: Boolean(element.closest('.dark'))};
};

// Which fields a press chooses: by the row of a heat map, by the point's index, or by its customdata.
const chosen = ({press}, point) => {
  if (press.choices) return press.choices[point.pointNumber[0]];
  if (press.rows) return {[press.field]: press.rows[point.y] ?? null};
  if (press.values) return {[press.field]: press.values[point.pointIndex ?? point.pointNumber]};
  const custom = [point.customdata].flat();
  const named = press.custom.map((name, place) => [name, custom[place]]);
  return Object.fromEntries(named.filter(([, value]) => value !== null && value !== undefined));
};

// In the browser's cache for whoever points at a figure.
const fetchAhead = address => {
  if (library || document.querySelector('link[rel="prefetch"]')) return;
  const link = document.createElement('link');
  Object.assign(link, {rel: 'prefetch', as: 'script', href: address});
  document.head.append(link);
};

const drawPlotly = async place => {
  const Plotly = await plotly(place.address);
  const {data, layout} = place.figure;
  await Plotly.react(place, data, layout, CONFIG);
  if (place.isPlotly) return;
  place.isPlotly = true;
  place.on('plotly_click', event => {
    if (place.answer.press) place.onPress(chosen(place.answer, event.points[0]));
  });
};

// Plotly's picture in place of the first one, which has the same margins: nothing moves.
const handOver = async place => {
  const {first} = place;
  if (!first || first.handed) return first?.handed;
  const replace = async () => {
    await drawPlotly(place);
    if (place.first !== first) return; // another figure has come meanwhile
    first.picture.remove();
    place.first = null;
  };
  first.handed = replace().catch(() => null); // without plotly.js the first picture stays
  return first.handed;
};

const draw = async place => {
  const {layout} = place.figure;
  layout.width = place.clientWidth || place.drawn || layout.width;
  place.drawn = layout.width;
  place.first?.picture.remove();
  place.first = firstPicture(place.figure, inks(place));
  if (!place.first) return drawPlotly(place);
  layout.margin.autoexpand = false; // Plotly then keeps to them
  place.prepend(place.first.picture);
  whenIdle(() => (place.matches(':hover') ? handOver(place) : fetchAhead(place.address)));
};

const wire = place => {
  if (place.wired) return;
  place.wired = true;
  place.addEventListener('pointermove', () => handOver(place));
  place.addEventListener('pointerdown', event => {
    place.pressed = place.first?.pointAt(event);
    handOver(place);
  });
  place.addEventListener('pointerup', () => {
    if (place.pressed && place.answer.press) place.onPress(chosen(place.answer, place.pressed));
    place.pressed = null;
  });
  place.addEventListener('pointercancel', () => (place.pressed = null)); // a finger that scrolls
  new ResizeObserver(() => {
    if (!place.clientWidth || place.clientWidth === place.drawn || PAPER.matches) return; // paper: see printing.js
    if (place.first) draw(place);
    else {
      place.drawn = place.clientWidth;
      window.Plotly.relayout(place, {width: place.drawn});
    }
  }).observe(place);
};

export const drawFigure = async (place, answer, {library: address, onPress}) => {
  const figure = JSON.parse(answer.figure);
  place.hidden = false;
  figure.layout.font = {...figure.layout.font, color: inks(place).ink};
  figure.layout.autosize = false;
  Object.assign(place, {answer, figure, address, onPress});
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', answer.says);
  wire(place);
  await draw(place);
};

// Text takes the ink of the theme that holds now.
export const recolour = root => {
  for (const place of root.querySelectorAll('.plot')) {
    if (!place.figure) continue;
    place.figure.layout.font.color = inks(place).ink;
    if (place.first) draw(place);
    else window.Plotly?.relayout(place, {'font.color': inks(place).ink});
  }
};

export const saveFigure = async (place, format, name) => {
  await handOver(place);
  const Plotly = await plotly(place.address);
  await Plotly.downloadImage(place, {format, filename: name, scale: 2, width: place.clientWidth, height: place.clientHeight});
};
