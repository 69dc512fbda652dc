"""When figures are drawn in the browser: after the words that come with them, and those that are seen first."""

# Plotly takes a tenth of a second or more for a figure, in which nothing else happens. So a figure waits until what came with
# it is painted; then those in view are drawn one by one, and the others while nothing else is to do. Until then the one
# before stays in its place. Gradio draws each value twice, in the element before and in a new one: the last is drawn. Once
# a figure stands, its block, busy until then, tells so with the event "figure-drawn", for what is to be done to each.
# While the page is presented, a figure's text, margins and height grow by one factor, so that all of it fits as before.
DRAW = """(() => {
const due = new Map(), last = new WeakMap();  // by the block that a figure stands in: what is to be drawn, and where it was last
const given = new WeakMap();  // by the block: all that its figure is drawn from
const LARGE = 1.3;
const inView = new WeakSet();
const idly = window.requestIdleCallback ?? (work => setTimeout(work, 200));
const displayed = ({plot}) => plot.isConnected && plot.getClientRects().length > 0;
const next = () => {
  const waiting = [...due.values()].filter(displayed);
  return {inSight: waiting.find(({plot}) => inView.has(plot)), any: waiting[0]};
};
const QUIET = 100;  // milliseconds without a new figure, after which those out of sight are drawn
let planned = false, resting = false, came = 0;

const plan = () => {
  if (planned || !due.size) return;
  planned = true;
  requestAnimationFrame(() => setTimeout(() => {
    planned = false;
    const {inSight, any} = next();
    if (inSight) inSight.draw();
    else if (any) rest();
  }));
};
const rest = () => {
  if (resting) return;
  resting = true;
  setTimeout(() => idly(() => {
    resting = false;
    const {inSight, any} = next();
    if (inSight || performance.now() - came > QUIET) (inSight ?? any)?.draw();
    else plan();
  }), Math.max(0, came + QUIET - performance.now()));
};
const watcher = new IntersectionObserver(entries => {
  for (const {target, isIntersecting} of entries) inView[isIntersecting ? 'add' : 'delete'](target);
  plan();
});

const larger = (part, font = false) => {
  if (Array.isArray(part)) return part.map(one => larger(one));
  if (!part || Object.getPrototypeOf(part) !== Object.prototype) return part;
  const grown = ([key, value]) => [key,
    font && key === 'size' ? value * LARGE : larger(value, key.toLowerCase().endsWith('font'))];
  return Object.fromEntries(Object.entries(part).map(grown));
};
const largeTrace = trace => ({...trace, textfont: larger(trace.textfont, true), colorbar: larger(trace.colorbar)});
const largeLayout = layout => {
  const margin = Object.entries(layout.margin ?? {}).map(([side, room]) => [side, room * LARGE]);
  return {...larger(layout), height: layout.height * LARGE, margin: Object.fromEntries(margin)};
};
let presented = false;
const look = page => {
  if (presented === page.classList.contains('presenting')) return;
  presented = !presented;
  for (const block of page.querySelectorAll('.figure')) if (given.has(block)) put(...given.get(block));
};
const watched = new WeakSet();
const watch = page => {
  if (!page || watched.has(page)) return;
  watched.add(page);
  new MutationObserver(() => look(page)).observe(page, {attributeFilter: ['class']});
  look(page);
};

const put = (react, plot, data, layout, config) => {
  const block = plot.closest('.figure') ?? plot, before = last.get(block), picture = document.createElement('div');
  if (before && before !== plot) {
    picture.append(...before.childNodes);
    plot.append(picture);
  }
  came = performance.now();
  given.set(block, [react, plot, data, layout, config]);
  watch(plot.closest('.gradio-container'));
  const [traces, frame] = presented ? [data.map(largeTrace), largeLayout(layout)] : [data, layout];
  plot.style.minHeight = `${frame.height}px`;
  block.setAttribute('aria-busy', 'true');
  last.set(block, plot);
  due.set(block, {plot, draw: () => {
    due.delete(block);
    watcher.unobserve(plot);
    picture.remove();
    plot.style.minHeight = '';
    react(plot, traces, frame, config);
    block.removeAttribute('aria-busy');
    block.dispatchEvent(new Event('figure-drawn', {bubbles: true}));
    plan();
  }});
  watcher.observe(plot);
  plan();
};
let plotly;
Object.defineProperty(window, 'Plotly', {configurable: true, get: () => plotly, set: library => {
  plotly = library;
  library.react = put.bind(null, library.react);
}});
})();
"""
