"""The SHA-256 sums that a checkpoint of this project brings, so that a damaged file is noticed and named."""

import hashlib
import json
from pathlib import Path

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.hub import SHARD_INDEX

MANIFEST = "manifest.json"


def write_manifest(folder: Path) -> None:
    """Records the SHA-256 of every file that loading reads."""
    names = ["config.json", "tokenizer.json", "tokenizer_config.json", SHARD_INDEX]
    files = [folder / name for name in names if (folder / name).exists()] + sorted(
        folder.glob("*.safetensors")
    )
    sums = {file.name: digest(file) for file in files}
    (folder / MANIFEST).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def verify(folder: Path, *, required: bool) -> None:
    """Compares each file with the manifest, where there is one.

    Raises:
        CheckpointError: a file is missing or differs, or there is no manifest though one is required.
    """
    manifest = folder / MANIFEST
    if not manifest.exists():
        if required:
            raise CheckpointError(
                f"{manifest} is missing: the shipped checkpoint is incomplete. Clone it again."
            )
        return
    try:
        sums = dict(json.loads(manifest.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CheckpointError(f"{manifest} is damaged. Fetch the checkpoint again.") from error
    if not sums:
        raise CheckpointError(f"{manifest} is damaged: it names no file. Fetch the checkpoint again.")
    for file_name, expected in sums.items():
        file = folder / file_name
        if not file.is_file():
            raise CheckpointError(f"{file} is missing. Fetch the checkpoint again.")
        if digest(file) != expected:
            raise CheckpointError(
                f"{file} is damaged: its SHA-256 is not the manifest's. Fetch the checkpoint again."
            )


def digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
