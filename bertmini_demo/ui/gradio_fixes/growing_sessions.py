"""Gradio's sessions grow with every answer that changes a component's properties.

Upstream (6.31): where an answer changes properties, ``postprocess_data`` puts a new component in place of the old one, with
a number of its own. With the next plain value it keeps that one under its number as well, and what it shows, for as long as
the session lasts.
"""

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState


class FixedSizeSessions(gr.Blocks):
    """Blocks whose sessions hold the page's own components and no more."""

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: list | dict, state: SessionState | None
    ) -> list:
        """Removes the blocks that Gradio would keep for the session with each answer."""
        answer = await super().postprocess_data(block_fn, predictions, state)
        if state:
            for number in state.blocks_config.blocks.keys() - self.blocks.keys():
                del state.blocks_config.blocks[number]
                state.config_values.pop(number, None)
        return answer
