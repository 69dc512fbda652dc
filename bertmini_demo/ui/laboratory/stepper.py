"""A depth of the network, chosen by a slider or by watching all go by; pictures follow it in the browser."""

import gradio as gr

from bertmini_demo.figures.naming import depth_name
from bertmini_demo.results import Head
from bertmini_demo.ui.laboratory.actions import AT_ONCE

# What is drawn moves without asking the server: words glide to their places at the chosen depth, and pictures with
# depths on their x axis get a frame around it. gr.Plot drops plotly's frames, so the places of all depths come in
# the figure's meta. Plots are made anew with each pair: listen to each once.
STEP = """
const range = element.querySelector('input'), play = element.querySelector('.play');
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const plots = () => [...document.querySelectorAll('.by-depth .js-plotly-plot')].filter(plot => plot.on && plot.layout);
let depth = Number(range.value), timer = null, soon = null, sent = null;

const frame = plot => {
  const others = (plot.layout.shapes || []).filter(shape => shape.name !== 'depth');
  const here = {name: 'depth', type: 'rect', xref: 'x', yref: 'paper', x0: depth - 0.5, x1: depth + 0.5, y0: 0, y1: 1,
    line: {color: '#e11d48', width: 1.5}};
  window.Plotly.relayout(plot, {shapes: [...others, here]});
};
const move = (plot, seconds) => {
  const places = plot.layout.meta.depths[depth];
  const data = places.x.map((x, trace) => ({x, y: places.y[trace], text: places.text[trace]}));
  const duration = still.matches ? 0 : 1000 * seconds;
  window.Plotly.animate(plot, {data, traces: data.map((_, trace) => trace + 1)},
    {mode: 'immediate', transition: {duration, easing: 'cubic-in-out'}, frame: {duration, redraw: false}});
};
// Another model may have more layers or fewer: the pictures know.
const name = at => props.names[at] ?? `After layer ${at}`;
const fit = plot => {
  const last = plot.layout.meta?.depths?.length - 1;
  if (!last || String(last) === range.max) return;
  range.max = last;
  go(Math.min(depth, last), 0);
};
const draw = (plot, seconds) => plot.layout.meta?.depths ? move(plot, seconds) : frame(plot);
const go = (to, seconds = 0.7) => {
  depth = to;
  range.value = to;
  element.querySelector('output').textContent = name(to);
  range.setAttribute('aria-valuetext', name(to));
  plots().forEach(plot => draw(plot, seconds));
};
// The embeddings belong to no layer, so that depth stays in this tab; the head of a layer keeps its number. What was
// told comes back as the value: until then, values told before are on their way and must not move anything.
const tell = () => {
  clearTimeout(soon);
  soon = setTimeout(() => {
    const head = [depth - 1, String(props.value).split('-')[1]].join('-');
    if (!depth || head === (sent ?? String(props.value))) return;
    sent = head;
    trigger('select', {index: head});
  }, 300);
};
const stop = () => {
  clearInterval(timer);
  timer = null;
  play.textContent = 'Play';
};
const next = () => {
  go(depth < range.max ? depth + 1 : 0);
  if (depth < range.max) return;
  stop();
  tell();
};
play.addEventListener('click', () => {
  if (timer) {
    stop();
    return tell();
  }
  play.textContent = 'Stop';
  timer = setInterval(next, 1500);
  next();
});
range.addEventListener('input', () => { stop(); go(Number(range.value)); });
range.addEventListener('change', tell);
watch('value', () => {
  const ours = sent !== null;
  if (String(props.value) === sent) sent = null;
  if (!ours) go(Number(String(props.value).split('-')[0]) + 1);
});
const wire = () => plots().filter(plot => !plot.dataset.stepped).forEach(plot => {
  plot.dataset.stepped = 'yes';
  fit(plot);
  if (!plot.layout.meta?.depths) plot.on('plotly_click', event => { go(event.points[0].x); tell(); });
  draw(plot, 0);
});
document.addEventListener('figure-drawn', wire);
wire();
"""


def build_stepper(layers: int, *, head: gr.Dropdown) -> gr.HTML:
    """The slider. It follows the layer of the chosen head, and picks that layer's head of the same number.

    It moves every plot that :func:`build_plot` makes.
    """
    names = [f"After {depth_name(depth).lower()}" for depth in range(layers + 1)]
    depth = Head.parse(head.value).layer + 1
    markup = (
        '<div class="stepper"><button type="button" class="play">Play</button>'
        f'<input type="range" min="0" max="{layers}" step="1" value="{depth}" aria-label="Shown after" '
        f'aria-valuetext="{names[depth]}"><output>{names[depth]}</output></div>'
    )
    stepper = gr.HTML(head.value, html_template=markup, js_on_load=STEP, elem_id="stepper", names=names)
    head.change(lambda head: head, head, stepper, **AT_ONCE)
    return stepper


def build_plot(name: str) -> gr.Plot:
    """A plot over depths, or of one of them, that the slider finds by its class."""
    return gr.Plot(show_label=False, elem_id=name, elem_classes=["figure", "by-depth"])


def heading(text: str) -> gr.HTML:
    return gr.HTML(f"<h3>{text}</h3>", elem_classes="heading")
