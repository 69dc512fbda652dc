"""How an action runs and ends: its button starts it, Stop ends it, and what it leaves is put in order.

What follows a run is done in the browser. An answer from here would take a while, and write over what a panel has shown
meanwhile.
"""

from collections.abc import Callable

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from bertmini_demo.ui.laboratory.tabs import Action

# Nothing is told of how an event goes, and of no component: Gradio's front end else goes through every output there is, at
# each word from the server, for something that nobody sees.
QUIET = {"show_progress": "hidden", "show_progress_on": [], "api_visibility": "private"}
AT_ONCE = {"queue": False, **QUIET}
STOP, STOPPING = "Stop", "Stopping …"
STOPPED = (
    '<p class="hint">Stopped before its end. What was worked out until then is kept where it can be.</p>'
)
BAR = r'/<p class="progress"><progress max="(\d+)" value="(\d+)".*?<\/p>/'  # as rendering.progress writes it

# What a stop button says once it is pressed: a step under way is waited for.
PRESSED = f"""status => {{
  const [, total, done] = {BAR}.exec(status || '') || [];
  return total === done ? '{STOP}' : '{STOPPING}';
}}"""
# A status with the progress of work that is over taken out, which is told where it did not come to its end.
OVER = f"""status => [
  (status || '').replace({BAR}g, (bar, total, done) => total === done ? bar : '{STOPPED}'),
  '{STOP}',
]"""


def wire_action(
    action: Action, act: Callable, inputs: list, refresh: dict | None, **options: object
) -> Dependency:
    """Runs an action from its own button until it is done or stopped; returns the run, to be ended by other events, too.

    Args:
        act: the handler of the run, which takes ``inputs``.
        refresh: shows all panels again once nothing of the run can arrive any more; None where none hangs on it.
        options: of the listener that starts the run.
    """
    run = action.button.click(
        act, inputs, list(action.outputs), concurrency_id=action.lane, concurrency_limit=1, **options
    )
    ends = [action.stop.click, *(control.change for control in action.ended_by)]
    over = wire_stop(action.stop, run, action.status or action.outputs[0], ends=ends, cancels=[run])
    if refresh:
        over.then(**refresh)
    return run


def wire_stop(
    stop: gr.Button, run: Dependency, status: Component, *, ends: list | None = None, **options: object
) -> Dependency:
    """Tells at once that a stop was asked for; returns what puts status and button in order once the run is over.

    Args:
        ends: all events that stop the run; none given: the button's.
        options: of their listener.
    """
    gr.on(ends or [stop.click], None, status, stop, js=PRESSED, **options, **AT_ONCE)
    order = {"fn": None, "inputs": status, "outputs": [status, stop], "js": OVER, **AT_ONCE}
    run.failure(**order)
    return run.then(**order)  # follows a stop, too
