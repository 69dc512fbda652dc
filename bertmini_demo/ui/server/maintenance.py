"""What a running server does now and then: it drops unread answers and deletes old files."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import gradio as gr

from bertmini_demo.ui.server.upload_folder import UploadFolder

SWEEP_SECONDS = 2  # between two looks at unread answers
FILES_SECONDS = 600  # between two looks at the files


def maintenance_lifespan(
    page: gr.Blocks, uploads: UploadFolder
) -> Callable[..., AbstractAsyncContextManager[None]]:
    """The lifespan of the server's application."""

    @contextlib.asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(sweep_answers(page)), asyncio.create_task(sweep_files(uploads))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


async def sweep_answers(page: gr.Blocks) -> None:
    """Drops unread answers that are too old, every SWEEP_SECONDS."""
    while True:
        await page._queue.pending_messages_per_session.sweep()
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep_files(uploads: UploadFolder) -> None:
    """Deletes uploads that are too old, every FILES_SECONDS."""
    while True:
        await asyncio.to_thread(uploads.sweep)
        await asyncio.sleep(FILES_SECONDS)
