"""Finds, verifies and loads weights: the shipped checkpoint, a folder, or a name on the Hugging Face Hub."""

import json
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeVar
from zipfile import BadZipFile, ZipFile, is_zipfile

import torch
from huggingface_hub.errors import StrictDataclassError
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
from bertmini_demo.model.checksums import verify, write_manifest
from bertmini_demo.model.hub import HUB_NAME, OLD_WEIGHTS, SHARD_INDEX, Progress, fetch
from bertmini_demo.results import LABELS, TWO_LABELS
from bertmini_demo.settings import ASSETS, Settings

SHIPPED = ASSETS / "nli"
METRICS, RECORD = "metrics.json", "training.json"
SHARD_SIZE = "8500KB"  # every file of the repository stays under 9 MB
KINDS = {BertForSequenceClassification: "classifier", BertForMaskedLM: "masked-language model"}
SIZES = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "max_position_embeddings",
    "type_vocab_size",
)
DAMAGE = (  # what the libraries raise on files that are cut, garbled or of another make
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RuntimeError,
    EOFError,
    BadZipFile,
    SafetensorError,
    StrictDataclassError,
)

Network = TypeVar("Network", BertForSequenceClassification, BertForMaskedLM)


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A classifier, its tokenizer, and what its outputs mean.

    Attributes:
        labels: label of each output in order; None where the config does not name them.
        name: what to show: the folder's own name or the Hub's.
    """

    network: BertForSequenceClassification
    tokenizer: BertTokenizer
    labels: tuple[str, ...] | None
    name: str
    folder: Path


def load_checkpoint(
    name: str | None = None,
    *,
    settings: Settings | None = None,
    public: bool = False,
    progress: Progress | None = None,
) -> Checkpoint:
    """Loads a BERT sequence classifier in float32, in evaluation mode, with explicit attention.

    Args:
        name: None for the shipped checkpoint, else a folder or a Hub name (owner/name).
        settings: how large a model may be, and how long it may take to come.
        public: what a visitor may have: a Hub name only, asked for without this machine's access token.
        progress: told how many bytes have come of how many.

    Raises:
        CheckpointError: nothing there, a file damaged, too large, or not a BERT classifier with two or three labels.
    """
    settings = settings or Settings()

    def check(folder: Path) -> BertConfig:
        config = read_config(folder)
        check_labels(config, folder)
        check_sizes(config, folder, megabytes=settings.model_megabytes)
        return config

    folder = find(name, settings=settings, public=public, check=check, progress=progress)
    verify(folder, required=folder == SHIPPED)
    config = check(folder)
    network = read_weights(folder, config, BertForSequenceClassification, megabytes=settings.model_megabytes)
    tokenizer = read_tokenizer(folder, config)
    return Checkpoint(network, tokenizer, config_labels(config), shown_name(name, folder), folder)


def shown_name(name: str | None, folder: Path) -> str:
    """What readers are told a model is called: a Hub name as it is, of a folder only its own name, not where it lies."""
    if folder == SHIPPED:
        return "BERT-mini, shipped"
    return folder.name if Path(name).resolve() == folder else name


def find(
    name: str | None, *, settings: Settings | None = None, public: bool = False, **options: object
) -> Path:
    """The folder that holds the checkpoint, fetched first where the name is one of the Hub's.

    Args:
        public: look on the Hub only.
        options: see :func:`bertmini_demo.model.hub.fetch`.

    Raises:
        CheckpointError: no such folder, and not a name the Hub knows or that can be reached now.
    """
    if name is None:
        return SHIPPED
    if not public and Path(name).is_dir():
        return Path(name).resolve()
    if not HUB_NAME.fullmatch(name) or name.startswith(("./", "../")):
        raise CheckpointError(
            f"There is no folder {name!r}, and it is not a Hub name of the form owner/name."
        )
    return fetch(name, settings=settings or Settings(), public=public, **options)


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


def check_sizes(config: BertConfig, folder: Path, *, megabytes: int) -> None:
    """Refuses a config that asks for a network of no size, of more memory than allowed, or of another make of BERT.

    The network is built before its weights are looked at: what a config of a few lines asks for counts.
    """
    sizes = {name: getattr(config, name) for name in SIZES}
    for name, size in sizes.items():
        least = 2 if name == "type_vocab_size" else 1  # premise and hypothesis
        if size < least:
            raise CheckpointError(
                f"{name} in {folder / 'config.json'} is {size}; it must be {least} or more."
            )
    kind = getattr(config, "position_embedding_type", "absolute")
    if kind != "absolute":
        raise CheckpointError(
            f"{folder} counts its positions in the manner {kind!r}; only 'absolute' can be read."
        )
    hidden, inner = config.hidden_size, config.intermediate_size
    rows = config.vocab_size + config.max_position_embeddings + config.type_vocab_size + hidden
    parameters = rows * hidden + config.num_hidden_layers * (4 * hidden**2 + 2 * hidden * inner)
    if 4 * parameters > megabytes * 1e6:
        raise CheckpointError(
            f"{folder} would take {4 * parameters / 1e6:,.0f} MB of memory; the limit is {megabytes:,} MB. Choose a smaller "
            "model, or set BERTMINI_MODEL_MEGABYTES."
        )


def read_weights(
    folder: Path, config: BertConfig, kind: type[Network], *, megabytes: int = Settings().model_megabytes
) -> Network:
    """Weights from safetensors, or from a pytorch_model.bin that torch reads without running code.

    Args:
        kind: BertForSequenceClassification or BertForMaskedLM.
        megabytes: that a pytorch_model.bin may hold once it is unpacked.

    Returns:
        the network in float32, in evaluation mode, with explicit attention.

    Raises:
        CheckpointError: missing, damaged, of another shape than the config says, or of another kind.
    """
    disable_progress_bar()  # over before anyone could read it
    try:
        check_packed(folder / OLD_WEIGHTS, megabytes=megabytes)
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
    layers = {name for name in report["unexpected_keys"] if ".encoder.layer." in name}
    if layers:
        raise CheckpointError(
            f"The weights in {folder} do not fit its config.json, which knows nothing of {min(layers)}."
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


def check_packed(file: Path, *, megabytes: int) -> None:
    """Refuses a pytorch_model.bin that would unpack to more than allowed; where there is none, nothing is wrong."""
    if is_zipfile(file):
        with ZipFile(file) as packed:
            size = sum(entry.file_size for entry in packed.infolist()) / 1e6
        if size > megabytes:
            raise CheckpointError(f"{file} would unpack to {size:,.0f} MB; the limit is {megabytes:,} MB.")


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
