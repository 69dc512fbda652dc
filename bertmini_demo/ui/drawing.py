"""When figures are drawn in the browser: after the words that come with them, and those that are seen first."""

# Plotly takes a tenth of a second or more for a figure, in which nothing else happens. So a figure waits until what came with
# it is painted; then those in view are drawn one by one, and the others while nothing else is to do. Until then the one
# before stays in its place. Gradio draws each value twice, in the element before and in a new one: the last is drawn. Once
# a figure stands, its block, busy until then, tells so with the event "figure-drawn", for what is to be done to each.
DRAW = """(() => {
const due = new Map(), last = new WeakMap();  // by the block that a figure stands in: what is to be drawn, and where it was last
const inView = new WeakSet();
const idly = window.requestIdleCallback ?? (work => setTimeout(work, 200));
const displayed = ({plot}) => plot.isConnected && plot.getClientRects().length > 0;
let planned = false, resting = false;

const plan = () => {
  if (planned || !due.size) return;
  planned = true;
  requestAnimationFrame(() => setTimeout(() => {
    planned = false;
    const waiting = [...due.values()].filter(displayed), seen = waiting.find(({plot}) => inView.has(plot));
    if (seen) seen.draw();
    else if (waiting.length) rest();
  }));
};
const rest = () => {
  if (resting) return;
  resting = true;
  idly(() => {
    resting = false;
    [...due.values()].find(displayed)?.draw();
  });
};
const watcher = new IntersectionObserver(entries => {
  for (const {target, isIntersecting} of entries) inView[isIntersecting ? 'add' : 'delete'](target);
  plan();
});

const put = (react, plot, data, layout, config) => {
  const block = plot.closest('.figure') ?? plot, before = last.get(block), picture = document.createElement('div');
  if (before && before !== plot) {
    picture.append(...before.childNodes);
    plot.append(picture);
  }
  plot.style.minHeight = `${layout.height}px`;
  block.setAttribute('aria-busy', 'true');
  last.set(block, plot);
  due.set(block, {plot, draw: () => {
    due.delete(block);
    watcher.unobserve(plot);
    picture.remove();
    plot.style.minHeight = '';
    react(plot, data, layout, config);
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
