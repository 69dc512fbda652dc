"""What the server remembers of a visitor: the page's components, each once, however often it is shown anew."""

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState


class Page(gr.Blocks):
    """Blocks whose sessions do not grow.

    Where an answer changes a component's properties, Gradio puts a new component in its place, with a number of its own.
    With the next plain value it keeps that one under its number, too, and what it shows, for as long as the session lasts.
    """

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: list | dict, state: SessionState | None
    ) -> list:
        answer = await super().postprocess_data(block_fn, predictions, state)
        if state:
            for number in state.blocks_config.blocks.keys() - self.blocks.keys():
                del state.blocks_config.blocks[number]
                state.config_values.pop(number, None)
        return answer
