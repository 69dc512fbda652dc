"""Gradio downloads files for anyone who names an address.

Upstream (6.31): ``processing_utils.async_move_files_to_cache`` fetches every object of a request that looks like a file and
whose path is an http address, whole, before any component looks at it. Only private addresses are left out.
"""

from collections.abc import Iterator

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState


class NoDownloads(gr.Blocks):
    """Blocks that refuse a file at an address, by whichever route it came."""

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: list,
        state: SessionState | None,
        explicit_call: bool = False,
    ) -> list:
        """Refuses a file that is named by its address, before Gradio fetches it."""
        for field, address in file_addresses(inputs, "data"):
            raise gr.Error(refuse_address(field, address), print_exception=False)
        return await super().preprocess_data(block_fn, inputs, state, explicit_call)


def file_addresses(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every file of a value of JSON that lies elsewhere: its place, such as "data[0].files[1].path", and its address."""
    waiting = [(value, place)]
    while waiting:
        value, place = waiting.pop()
        if isinstance(value, dict):
            path = value.get("path")
            if isinstance(path, str) and is_address(path):
                yield f"{place}.path".lstrip("."), path
            waiting += [(inner, f"{place}.{name}".lstrip(".")) for name, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(inner, f"{place}[{number}]") for number, inner in enumerate(value)]


def is_address(path: str) -> bool:
    """Whether a path begins as an address does, such as "https://"; "C:\\\\" does not."""
    scheme, mark, _ = path.strip().partition("://")
    return bool(mark) and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()


def refuse_address(field: str, address: str) -> str:
    """The message: which field, which address, and what to do."""
    return f"{field[:80]} is a file at {address[:80]!r}; this server fetches nothing. Send text instead."
