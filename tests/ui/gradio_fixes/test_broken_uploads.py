"""Nothing is left of an upload whose connection ends."""

import asyncio

import pytest
from gradio import route_utils
from in_process import LEFT_OPEN
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from bertmini_demo.ui.gradio_fixes.broken_uploads import TidyParser

pytestmark = LEFT_OPEN
UPSTREAM = next(one for one in TidyParser.__mro__[1:] if one.__name__ == "GradioMultiPartParser")
HEAD = b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\n'


async def broken_off():
    yield HEAD + b"x" * 10_000
    raise ClientDisconnect


@pytest.mark.parametrize(("kind", "left"), [(TidyParser, 0), (UPSTREAM, 1)])
def test_a_broken_upload_leaves_no_file(tmp_path, kind, left):
    headers = Headers({"content-type": "multipart/form-data; boundary=b"})
    parser = kind(headers, broken_off(), upload_dir=tmp_path, max_file_size=1e9)
    with pytest.raises(ClientDisconnect):
        asyncio.run(parser.parse())
    for file in parser._files_to_close_on_error:
        file.close()
    assert len(list(tmp_path.iterdir())) == left, "Gradio no longer needs TidyParser" if left else None


def test_a_whole_upload_is_read_as_ever(tmp_path):
    async def whole():
        yield HEAD + b"text"
        yield b"\r\n--b--\r\n"

    headers = Headers({"content-type": "multipart/form-data; boundary=b"})
    form = asyncio.run(TidyParser(headers, whole(), upload_dir=tmp_path, max_file_size=1e9).parse())
    file = form["files"]
    assert isinstance(file, route_utils.GradioUploadFile)
    assert file.file.read() == b"text"
    file.file.close()
