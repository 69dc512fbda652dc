"""What can be read at which depth? Linear probes on the states of the shipped model, beside their control tasks."""

import numpy as np

from bertmini_demo.data.metrics import wilson_interval
from bertmini_demo.data.probe_results import read_probes
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.probes.probe_tasks import TASKS as TRAINED
from bertmini_demo.figures.naming import depth_name, interval, percent
from bertmini_demo.figures.probe_curves import probe_curves
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

TASKS = {text.PROBED[name]: name for name in TRAINED}  # question on the page to the name of its task


def probing(analysis: Analysis, state: State) -> Reply:
    """The accuracy of a probe and of its control at each depth."""
    asked = state.option("probed", tuple(TASKS))
    if analysis.model.folder != SHIPPED:
        return card(
            title="What can be read at which depth?",
            says=text.PROBE,
            html=render("views/trust/missing.html", message=text.NOT_PROBED),
        )
    result = next(result for result in read_probes() if result.task == TASKS[asked])
    rows = [
        (
            depth_name(depth),
            percent(share, digits=1),
            interval(wilson_interval(share * result.rows, result.rows)),
            percent(control, digits=1),
        )
        for depth, (share, control) in enumerate(zip(result.accuracy, result.control, strict=True))
    ]
    return card(
        probe_curves(np.array([result.accuracy]), np.array([result.control]), ["probe"]),
        title=text.probing_title(asked, result),
        says=text.probing_says(result),
        table=(("Read after", "Probe", "95\u00a0% interval", "Control"), rows),
    )


QUESTIONS = (Question("trust.probing", probing, reads=("probed",), pair=False),)
