// The axes of a figure: from numbers to pixels, tick labels, grid, and titles, where Plotly puts them.

import {countLines, label, LINE, widthOf} from './labels.js';

const FONT = 12; // pixels, unless a figure says otherwise
const TITLE = 14;
const EDGE = 2; // that stay free beside labels
const NICE = [1, 2, 5, 10]; // times a power of ten: the steps between ticks

export class Axis {
  constructor(name, layout, area) {
    this.letter = name[0];
    this.own = layout;
    this.area = area;
    this.side = layout.side ?? (this.letter === 'x' ? 'bottom' : 'left');
    this.across = this.letter === 'x'; // its numbers go from left to right
    const [from, to] = layout.domain ?? [0, 1];
    const [begin, room] = this.across ? [area.left, area.width] : [area.top, area.height];
    this.length = room * (to - from);
    this.begin = this.across ? begin + room * from : begin + room * (1 - to);
    this.size = layout.tickfont?.size ?? FONT;
  }

  // Pixels, from the left or the top of the picture.
  at(value) {
    const [from, to] = this.own.range;
    const share = (value - from) / (to - from);
    return this.begin + this.length * (this.across ? share : 1 - share);
  }

  // The number at a pixel.
  back(pixel) {
    const [from, to] = this.own.range;
    const share = (pixel - this.begin) / this.length;
    return from + (to - from) * (this.across ? share : 1 - share);
  }

  get ticks() {
    if (this.own.tickvals) return this.own.tickvals.map((value, place) => [value, this.own.ticktext?.[place] ?? String(value)]);
    const step = this.step;
    const [from, to] = [Math.min(...this.own.range), Math.max(...this.own.range)];
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const count = Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1;
    return Array.from({length: count}, (_, place) => {
      const value = (Math.ceil(from / step - 1e-9) + place) * step;
      return [value, value.toFixed(digits).replace(/^-(?=[^0.]|0\.0*[1-9])/, '−').replace('-', '')];
    });
  }

  get step() {
    const [from, to] = this.own.range;
    const count = this.own.nticks || Math.min(9, Math.max(4, this.length / (this.across ? 80 : 40))) + 1;
    const rough = Math.abs(to - from) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    return power * NICE.find(one => one * power >= rough * (1 - 1e-9));
  }

  get labels() {
    return this.own.showticklabels === false ? [] : this.ticks;
  }

  get turned() {
    return this.own.tickangle === -90;
  }

  // Pixels between the plot and the outer edge of the tick labels.
  get depth() {
    const gap = this.own.ticklabelstandoff ?? 0;
    if (!this.labels.length) return 0.5;
    if (!this.across || this.turned) return gap + 0.5 + Math.max(...this.labels.map(([, text]) => widthOf(text, this.size)));
    const lines = Math.max(...this.labels.map(([, text]) => countLines(text)));
    return gap + this.size + 3.5 + (lines - 1) * LINE * this.size;
  }

  // Pixels that it needs beside the plot, for labels and title.
  get room() {
    const {text, standoff = 0, font} = this.own.title ?? {};
    return this.depth + (text ? standoff + LINE * (font?.size ?? TITLE) * countLines(text) : 0) + EDGE;
  }

  // Pixels by which its last label leaves the plot on the right.
  get overhang() {
    if (!this.across || this.turned) return 0;
    const {left, width} = this.area;
    return Math.max(0, ...this.labels.map(([value, text]) => this.at(value) + widthOf(text, this.size) / 2 + EDGE - left - width));
  }

  // Whether its labels are turned otherwise than is drawn here: Plotly also turns those that would run into each other.
  get slanted() {
    if (![undefined, 0, -90].includes(this.own.tickangle) || (this.turned && this.side !== 'top')) return true;
    if (!this.across || this.own.tickangle !== undefined) return false;
    const ends = this.labels.map(([value, text]) => [this.at(value), widthOf(text, this.size) / 2]).sort((one, other) => one[0] - other[0]);
    return ends.some(([place, half], index) => index && place - half < ends[index - 1][0] + ends[index - 1][1]);
  }

  draw(ink) {
    return this.grid() + this.tickLabels(ink) + this.title(ink);
  }

  grid() {
    const line = (value, colour) => {
      const place = this.at(value);
      const {left, top, width, height} = this.area;
      const path = this.across ? `M${place} ${top}v${height}` : `M${left} ${place}h${width}`;
      return `<path d="${path}" stroke="${colour}" shape-rendering="crispEdges"/>`;
    };
    const zero = this.own.zeroline ? line(0, this.own.zerolinecolor) : '';
    if (!this.own.showgrid) return zero;
    const [edge] = this.own.range; // no line there
    return this.ticks.filter(([value]) => value !== edge && (value || !this.own.zeroline)).map(([value]) => line(value, this.own.gridcolor)).join('') + zero;
  }

  tickLabels(ink) {
    const {left, top, width, height} = this.area;
    const gap = (this.own.ticklabelstandoff ?? 0) + 1;
    const style = {size: this.size, colour: this.own.tickfont?.color ?? ink};
    return this.labels.map(([value, text]) => {
      const place = this.at(value);
      if (this.turned) {
        const x = place + 0.325 * this.size;
        const y = top - gap;
        return label(text, x, y, {...style, anchor: 'start', more: ` transform="rotate(-90 ${x} ${y})"`});
      }
      if (this.side === 'bottom') return label(text, place, top + height + gap + this.size, style);
      if (this.side === 'top') return label(text, place, top - gap - 2 - (countLines(text) - 1) * LINE * this.size, style);
      const y = place + 0.35 * this.size;
      return this.side === 'left' ? label(text, left - gap, y, {...style, anchor: 'end'}) : label(text, left + width + gap, y, {...style, anchor: 'start'});
    }).join('');
  }

  title(ink) {
    const {text, standoff = 0, font} = this.own.title ?? {};
    if (!text) return '';
    const size = font?.size ?? TITLE;
    const style = {size, colour: font?.color ?? ink};
    const {left, top, width, height} = this.area;
    const middle = this.begin + this.length / 2;
    const away = this.depth + standoff;
    if (this.side === 'bottom') return label(text, middle, top + height + away + 0.7 * size, style);
    const further = away + 0.35 * size + (countLines(text) - 1) * LINE * size;
    if (this.side === 'top') return label(text, middle, top - further, style);
    const x = this.side === 'left' ? left - further : left + width + away + 0.7 * size;
    return label(text, x, middle, {...style, more: ` transform="rotate(-90 ${x} ${middle})"`});
  }
}

const areaOf = ({width, height, margin: {l, r, t, b}}) => ({left: l, top: t, width: width - l - r, height: height - t - b});

// Name, such as "x" or "y2", to axis.
const placed = (layout, names) => {
  const area = areaOf(layout);
  return Object.fromEntries(names.map(name => [name.replace('axis', ''), new Axis(name, layout[name], area)]));
};

// {axes, area}: name, such as "x" or "y2", to axis, and the plot between them; null where the figure leaves a range to Plotly. The
// figure's margins are estimates: they grow where a label needs more.
export const axesOf = layout => {
  const names = Object.keys(layout).filter(name => /^[xy]axis\d*$/.test(name));
  if (!names.every(name => layout[name].range && !layout[name].type)) return null;
  const {margin} = layout;
  for (const axis of Object.values(placed(layout, names))) {
    const side = axis.side[0];
    margin[side] = Math.max(margin[side], Math.ceil(axis.room));
    margin.r = Math.max(margin.r, Math.ceil(axis.overhang));
  }
  return {axes: placed(layout, names), area: areaOf(layout)};
};
