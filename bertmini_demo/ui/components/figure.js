// A Plotly figure: drawn with plotly.js, which is fetched with the first figure; resized with its place; pressed; saved.

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
const CONFIG = {displayModeBar: false, responsive: false};
const inks = element => {
  const style = getComputedStyle(element);
  return {ink: style.getPropertyValue('--ink-2').trim() || style.color};
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

export const drawFigure = async (place, answer, {library: address, onPress}) => {
  const Plotly = await plotly(address);
  const {data, layout} = JSON.parse(answer.figure);
  place.hidden = false;
  layout.font = {...layout.font, color: inks(place).ink};
  layout.autosize = false;
  layout.width = place.clientWidth || place.drawn || layout.width;
  place.drawn = layout.width;
  await Plotly.react(place, data, layout, CONFIG);
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', answer.says);
  place.answer = answer;
  if (place.wired) return;
  place.wired = true;
  place.on('plotly_click', event => {
    if (place.answer.press) onPress(chosen(place.answer, event.points[0]));
  });
  new ResizeObserver(() => {
    if (!place.clientWidth || place.clientWidth === place.drawn || PAPER.matches) return; // paper: see printing.js
    place.drawn = place.clientWidth;
    Plotly.relayout(place, {width: place.drawn});
  }).observe(place);
};

// Text takes the ink of the theme that holds now.
export const recolour = root => {
  for (const place of root.querySelectorAll('.plot.js-plotly-plot')) {
    window.Plotly.relayout(place, {'font.color': inks(place).ink});
  }
};

export const saveFigure = async (place, format, name) => {
  const Plotly = await library;
  await Plotly.downloadImage(place, {format, filename: name, scale: 2, width: place.clientWidth, height: place.clientHeight});
};
