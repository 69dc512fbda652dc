"""Which panels are computed, and what they are given."""

import gradio as gr
import pytest

from bertmini_demo.errors import InputError
from bertmini_demo.ui.laboratory.tabs import CHOICES, Panel, View, refresh

VIEW = View(
    premise="a dog .",
    hypothesis="a cat .",
    word=None,
    pieces=False,
    special=False,
    method="saliency",
    target="verdict",
    output="logit",
    baseline="pad",
    head="1-0",
)


class Recorder:
    """A panel's function that notes each call."""

    def __init__(self, outputs: int = 1) -> None:
        self.calls, self.outputs = [], outputs

    def __call__(self, analysis, view, *own):
        self.calls.append((analysis, view, *own))
        return [f"{self.calls.index(self.calls[-1])}"] * self.outputs


def panel(show, *, outputs=1, **reads) -> Panel:
    return Panel(tuple(f"output {n}" for n in range(outputs)), show, **reads)


def run(panels, *, view=VIEW, shown=None, values=()):
    return refresh("analysis", panels, view=view, shown=shown or {}, values=values)


def test_each_output_gets_its_value():
    one, other = Recorder(), Recorder(2)
    _, outputs = run([panel(one), panel(other, outputs=2)])
    assert outputs == ["0", "0", "0"]
    assert (len(one.calls), len(other.calls)) == (1, 1)


def test_a_panel_is_computed_again_only_when_something_it_reads_has_changed():
    show = Recorder()
    panels = [panel(show, reads=("head",), controls=("slider",))]
    shown, _ = run(panels, values=[3])
    shown, outputs = run(panels, shown=shown, values=[3])
    assert outputs == [gr.skip()]
    for changed in ({"method": "gradient_shap"}, {"word": 2}):  # not read
        shown, outputs = run(panels, view=changed_view(**changed), shown=shown, values=[3])
        assert outputs == [gr.skip()]
    for times, changed in enumerate(
        ({"head": "0-0"}, {"premise": "one dog ."}, {"hypothesis": "x"}), start=2
    ):
        shown, outputs = run(panels, view=changed_view(**changed), shown=shown, values=[3])
        assert len(show.calls) == times
        assert outputs != [gr.skip()]
    run(panels, view=changed_view(hypothesis="x"), shown=shown, values=[4])
    assert len(show.calls) == 5


def changed_view(**changes) -> View:
    return View(**{name: getattr(VIEW, name) for name in ("premise", "hypothesis", *CHOICES)} | changes)


def test_a_panel_cannot_read_what_it_did_not_name():
    show = Recorder()
    run([panel(show, reads=("head",))])
    _, view = show.calls[0]
    assert (view.premise, view.hypothesis, view.head) == ("a dog .", "a cat .", "1-0")
    with pytest.raises(AttributeError):
        _ = view.method
    with pytest.raises(ValueError, match="no_such"):
        panel(show, reads=("no_such",))


def test_each_panel_is_given_its_own_controls():
    first, second = Recorder(), Recorder()
    run([panel(first, controls=("a", "b")), panel(second, controls=("c",))], values=[1, 2, 3])
    assert first.calls[0][2:] == (1, 2)
    assert second.calls[0][2:] == (3,)


def test_a_panel_is_shown_again_once_more_of_it_has_been_worked_out():
    show, kept = Recorder(), []
    panels = [panel(show, controls=("slider",), known=lambda *seen: (seen[2], len(kept)))]
    shown, _ = run(panels, values=[1])
    shown, outputs = run(panels, values=[1], shown=shown)
    assert outputs == [gr.skip()]
    kept.append("something")
    run(panels, values=[1], shown=shown)
    assert len(show.calls) == 2


def test_what_does_not_hang_on_the_pair_stays_when_the_pair_changes():
    show = Recorder()
    panels = [panel(show, controls=("slider",), of_pair=False)]
    shown, _ = run(panels, values=[1])
    _, outputs = run(panels, view=changed_view(premise="one dog ."), shown=shown, values=[1])
    assert outputs == [gr.skip()]
    _, outputs = run(panels, shown=shown, values=[2])
    assert outputs != [gr.skip()]


def test_details_become_choices():
    view = View.of("p", "h", 1, ["Word pieces"], "saliency", "verdict", "logit", "pad", "0-1")
    assert (view.pieces, view.special, view.head) == (True, False, "0-1")


def test_a_panel_that_breaks_takes_no_other_with_it_and_is_tried_again(caplog):
    def broken(*_):
        raise RuntimeError("a product of matrices of other sizes")

    others = Recorder(), Recorder()
    panels = [panel(others[0]), panel(broken, outputs=2), panel(others[1])]
    with pytest.warns(UserWarning, match="could not be worked out"):
        shown, outputs = run(panels)
    assert outputs == ["0", gr.skip(), gr.skip(), "0"]
    assert "a product of matrices" in caplog.text
    mended = [panels[0], panel(Recorder(2), outputs=2), panels[2]]
    assert run(mended, shown=shown)[1] == [gr.skip(), "0", "0", gr.skip()]


def test_what_a_panel_refuses_on_purpose_is_passed_on():
    def refuses(*_):
        raise InputError("The premise is empty.", field="premise")

    with pytest.raises(InputError):
        run([panel(refuses)])
