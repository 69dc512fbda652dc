"""What a linear probe reads at each depth, beside what the same probe learns of a control task."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bertmini_demo.figures import theme
from bertmini_demo.figures.depth_curves import SHARES, add_line, depth_layout
from bertmini_demo.figures.naming import HOVER_LENGTH, percent, shown


def probe_curves(probes: np.ndarray, controls: np.ndarray, tasks: Sequence[str]) -> go.Figure:
    """Two lines a task: the probe solid, its control dotted in the same colour; what lies between is selectivity.

    After Hewitt & Liang 2019 (https://arxiv.org/abs/1909.03368).

    Args:
        probes, controls: (tasks, depths) accuracies from 0 to 1 on held-out words or pairs.
        tasks: names of what is read.
    """
    depths = probes.shape[1]
    figure = go.Figure(layout=depth_layout(depths, height=340, title="accuracy of a linear probe", **SHARES))
    for number, (task, probe, control) in enumerate(zip(tasks, probes, controls, strict=True)):
        colour, name = theme.HEADS[number % len(theme.HEADS)], shown(task, length=HOVER_LENGTH)
        add_line(figure, probe, name, color=colour, dash="solid", symbol="circle", text=percent)
        add_line(
            figure, control, f"{name}, control", color=colour, dash="dot", symbol="circle-open", text=percent
        )
    return figure
