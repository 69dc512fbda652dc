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
BESIDE = (CONFIG, *WORD_PIECES, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
WEIGHTS, SHARD_INDEX, OLD_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
)
SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
MAX_BESIDE = 16  # megabytes of one file that holds no weights
ANSWER_SECONDS = 10  # for one answer of the Hub
FILES_SHOWN = 6

Progress = Callable[[int, int], None]  # (bytes that have come, bytes in all)


def fetch(
    name: str,
    *,
    settings: Settings,
    public: bool = False,
    check: Callable[[Path], object] | None = None,
    progress: Progress | None = None,
) -> Path:
    """The folder that holds a model of the Hub. What has come before is kept, and serves where the Hub does not answer.

    Args:
        name: owner/name.
        public: ask without this machine's access token, so that nothing private is found.
        check: called with the folder once config.json is there, before anything large comes; may refuse.

    Raises:
        CheckpointError: no such model, files too large or of no use here, no answer, or too slow.
    """
    try:
        return within(
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
    except HFValidationError as error:
        raise CheckpointError(f"There is no folder {name!r}, and it is not a Hub name: {error}") from error
    except GatedRepoError as error:
        raise CheckpointError(
            f"The Hugging Face Hub gives {name!r} only to those it knows. Ask for access on its page and log in."
        ) from error
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            f"There is no folder {name!r}, and the Hugging Face Hub has no such model."
        ) from error
    except TimeoutError as error:
        raise CheckpointError(
            f"{name!r} did not come from the Hugging Face Hub within {settings.download_seconds} seconds. Try again: "
            "files that have come whole are kept."
        ) from error
    except (HTTPError, OSError, ValueError, TypeError) as error:  # what answers may not be the Hub
        raise CheckpointError(
            f"There is no folder {name!r}, and the Hugging Face Hub could not be reached for a model of that name, or "
            f"broke off ({type(error).__name__}). Check the name and the network, or name a folder."
        ) from error


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
        found = HfApi().model_info(name, files_metadata=True, timeout=ANSWER_SECONDS, token=token)
    except RepositoryNotFoundError:
        raise
    except (HTTPError, OSError):
        if (folder := kept_copy(name)) is not None:
            return folder
        raise
    sizes = {one.rfilename: one.size for one in found.siblings or ()}
    wanted = needed(sizes, where=f"{name} on the Hugging Face Hub")
    whole = checked_size({file: sizes[file] for file in wanted}, name=name, megabytes=megabytes)
    options = {
        "token": token,
        "etag_timeout": ANSWER_SECONDS,
        "tqdm_class": counting(progress, whole=whole, stopped=stopped),
    }
    folder = Path(hf_hub_download(name, CONFIG, **options)).parent  # named after the commit
    if check is not None:
        check(folder)
    for file in wanted:
        hf_hub_download(name, file, revision=folder.name, **options)
    return folder


def kept_copy(name: str) -> Path | None:
    """What an earlier visit to the Hub left, if it is whole."""
    try:
        folder = Path(snapshot_download(name, local_files_only=True))
        needed([file.name for file in folder.iterdir()], where=str(folder))
    except (OSError, CheckpointError):
        return None
    return folder


def needed(files: Collection[str], *, where: str) -> list[str]:
    """Which files of a model are read here: config, tokenizer, and one kind of weights.

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
        told = [repr(file) for file in sorted(files)]
        more = f" and {len(told) - FILES_SHOWN} more" if len(told) > FILES_SHOWN else ""
        raise CheckpointError(
            f"{where} has no {', no '.join(missing)}; it holds {', '.join(told[:FILES_SHOWN]) or 'nothing'}{more}."
        )
    return [*(file for file in BESIDE if file in files), *weights]


def checked_size(sizes: dict[str, int | None], *, name: str, megabytes: int) -> int:
    """The bytes of all files together.

    Raises:
        CheckpointError: more than the limit, or a size that the Hub does not tell.
    """
    for file, size in sizes.items():
        if not isinstance(size, int):
            raise CheckpointError(f"The Hugging Face Hub does not tell how large {file} of {name} is.")
        if file in BESIDE and size > MAX_BESIDE * 1e6:
            raise CheckpointError(
                f"{file} of {name} has {size / 1e6:,.0f} MB; at most {MAX_BESIDE} make sense."
            )
    whole = sum(sizes.values())
    if whole > megabytes * 1e6:
        raise CheckpointError(
            f"{name} has {whole / 1e6:,.0f} MB to fetch; the limit is {megabytes:,} MB. Choose a smaller model, or set "
            "BERTMINI_MODEL_MEGABYTES."
        )
    return whole


def counting(progress: Progress | None, *, whole: int, stopped: Event) -> type[tqdm]:
    """A progress bar for the Hub's library that draws nothing, tells how much has come, and breaks off."""
    come = 0

    class Counting(tqdm):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options | {"disable": True})

        def update(self, count: float | None = 1) -> None:
            nonlocal come
            come += int(count or 0)
            if stopped.is_set():
                raise TimeoutError("nobody waits for it any more")
            if come > whole:
                raise OSError("more came than the Hub had announced")
            if progress is not None:
                progress(come, whole)

        def update_transfer(self, count: float) -> None:
            """Bytes on the wire: told apart by the library, counted here already."""

    return Counting


def within(seconds: float, work: Callable[[Event], Path]) -> Path:
    """What ``work`` returns if it is done in time; else it is told to stop, and nobody waits for it.

    A time limit on each answer is not enough: a server that sends a byte now and then would hold one for ever.

    Raises:
        TimeoutError: it was not.
    """
    stopped, thread = Event(), ThreadPoolExecutor(1, thread_name_prefix="hub")
    try:
        return thread.submit(work, stopped).result(seconds)
    finally:
        stopped.set()
        thread.shutdown(wait=False)
