"""The curves of a training hold the numbers they were given."""

from bertmini_demo.figures import theme
from bertmini_demo.figures.fine_tuning_curves import tuning_curves

STEPS, LOSSES, HELD_OUT = [5, 10], [0.75, 0.25], [0.5, 1.0]


def test_loss_and_accuracy_stand_over_the_steps_on_axes_of_their_own():
    figure = tuning_curves(STEPS, LOSSES, HELD_OUT, last=40)
    loss, held_out = figure.data
    assert loss.x == held_out.x == (5, 10)
    assert (loss.y, held_out.y) == ((0.75, 0.25), (0.5, 1.0))
    assert loss.yaxis != held_out.yaxis
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


def test_the_axis_does_not_grow_on_the_way():
    ranges = {
        tuning_curves(STEPS[:n], LOSSES[:n], HELD_OUT[:n], last=40).layout.xaxis.range for n in range(3)
    }
    assert len(ranges) == 1
    assert next(iter(ranges))[1] > 40


def test_the_same_input_gives_the_same_json_and_a_height():
    one, other = (tuning_curves(STEPS, LOSSES, HELD_OUT, last=10) for _ in range(2))
    assert one.to_json() == other.to_json()
    assert one.layout.height


def test_the_loss_is_orange_and_what_is_right_blue():
    loss, held_out = tuning_curves(STEPS, LOSSES, HELD_OUT, last=10).data
    assert (loss.line.color, held_out.line.color) == (theme.OPPOSES, theme.SUPPORTS)
