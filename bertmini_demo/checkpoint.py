"""Finds, verifies and loads weights: the shipped checkpoint, a folder, or a name on the Hugging Face Hub."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeVar

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    HTTPError,  # of whichever client the Hub's library uses; a dropped connection is one
    RepositoryNotFoundError,
    StrictDataclassError,
)
from safetensors import SafetensorError
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertTokenizer,
    PreTrainedModel,
)
from transformers.utils.logging import disable_progress_bar

from bertmini_demo.errors import CheckpointError
from bertmini_demo.results import LABELS
from bertmini_demo.settings import ASSETS

SHIPPED = ASSETS / "nli"
MANIFEST = "manifest.json"
METRICS, RECORD = "metrics.json", "training.json"
SHARD_INDEX = "model.safetensors.index.json"
SHARD_SIZE = "8500KB"  # every file of the repository stays under 9 MB
READ_FILES = ("*.json", "vocab.txt", "*.safetensors", "pytorch_model.bin")
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
KINDS = {BertForSequenceClassification: "classifier", BertForMaskedLM: "masked-language model"}
TWO_LABELS = ("entailment", "not_entailment")
DAMAGE = (  # what the libraries raise on files that are cut, garbled or of another make
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RuntimeError,
    EOFError,
    SafetensorError,
    StrictDataclassError,
)

Network = TypeVar("Network", BertForSequenceClassification, BertForMaskedLM)


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A classifier, its tokenizer, and what its outputs mean.

    Attributes:
        labels: label of each output in order; None where the config does not name them.
        name: what to show: the folder's or the Hub's name.
    """

    network: BertForSequenceClassification
    tokenizer: BertTokenizer
    labels: tuple[str, ...] | None
    name: str
    folder: Path


def load_checkpoint(name: str | None = None) -> Checkpoint:
    """Loads a BERT sequence classifier in float32, in evaluation mode, with explicit attention.

    Args:
        name: None for the shipped checkpoint, else a folder or a Hub name (owner/name).

    Raises:
        CheckpointError: nothing there, a file damaged, or not a BERT classifier with two or three labels.
    """
    folder = find(name)
    verify(folder, required=folder == SHIPPED)
    config = read_config(folder)
    check_labels(config, folder)
    network = read_weights(folder, config, BertForSequenceClassification)
    tokenizer = read_tokenizer(folder, config)
    shown = "BERT-mini, shipped" if folder == SHIPPED else (name or str(folder))
    return Checkpoint(network, tokenizer, config_labels(config), shown, folder)


def find(name: str | None) -> Path:
    """The folder that holds the checkpoint, downloaded first where the name is one of the Hub's.

    Raises:
        CheckpointError: no such folder, and not a name the Hub knows or that can be reached now.
    """
    if name is None:
        return SHIPPED
    if Path(name).is_dir():
        return Path(name).resolve()
    if not HUB_NAME.fullmatch(name) or name.startswith(("./", "../")):
        raise CheckpointError(
            f"There is no folder {name!r}, and it is not a Hub name of the form owner/name."
        )
    try:
        return Path(snapshot_download(name, allow_patterns=list(READ_FILES)))
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
    except (HTTPError, OSError) as error:
        raise CheckpointError(
            f"There is no folder {name!r}, and the Hugging Face Hub could not be reached for a model of that name "
            f"({type(error).__name__}). Check the name and the network, or name a folder."
        ) from error


def read_config(folder: Path) -> BertConfig:
    """Reads config.json; a missing model_type is taken as bert.

    Raises:
        CheckpointError: missing, unreadable, or another architecture.
    """
    try:
        values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = values.get("model_type", "bert")
        if kind != "bert":
            raise CheckpointError(f"{folder} holds a model of type {kind!r}; only bert can be opened here.")
        values.pop("auto_map", None)  # names code to run; nothing here runs it
        return BertConfig.from_dict(values)
    except FileNotFoundError as error:
        raise CheckpointError(f"{folder} has no config.json: it is not a checkpoint folder.") from error
    except DAMAGE as error:
        raise CheckpointError(f"{folder / 'config.json'} cannot be read: {told(error)}") from error


def check_labels(config: BertConfig, folder: Path) -> None:
    """Refuses a config that does not number two or three labels from 0."""
    if config.num_labels not in (2, 3):
        raise CheckpointError(
            f"{folder} has {config.num_labels} labels; a classifier for NLI has two or three."
        )
    if sorted(config.id2label) != list(range(config.num_labels)):
        raise CheckpointError(
            f"id2label in {folder / 'config.json'} names the outputs {sorted(config.id2label)}; "
            f"they count from 0 to {config.num_labels - 1}."
        )


