"""No file at an address is fetched, by whatever route its values came."""

import asyncio

import gradio as gr
import pytest

from bertmini_demo.ui.gradio_fixes.downloads_for_anyone import NoDownloads, file_addresses


def file_at(path: str) -> dict:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize(("kind", "fetches"), [(NoDownloads, False), (gr.Blocks, True)])
def test_nothing_is_fetched_for_an_event(monkeypatch, kind, fetches):
    fetched = []

    async def fetch(url: str, **_: object) -> str:
        fetched.append(url)
        raise gr.Error("fetched", print_exception=False)

    monkeypatch.setattr("gradio.processing_utils.async_ssrf_protected_download", fetch)
    with kind() as page:
        go, file = gr.Button(), gr.Textbox()
        go.click(lambda text: text, file, None)
    [event] = page.fns.values()
    with pytest.raises(
        gr.Error, match="fetched" if fetches else r"data\[0\]\.inner\.path .* fetches nothing"
    ):
        asyncio.run(page.preprocess_data(event, [{"inner": file_at("https://example.org/x")}], None))
    assert bool(fetched) is fetches, "Gradio no longer needs the class NoDownloads" if fetches else None


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ([file_at("http://a")], ["data[0].path"]),
        ([{"path": " HTTPS://a"}], ["data[0].path"]),
        ([[{"x": [file_at("ftp://a")]}], file_at("s3+https://a")], ["data[0][0].x[0].path", "data[1].path"]),
        ([{"path": {"path": "http://a"}}], ["data[0].path.path"]),
        (
            [
                "http://a",
                {"url": "http://a", "path": "/tmp/a"},
                {"path": "C:\\a"},
                {"path": None},
                {"path": ""},
            ],
            [],
        ),
        ([{"path": "a sentence with http://a in it"}], []),
    ],
)
def test_every_address_is_found_with_its_place(value, fields):
    assert sorted(field for field, _ in file_addresses(value, "data")) == fields


def test_a_request_may_be_nested_deeply():
    value: object = file_at("http://a")
    for _ in range(100_000):
        value = [value]
    assert len(list(file_addresses(value, ""))) == 1
