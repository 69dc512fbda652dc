"""For a class: a switch for presenting, and one that lets the reader guess the label before the verdict is shown."""

from collections.abc import Sequence

import gradio as gr

from bertmini_demo.figures.rendering import escape, label_name

SWITCHES = (
    '<button type="button" class="class-switch" data-switch="presenting" aria-pressed="false">Present</button>'
    '<button type="button" class="class-switch" data-switch="guess-first" aria-pressed="false">Guess first</button>'
)
# All of it is this browser's own: the switches and the guess never reach the server. A guess is for one pair; as
# soon as the fields hold another, the verdict is hidden again.
DRIVE = """
const KEPT = 'bertmini-classroom';
const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; } };
const keep = () => { try { localStorage.setItem(KEPT, JSON.stringify(on)); } catch { /* until the page is left */ } };
const on = {presenting: false, 'guess-first': false, ...read()};
const find = selector => element.querySelector(selector);
const name = label => label ? label.replaceAll('_', ' ') : 'nobody was asked';
const pair = () => JSON.stringify(['premise', 'hypothesis'].map(
  field => document.querySelector(`#${field} textarea`)?.value.trim()));
let guess = null, about = null;
const look = () => {
  const page = document.querySelector('.gradio-container');
  if (about !== pair()) { about = pair(); guess = null; }
  const waits = on['guess-first'] && guess === null;
  page.classList.toggle('presenting', on.presenting);
  page.classList.toggle('guessing', waits);
  document.querySelectorAll('.class-switch').forEach(one => one.setAttribute('aria-pressed', on[one.dataset.switch]));
  find('.guess').hidden = !on['guess-first'];
  find('.guess-ask').hidden = !waits;
  find('.guess-told').hidden = waits;
  if (waits) return;
  const told = {
    you: name(guess),
    model: name(document.querySelector('#verdict .verdict')?.dataset.label),
    people: name(document.querySelector('#look-for .look-for')?.dataset.label),
  };
  for (const [who, text] of Object.entries(told)) {
    const cell = find(`[data-who=${who}]`);
    if (cell.textContent !== text) cell.textContent = text;
  }
};
document.addEventListener('click', event => {
  const {switch: pressed} = event.target.closest?.('.class-switch')?.dataset ?? {};
  if (!pressed) return;
  on[pressed] = !on[pressed];
  if (pressed === 'guess-first') guess = null;
  keep();
  look();
});
element.addEventListener('click', event => {
  const label = event.target.closest('[data-guess]');
  if (!label) return;
  guess = label.dataset.guess;
  look();
  find('.guess-told').focus({preventScroll: true});
});
const begin = () => {
  const verdict = document.querySelector('#verdict');
  if (!verdict) return void setTimeout(begin, 50);
  new MutationObserver(look).observe(verdict, {childList: true, subtree: true});
  setInterval(look, 200);  // fields that the page fills tell nobody
  look();
};
begin();
"""


def build_guess(labels: Sequence[str]) -> gr.HTML:
    """Where the reader guesses; unseen until the switch is on."""
    return gr.HTML(guess_html(labels), js_on_load=DRIVE, elem_id="guess")


def guess_html(labels: Sequence[str]) -> str:
    buttons = "".join(
        f'<button type="button" data-guess="{escape(label)}">{escape(label_name(label))}</button>'
        for label in labels
    )
    told = "".join(
        f'<div><dt>{title}</dt><dd data-who="{who}"></dd></div>'
        for who, title in (("you", "You"), ("model", "The model"), ("people", "People"))
    )
    return (
        '<section class="guess" aria-label="Your guess" hidden><div class="guess-ask" role="group" '
        'aria-label="Does the hypothesis follow?"><p>Does the hypothesis follow? Guess, then see the verdict and the '
        f'rest of the page.</p>{buttons}</div><dl class="guess-told" role="status" tabindex="-1" hidden>{told}</dl></section>'
    )
