"""Files of a checkpoint: what is no file, or too large, is refused before it is read."""

import os

import pytest
from checkpoints import refused

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.files import MAX_MESSAGE, METRICS, message_of, read_metrics

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 44000000\n"


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]
)
def test_a_pointer_of_a_large_file_store_is_named_as_such(unsealed, name):
    (unsealed / name).write_text(POINTER)
    refused(unsealed, f"{name} is a pointer of Git LFS: the file itself was not fetched")


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "vocab.txt", "model.safetensors", "pytorch_model.bin"]
)
@pytest.mark.parametrize("kind", ["pipe", "folder", "broken link"])
def test_what_is_no_file_is_refused_without_waiting_for_it(unsealed, name, kind):
    (unsealed / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(unsealed / name)
    elif kind == "folder":
        (unsealed / name).mkdir()
    else:
        (unsealed / name).symlink_to(unsealed / "nowhere")
    refused(unsealed, f"{name} is not a regular file")


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(unsealed):
    with (unsealed / "tokenizer.json").open("r+b") as file:
        file.truncate(17_000_000)
    refused(unsealed, "tokenizer.json has 17 MB; at most 16")


def test_a_message_of_a_library_is_shown_whole_on_one_line(unsealed):
    (unsealed / "tokenizer.json").write_text('{"model": {"type": "WordPiece", "vocab": 5}}')
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(str(unsealed))
    assert not str(caught.value).endswith(":")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("length", "shown"), [(MAX_MESSAGE, "x"), (MAX_MESSAGE + 1, "x …")])
def test_only_a_message_over_the_limit_is_cut(length, shown):
    assert message_of(OSError("x" * length)) == "OSError: " + "x" * (MAX_MESSAGE - 1) + shown


@pytest.mark.parametrize("content", [None, "", "{", "[1]", "[" * 100_000, "\udc80"])
def test_measurements_that_are_missing_or_unreadable_are_none(copy, content):
    if content is not None:
        (copy / METRICS).write_bytes(content.encode(errors="surrogateescape"))
    assert read_metrics(copy) == {}


def test_measurements_are_read_where_the_model_came_from(copy):
    (copy / METRICS).write_text('{"data": {}}')
    assert read_metrics(bertmini_demo.load_model(str(copy)).folder) == {"data": {}}
