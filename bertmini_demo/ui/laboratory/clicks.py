"""Clicks on a figure, which Plotly keeps to itself, passed on to the page."""

import gradio as gr

# A plot is made anew whenever its figure is: listen to each once it is drawn.
LISTEN = """
const answer = %(answer)s;
const mark = %(mark)s;
const plot = () => document.querySelector('#%(figure)s .js-plotly-plot');
const wire = () => {
  const drawn = plot();
  if (!drawn || !drawn.on || drawn.dataset.wired) return;
  drawn.dataset.wired = 'yes';
  drawn.on('plotly_click', event => {
    const index = answer(event.points[0], drawn);
    if (index !== undefined && index !== null) trigger('select', {index});
  });
  mark(drawn, props.value);
};
document.addEventListener('figure-drawn', wire);
watch('value', () => mark(plot(), props.value));
wire();
"""

# A button that carries a pair opens it as the pair at hand, without asking the server what it is.
OPEN_PAIR = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-pair], [data-premise]');
  if (!button) return;
  const {pair, premise, hypothesis} = button.dataset;
  window.pickedPair = pair ? JSON.parse(pair) : [premise, hypothesis];
  trigger('select', {index: 0});
});
"""
PICKED = "() => window.pickedPair"


def listener(figure: str, answer: str, *, mark: str = "() => {}", value: str = "") -> gr.HTML:
    """An unseen component whose `select` event tells what was clicked in a figure.

    Args:
        figure: the elem_id of the plot.
        answer: a JavaScript function of the clicked point and the plot; what it gives is the event's index, and
            nothing is told where that is null.
        mark: a JavaScript function of the plot and this component's value, called when either changes, to mark in
            the browser what is chosen: the figure need not be sent again.
    """
    return gr.HTML(
        value,
        html_template="",
        js_on_load=LISTEN % {"figure": figure, "answer": answer, "mark": mark},
        elem_classes="listener",
    )
