"""A session holds the page's components and no more, whatever its answers change."""

import asyncio

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from bertmini_demo.ui.gradio_fixes.growing_sessions import FixedSizeSessions


@pytest.mark.parametrize(("kind", "grows"), [(FixedSizeSessions, False), (gr.Blocks, True)])
def test_a_session_does_not_grow_as_properties_and_values_are_answered_in_turn(kind, grows):
    with kind() as page:
        told, button = gr.HTML("first"), gr.Button()
        button.click(lambda: None, None, told)
    [event] = page.fns.values()
    session = SessionState(page)
    session_of = session.blocks_config.blocks

    def answer(value: object) -> object:
        return asyncio.run(page.postprocess_data(event, value, session))[0]

    for turn in range(5):
        assert answer(gr.update(visible=bool(turn % 2)))["visible"] == bool(turn % 2)
        assert answer(f"text {turn}") == f"text {turn}"
        assert session_of[told._id].visible == bool(turn % 2)  # what was answered last holds
    extra = len(session_of) - len(page.blocks), len(session.config_values) - len(page.blocks)
    assert extra == ((5, 5) if grows else (0, 0)), (
        "Gradio no longer needs the class FixedSizeSessions" if grows else None
    )