def read_weights(folder: Path, config: BertConfig, kind: type[Network]) -> Network:
    """Weights from safetensors, or from a pytorch_model.bin that torch reads without running code.

    Args:
        kind: BertForSequenceClassification or BertForMaskedLM.

    Returns:
        the network in float32, in evaluation mode, with explicit attention.

    Raises:
        CheckpointError: missing, damaged, of another shape than the config says, or of another kind.
    """
    disable_progress_bar()  # over before anyone could read it
    try:
        network, report = kind.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            attn_implementation="eager",  # the fused kernels return no attention probabilities
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # refused below, in words
            local_files_only=True,
        )
    except UnpicklingError as error:  # the library's message advises to run the file all the same
        raise CheckpointError(
            f"{folder / 'pytorch_model.bin'} is damaged, or holds code beside weights; nothing in it was run. "
            "Use a checkpoint in safetensors."
        ) from error
    except DAMAGE as error:
        raise CheckpointError(f"The weights in {folder} cannot be read: {told(error)}") from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise CheckpointError(
            f"{folder} is not a BERT {KINDS[kind]}: {len(missing)} weights are missing, {missing[0]} among them."
        )
    for weight, found, expected in sorted(report["mismatched_keys"]):
        raise CheckpointError(
            f"The weights in {folder} do not fit its config.json: {weight} is {tuple(found)} "
            f"where {tuple(expected)} is expected."
        )
    for weight, values in network.state_dict().items():
        if not values.isfinite().all():
            raise CheckpointError(
                f"The weights in {folder} are damaged: {weight} holds values that are no numbers."
            )
    return network.eval()


def read_tokenizer(folder: Path, config: BertConfig) -> BertTokenizer:
    """The WordPiece tokenizer from tokenizer.json, or from a bare vocab.txt, without truncation or padding.

    Raises:
        CheckpointError: neither is there, they are damaged, or there are more word pieces than embeddings.
    """
    if not any((folder / name).is_file() for name in ("tokenizer.json", "vocab.txt")):
        raise CheckpointError(f"{folder} has no tokenizer: neither tokenizer.json nor vocab.txt is there.")
    try:
        tokenizer = BertTokenizer.from_pretrained(folder)
    except DAMAGE as error:
        raise CheckpointError(f"The tokenizer in {folder} cannot be read: {told(error)}") from error
    if len(tokenizer) > config.vocab_size:
        raise CheckpointError(
            f"{folder} has {len(tokenizer)} word pieces but embeddings for {config.vocab_size}: "
            "its tokenizer belongs to another model."
        )
    tokenizer.backend_tokenizer.no_truncation()  # a shared setting that threads must not change: who encodes cuts
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer


def read_metrics(folder: Path) -> dict:
    """What was measured of a checkpoint, as ``evaluate`` wrote it to metrics.json; empty where it brings no such file."""
    return read_object(folder / METRICS)


def read_stages(folder: Path) -> list[dict]:
    """How a checkpoint was trained, stage after stage, as training wrote it to training.json; empty without that file."""
    stages = read_object(folder / RECORD).get("stages", [])
    return stages if isinstance(stages, list) else []


def read_object(file: Path) -> dict:
    """A JSON object from a file; empty where there is none that can be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def told(error: Exception) -> str:
    """An error's kind and the first line of what it says."""
    return ": ".join([type(error).__name__, *str(error).splitlines()[:1]])


def config_labels(config: BertConfig) -> tuple[str, ...] | None:
    """The labels as the config names them, in the order of the outputs; None for LABEL_0, LABEL_1 ..."""
    names = tuple(str(config.id2label[index]).lower().replace("-", "_") for index in range(config.num_labels))
    known = LABELS if config.num_labels == len(LABELS) else TWO_LABELS
    return names if sorted(names) == sorted(known) else None


def save_checkpoint(network: PreTrainedModel, tokenizer: BertTokenizer, folder: Path) -> None:
    """Writes config, tokenizer and float16 shards with a manifest of their SHA-256 sums."""
    (folder / SHARD_INDEX).unlink(missing_ok=True)  # transformers would leave an older checkpoint's
    network.to(torch.float16).save_pretrained(folder, max_shard_size=SHARD_SIZE)
    network.to(torch.float32)
    tokenizer.save_pretrained(folder)
    write_manifest(folder)


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
