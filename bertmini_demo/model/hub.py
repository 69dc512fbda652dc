"""Fetches a model from the Hugging Face Hub: its sizes first, then the files that are read here, in bounded time."""

import re
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    HTTPError,  # of whichever client the Hub's library uses; a dropped connection is one
    RepositoryNotFoundError,
)
from huggingface_hub.utils import tqdm

from bertmini_demo.errors import CheckpointError
from bertmini_demo.settings import Settings

HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
CONFIG = "config.json"
WORD_PIECES = ("tokenizer.json", "vocab.txt")
SMALL_FILES = (CONFIG, *WORD_PIECES, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
WEIGHTS, SHARD_INDEX, OLD_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
)
SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
MAX_SMALL_FILE = 16  # megabytes of one file that holds no weights
ANSWER_SECONDS = 10  # for one answer of the Hub
FILES_SHOWN = 6

Progress = Callable[[int, int], None]  # (bytes received, bytes in all)


def fetch(
    name: str,
    *,
    settings: Settings,
    public: bool = False,
    check: Callable[[Path], object] | None = None,
    progress: Progress | None = None,
) -> Path:
    """The folder that holds a model of the Hub. Files fetched earlier are cached, and used where the Hub does not
    answer.

    Args:
        name: owner/name.
        public: ask without this machine's access token, so that nothing private is found.
        check: called with the folder once config.json is there, before any large file is fetched; may raise.

    Raises:
        CheckpointError: no such model, files too large or of no use here, no answer, or too slow.
    """
    try:
        return run_within(
            settings.download_seconds,
            lambda stopped: download(
                name,
                token=False if public else None,
                megabytes=settings.model_megabytes,
                check=check,
                progress=progress,
                stopped=stopped,
            ),
        )
    except (HTTPError, OSError, ValueError, TypeError) as error:  # a proxy may answer in place of the Hub
        raise CheckpointError(explain_failure(error, name, seconds=settings.download_seconds)) from error


def explain_failure(error: Exception, name: str, *, seconds: int) -> str:
    """What an error of the Hub's library means for a model of this name, and what to do."""
    match error:
        case HFValidationError():
            return f"There is no folder {name!r}, and it is not a Hub name: {error}"
        case GatedRepoError():
            return (
                f"The Hugging Face Hub gives access to {name!r} on request only. Ask for access on the model's page and "
                "log in."
            )
        case RepositoryNotFoundError():
            return f"There is no folder {name!r}, and the Hugging Face Hub has no such model."
        case TimeoutError():
            return (
                f"{name!r} could not be fetched from the Hugging Face Hub within {seconds} seconds. Try again: the files "
                "that are complete are not fetched again."
            )
    return (
        f"There is no folder {name!r}, and the Hugging Face Hub could not be reached for a model of that name, or "
        f"broke off ({type(error).__name__}). Check the name and the network, or name a folder."
    )


def download(
    name: str,
    *,
    token: bool | None,
    megabytes: int,
    check: Callable[[Path], object] | None,
    progress: Progress | None,
    stopped: Event,
) -> Path:
    """Asks for the sizes, then fetches file after file, the config first. Raises what the Hub's library raises."""
    try:
        listing = HfApi().model_info(name, files_metadata=True, timeout=ANSWER_SECONDS, token=token)
    except RepositoryNotFoundError:
        raise
    except (HTTPError, OSError):
        if (folder := cached_copy(name)) is not None:
            return folder
        raise
    sizes = {one.rfilename: one.size for one in listing.siblings or ()}
    files = needed(sizes, where=f"{name} on the Hugging Face Hub")
    total = checked_size({file: sizes[file] for file in files}, name=name, megabytes=megabytes)
    options = {
        "token": token,
        "etag_timeout": ANSWER_SECONDS,
        "tqdm_class": counting(progress, total=total, stopped=stopped),
    }
    folder = Path(hf_hub_download(name, CONFIG, **options)).parent  # named after the commit
    if check is not None:
        check(folder)
    for file in files:
        hf_hub_download(name, file, revision=folder.name, **options)
    return folder


def cached_copy(name: str) -> Path | None:
    """The folder that an earlier download left, if it is complete."""
    try:
        folder = Path(snapshot_download(name, local_files_only=True))
        needed([file.name for file in folder.iterdir()], where=str(folder))
    except (OSError, CheckpointError):
        return None
    return folder


def needed(files: Collection[str], *, where: str) -> list[str]:
    """The files of a model that are read here: config, tokenizer, and one format of weights.

    Raises:
        CheckpointError: one of the three is missing.
    """
    shards = sorted(file for file in files if SHARD.fullmatch(file))
    kinds = ([WEIGHTS], [SHARD_INDEX, *shards], [OLD_WEIGHTS])
    weights = next((kind for kind in kinds if kind[0] in files), [])
    parts = {
        CONFIG: CONFIG in files,
        f"weights ({WEIGHTS} or {OLD_WEIGHTS})": bool(weights),
        f"tokenizer ({' or '.join(WORD_PIECES)})": any(file in files for file in WORD_PIECES),
    }
    missing = [part for part, there in parts.items() if not there]
    if missing:
        names = [repr(file) for file in sorted(files)]
        more = f" and {len(names) - FILES_SHOWN} more" if len(names) > FILES_SHOWN else ""
        raise CheckpointError(
            f"{where} has no {', no '.join(missing)}; it holds {', '.join(names[:FILES_SHOWN]) or 'nothing'}{more}."
        )
    return [*(file for file in SMALL_FILES if file in files), *weights]


def checked_size(sizes: dict[str, int | None], *, name: str, megabytes: int) -> int:
    """The bytes of all files together.

    Raises:
        CheckpointError: more than the limit, or a size that the Hub does not state.
    """
    for file, size in sizes.items():
        if not isinstance(size, int):
            raise CheckpointError(f"The Hugging Face Hub does not state the size of {file} of {name}.")
        if file in SMALL_FILES and size > MAX_SMALL_FILE * 1e6:
            raise CheckpointError(
                f"{file} of {name} has {size / 1e6:,.0f} MB; at most {MAX_SMALL_FILE} make sense."
            )
    total = sum(sizes.values())
    if total > megabytes * 1e6:
        raise CheckpointError(
            f"{name} has {total / 1e6:,.0f} MB to fetch; the limit is {megabytes:,} MB. Choose a smaller model, or set "
            "BERTMINI_MODEL_MEGABYTES."
        )
    return total


def counting(progress: Progress | None, *, total: int, stopped: Event) -> type[tqdm]:
    """A progress bar for the Hub's library that draws nothing, reports the bytes received, and stops the download."""
    received = 0

    class Counting(tqdm):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options | {"disable": True})

        def update(self, count: float | None = 1) -> None:
            nonlocal received
            received += int(count or 0)
            if stopped.is_set():
                raise TimeoutError("the download was stopped")
            if received > total:
                raise OSError("received more bytes than the Hub had announced")
            if progress is not None:
                progress(received, total)

        def update_transfer(self, count: float) -> None:
            """Bytes on the wire, which the library reports separately; ``update`` has counted them already."""

    return Counting


def run_within(seconds: float, work: Callable[[Event], Path]) -> Path:
    """The result of ``work`` if it ends in time; otherwise it is asked to stop, and is not waited for.

    A time limit on each answer is not enough: a server that sends a byte now and then would keep it waiting for ever.

    Raises:
        TimeoutError: it did not.
    """
    stopped, thread = Event(), ThreadPoolExecutor(1, thread_name_prefix="hub")
    try:
        return thread.submit(work, stopped).result(seconds)
    finally:
        stopped.set()
        thread.shutdown(wait=False)
