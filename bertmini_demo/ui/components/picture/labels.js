// Text in a picture: Plotly's tags <b>, <i>, <br> and <span style> as SVG, and how wide it is.

const TAG = /<(\/?)(b|i|br|span)\b([^>]*)>/g;
const FAMILY = 'system-ui, sans-serif';
const brush = document.createElement('canvas').getContext('2d');

export const escaped = text => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

// Python escapes what a reader typed: &amp; &lt; &gt;
const plain = text => (text.includes('&') ? text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&') : text);

// Lines of runs {text, size, bold, italic, colour}.
const linesOf = (text, size) => {
  const lines = [[]];
  const open = [{size}];
  let from = 0;
  const add = to => {
    if (to > from) lines.at(-1).push({...open.at(-1), text: plain(text.slice(from, to))});
  };
  for (const {0: tag, 1: ends, 2: name, 3: attributes, index} of text.matchAll(TAG)) {
    add(index);
    from = index + tag.length;
    if (name === 'br') lines.push([]);
    else if (ends) open.pop();
    else {
      const colour = attributes.match(/[^-]color:\s*([^;"']+)/)?.[1];
      const pixels = attributes.match(/font-size:\s*([\d.]+)px/)?.[1];
      const last = open.at(-1);
      open.push({...last, bold: last.bold || name === 'b', italic: last.italic || name === 'i', colour: colour ?? last.colour, size: Number(pixels ?? last.size)});
    }
  }
  add(text.length);
  return lines;
};

const fontOf = ({size, bold, italic}) => `${italic ? 'italic ' : ''}${bold ? 'bold ' : ''}${size}px ${FAMILY}`;

const measured = new Map();
const measure = run => {
  const font = fontOf(run);
  const key = `${font} ${run.text}`;
  if (!measured.has(key)) {
    if (measured.size > 5000) measured.clear();
    brush.font = font;
    measured.set(key, brush.measureText(run.text).width);
  }
  return measured.get(key);
};

export const widthOf = (text, size) =>
  Math.max(0, ...linesOf(String(text), size).map(runs => runs.reduce((sum, run) => sum + measure(run), 0)));

// The height of a line above and below its baseline, in whole pixels as browsers lay text out.
const extents = new Map();
export const extentOf = size => {
  if (!extents.has(size)) {
    brush.font = fontOf({size});
    const {fontBoundingBoxAscent: up, fontBoundingBoxDescent: down} = brush.measureText('x');
    extents.set(size, {up: Math.round(up), down: Math.round(down)});
  }
  return extents.get(size);
};

export const countLines = text => String(text).split('<br>').length;
export const LINE = 1.3; // of a line, in font sizes

const spanOf = (run, size) => {
  const styles = [
    run.bold && 'font-weight="bold"',
    run.italic && 'font-style="italic"',
    run.colour && `fill="${escaped(run.colour)}"`,
    run.size !== size && `font-size="${run.size}"`,
  ].filter(Boolean);
  return styles.length ? `<tspan ${styles.join(' ')}>${escaped(run.text)}</tspan>` : escaped(run.text);
};

// A text whose first baseline is at (x, y). anchor: start, middle or end; more: other attributes.
export const label = (text, x, y, {size, colour, anchor = 'middle', more = ''}) => {
  const lines = linesOf(String(text), size).map(runs => runs.map(run => spanOf(run, size)).join(''));
  const body = lines.length === 1 ? lines[0] : lines.map((line, place) => `<tspan x="${x}" dy="${place && LINE * size}">${line}</tspan>`).join('');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" fill="${colour}"${more}>${body}</text>`;
};
