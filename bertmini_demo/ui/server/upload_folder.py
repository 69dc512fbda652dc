"""The folder that visitors' files lie in: one of this app, bounded in size, and emptied of what is old."""

import asyncio
import atexit
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bertmini_demo.training.on_page.training_jobs import COPY_PREFIX
from bertmini_demo.ui.server.request_limits import announced_bytes

VARIABLE = "GRADIO_TEMP_DIR"
BLOCK_BYTES = 4_096  # that even an empty file or folder takes
DAY_SECONDS = 86_400
USED_SECONDS = (
    60  # a file is read by the event that follows its upload; from then on it may give way to others
)


def use_own_folder() -> None:
    """Has Gradio put files into a new folder, deleted at the end, unless the operator has named one."""
    if VARIABLE not in os.environ:
        folder = mkdtemp(prefix="bertmini-demo-")
        os.environ[VARIABLE] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


class UploadFolder:
    """The files that visitors sent. The copies they trained lie beside them and are kept by who trained them.

    Args:
        folder: where Gradio puts uploads.
        megabytes: of all uploads, in millions of bytes on disk.
    """

    def __init__(self, folder: Path, *, megabytes: float) -> None:
        self.folder, self.max_bytes = folder, megabytes * 1e6

    def entries(self) -> Iterator[tuple[float, int, Path]]:
        """Every upload, or folder of them, directly in the folder: when it changed last, its bytes, its path."""
        paths = self.folder.iterdir() if self.folder.is_dir() else ()
        for path in paths:
            if path.name.startswith(COPY_PREFIX):
                continue
            try:
                paths = [path, *path.rglob("*")]
                states = [one.lstat() for one in paths]
            except FileNotFoundError:  # Gradio renames a file once it is whole
                continue
            yield (
                max(one.st_mtime for one in states),
                sum(max(one.st_size, BLOCK_BYTES) for one in states),
                path,
            )

    def sweep(self, *, seconds: float = DAY_SECONDS) -> None:
        """Deletes what has not changed for so many seconds."""
        oldest = time.time() - seconds
        for changed, _, path in list(self.entries()):
            if changed < oldest:
                delete(path)

    def make_room(self, needed: int) -> bool:
        """Whether so many bytes more fit in, once the oldest files that were used already are deleted."""
        entries = sorted(self.entries(), key=lambda entry: entry[0])
        total = sum(size for _, size, _ in entries) + needed
        for changed, size, path in entries:
            if total <= self.max_bytes or changed > time.time() - USED_SECONDS:
                break
            delete(path)
            total -= size
        return total <= self.max_bytes


def delete(path: Path) -> None:
    """Deletes a file or a folder; it may be gone already."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class LimitUploads:
    """Middleware that answers an upload for which there is no room with status 503.

    Args:
        request_megabytes: what an upload that does not announce its length is taken for.
    """

    def __init__(self, app: ASGIApp, *, uploads: UploadFolder, request_megabytes: int) -> None:
        self.app, self.uploads, self.longest = app, uploads, request_megabytes * 1_000_000
        self.expected = 0  # bytes of uploads under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != "/gradio_api/upload":
            await self.app(scope, receive, send)
            return
        needed = announced_bytes(scope) or self.longest
        self.expected += needed
        try:
            if await asyncio.to_thread(self.uploads.make_room, self.expected):
                await self.app(scope, receive, send)
                return
        finally:
            self.expected -= needed
        limit = f"{self.uploads.max_bytes / 1e6:,.0f} MB"
        message = f"The files of all visitors may take {limit}, and yours no longer fits. Send it again in a minute."
        await JSONResponse({"detail": message}, 503)(scope, receive, send)
