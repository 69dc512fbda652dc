"""What a running server does now and then: it drops unread answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import gradio as gr

SWEEP_SECONDS = 2  # between two looks at unread answers


def maintenance_lifespan(page: gr.Blocks) -> Callable[..., AbstractAsyncContextManager[None]]:
    """The lifespan of the server's application."""

    @contextlib.asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(sweep_answers(page))
        yield
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)

    return lifespan


async def sweep_answers(page: gr.Blocks) -> None:
    """Drops unread answers that are too old, every SWEEP_SECONDS."""
    while True:
        await page._queue.pending_messages_per_session.sweep()
        await asyncio.sleep(SWEEP_SECONDS)
