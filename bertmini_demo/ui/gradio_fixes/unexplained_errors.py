"""Gradio answers an event that fails with {"error": null} and prints a traceback.

Upstream (6.31): ``utils.error_payload`` says nothing unless the exception is a ``gr.Error`` (or ``show_error`` is on, which
sends the words of any exception, paths among them), and ``queueing`` and ``routes`` print what is not one. A value that a
component cannot read counts as such an exception.
"""

import logging

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import ComponentProcessingError
from gradio.state_holder import SessionState

from bertmini_demo.ui.server.error_responses import FAILED, UNREADABLE, describe

log = logging.getLogger(__name__)


class ExplainedErrors(gr.Blocks):
    """Blocks whose events answer one line where they fail; what is the server's fault is in its log."""

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: list,
        state: SessionState | None,
        explicit_call: bool = False,
    ) -> list:
        """Does not log an error in the visitor's input as one of the server."""
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error as error:
            error.print_exception = False
            raise
        except ComponentProcessingError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception as error:
            log.warning("%s was sent values it cannot read: %s", name_of(block_fn), type(error).__name__)
            raise gr.Error(UNREADABLE, print_exception=False) from None

    async def process_api(self, block_fn: BlockFunction | int, *arguments: object, **choices: object) -> dict:
        """Answers with the reason if the input does not fit the event.

        Raises:
            gr.Error: the reason, which Gradio sends to the browser.
        """
        event = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        try:
            return await super().process_api(event, *arguments, **choices)
        except gr.Error as error:
            error.print_exception = False
            if not event.is_validator_function:
                raise
            message = error.message
        except Exception as error:
            if event.collects_event_data and getattr(choices.get("event_data"), "_data", None) is None:
                message = f"event_data is null; the event {name_of(event)} needs what was pressed."
                log.warning("%s was sent no event data: %s", name_of(event), type(error).__name__)
            else:
                message = FAILED
                log.exception("%s failed", name_of(event))
            if not event.is_validator_function:
                raise gr.Error(message, print_exception=False) from None
        return {"data": [gr.validate(False, message) for _ in event.inputs], "is_generating": False}

    @staticmethod
    def _format_processing_error(
        _event: BlockFunction, index: int, block: gr.blocks.Block, value: object, is_input: bool, **_: object
    ) -> str:
        name = getattr(block, "label", None) or block.elem_id or f"data[{index}]"
        if is_input:
            return f"{name} is {describe(value)}, which a {block.get_block_name()} cannot hold."
        return f"The answer for {name} cannot be shown by a {block.get_block_name()}."


def name_of(event: BlockFunction) -> str:
    """An event as the log names it."""
    return getattr(event.fn, "__qualname__", None) or str(event.api_name)
