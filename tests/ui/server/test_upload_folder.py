"""Visitors' files are bounded and do not stay; the copies they trained are left alone."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from bertmini_demo.training.on_page.training_jobs import COPY_PREFIX
from bertmini_demo.ui.server.upload_folder import (
    BLOCK_BYTES,
    VARIABLE,
    LimitUploads,
    UploadFolder,
    use_own_folder,
)

SIZE = 10_000  # bytes of each file below; its folder takes another block


@pytest.fixture
def uploads(tmp_path):
    """Room for three files."""
    return UploadFolder(tmp_path, megabytes=3 * (SIZE + BLOCK_BYTES) / 1e6)


def upload(folder, name: str, *, seconds_ago: float = 0.0) -> None:
    """A file in a folder of its own, as Gradio puts it there."""
    place = folder / name
    place.mkdir()
    (place / "pairs.tsv").write_bytes(b"x" * SIZE)
    moment = time.time() - seconds_ago
    for path in (place / "pairs.tsv", place):
        os.utime(path, (moment, moment))


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_old_files_go_and_new_ones_and_copies_stay(uploads, tmp_path):
    upload(tmp_path, "new", seconds_ago=80_000)
    upload(tmp_path, "old", seconds_ago=90_000)
    upload(tmp_path, f"{COPY_PREFIX}of a visitor", seconds_ago=900_000)
    broken = tmp_path / "tmpbroken"
    broken.write_bytes(b"x")
    os.utime(broken, (0, 0))
    uploads.sweep()
    assert names(tmp_path) == {"new", f"{COPY_PREFIX}of a visitor"}


def test_the_oldest_file_that_was_used_makes_room(uploads, tmp_path):
    for number in range(3):
        upload(tmp_path, str(number), seconds_ago=1_000 - number)
    assert uploads.make_room(0)
    assert names(tmp_path) == {"0", "1", "2"}
    assert uploads.make_room(SIZE)
    assert names(tmp_path) == {"1", "2"}


def test_files_that_are_still_to_be_used_do_not_give_way(uploads, tmp_path):
    for number in range(3):
        upload(tmp_path, str(number))
    assert not uploads.make_room(SIZE)
    assert names(tmp_path) == {"0", "1", "2"}


def test_many_empty_files_count(tmp_path):
    for number in range(20):
        (tmp_path / str(number)).touch()
    assert not UploadFolder(tmp_path, megabytes=10 * BLOCK_BYTES / 1e6).make_room(0)
    assert UploadFolder(tmp_path, megabytes=20 * BLOCK_BYTES / 1e6).make_room(0)


def test_a_folder_that_is_not_there_yet_is_empty(tmp_path):
    assert UploadFolder(tmp_path / "none", megabytes=1).make_room(10)


def send_upload(app, length: int) -> int:
    """The status that an upload of so many bytes is answered with."""
    statuses = []

    async def send(message):
        statuses.append(message["status"])

    async def receive():
        return {"type": "http.request"}

    headers = [(b"content-length", str(length).encode())] if length else []
    scope = {"type": "http", "method": "POST", "path": "/gradio_api/upload", "headers": headers}
    return asyncio.run(first_status(app, scope, receive, send, statuses))


async def first_status(app, scope, receive, send, statuses):
    async def once(message):
        if message["type"] == "http.response.start":
            await send(message)

    await app(scope, receive, once)
    return statuses[0]


async def accept(_scope, _receive, send) -> None:
    await send({"type": "http.response.start", "status": 200})


def test_an_upload_that_does_not_fit_is_refused(uploads, tmp_path):
    limited = LimitUploads(accept, uploads=uploads, request_megabytes=8)
    upload(tmp_path, "first")
    room = int(uploads.max_bytes) - SIZE - BLOCK_BYTES
    assert send_upload(limited, room) == 200
    assert send_upload(limited, room + 1) == 503
    assert send_upload(limited, 0) == 503, "one that does not say how long it is counts as the longest"


def test_uploads_under_way_count(uploads):
    inner = []

    async def accept_two(_scope, _receive, send):
        if not inner:
            inner.append(await asyncio.to_thread(send_upload, limited, int(uploads.max_bytes)))
        await send({"type": "http.response.start", "status": 200})

    limited = LimitUploads(accept_two, uploads=uploads, request_megabytes=8)
    assert send_upload(limited, 1) == 200
    assert inner == [503]
    assert send_upload(limited, int(uploads.max_bytes)) == 200, "what has ended no longer counts"


def test_an_app_has_a_folder_of_its_own_which_goes_with_it(monkeypatch):
    at_end = []
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(
        "atexit.register",
        lambda function, *arguments, **choices: at_end.append((function, arguments, choices)),
    )
    use_own_folder()
    folder = Path(os.environ[VARIABLE])
    assert folder.is_dir()
    assert list(folder.iterdir()) == []
    [(function, arguments, choices)] = at_end
    function(*arguments, **choices)
    assert not folder.exists()


def test_the_folder_that_an_operator_names_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    use_own_folder()
    assert os.environ[VARIABLE] == str(tmp_path)
