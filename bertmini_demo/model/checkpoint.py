"""Opens a classifier: the shipped checkpoint, a folder, or a name on the Hugging Face Hub. Every tool reads through here."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, PreTrainedModel, PreTrainedTokenizerBase

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checksums import verify, write_manifest
from bertmini_demo.model.files import check_files, read_json
from bertmini_demo.model.hub import CONFIG, HUB_NAME, SHARD_INDEX, Progress, fetch
from bertmini_demo.model.label_names import parse_labels
from bertmini_demo.model.model_config import check_memory, check_outputs, read_config
from bertmini_demo.model.tokenizer_files import read_tokenizer
from bertmini_demo.model.weights import State, build_network, check_forward, read_state
from bertmini_demo.settings import ASSETS, Settings

SHIPPED = ASSETS / "nli"
SHARD_SIZE = "8500KB"  # a larger tensor has a file of its own, such as 16 MB of word embeddings
HEAD = "classifier.weight"
MAX_TEST_TOKENS = 16  # of the pair that a new network is tried on


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A classifier, its tokenizer, and what its files say about it.

    Attributes:
        names: of the outputs in order, as the config spells them; empty where it does not name them.
        name: what to show: the folder's own name or the Hub's.
        notes: plain sentences on how its files were read.
    """

    network: BertForSequenceClassification
    tokenizer: PreTrainedTokenizerBase
    names: tuple[str, ...]
    name: str
    folder: Path
    notes: tuple[str, ...] = ()


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
        settings: how large a model may be, and how long it may take to fetch.
        public: what a visitor may have: a Hub name only, asked for without this machine's access token.
        progress: called with the bytes fetched so far and in all.

    Raises:
        CheckpointError: nothing there, a file damaged, too large, or not a BERT classifier with two or three labels.
    """
    settings = settings or Settings()
    check = partial(read_checked_config, megabytes=settings.model_megabytes)
    folder = find(name, settings=settings, public=public, check=check, progress=progress)
    check_files(folder)
    verify(folder, required=folder == SHIPPED)
    config = check(folder)
    state, notes = read_state(folder, megabytes=settings.model_megabytes)
    count_outputs(config, state, folder)
    network = build_network(state, config, BertForSequenceClassification, folder=folder)
    tokenizer = read_tokenizer(folder, config)
    tokens = min(config.vocab_size, config.max_position_embeddings, MAX_TEST_TOKENS)
    check_forward(network, folder, ids=range(tokens))
    return Checkpoint(
        network=network,
        tokenizer=tokenizer,
        names=output_names(config, folder),
        name=shown_name(name, folder),
        folder=folder,
        notes=tuple(notes),
    )


def read_checked_config(folder: Path, *, megabytes: int) -> BertConfig:
    """The config of a classifier that can be opened here within so many megabytes of memory.

    Raises:
        CheckpointError: unreadable, of another architecture or other outputs, or too large.
    """
    config = read_config(folder)
    check_outputs(config, folder)
    check_memory(config, folder, megabytes=megabytes)
    return config


def count_outputs(config: BertConfig, state: State, folder: Path) -> None:
    """Refuses a config that leaves open how many labels there are where the weights have another number than two."""
    values = read_json(folder / CONFIG)
    if (
        HEAD in state
        and not {"id2label", "num_labels"} & set(values)
        and len(state[HEAD]) != config.num_labels
    ):
        raise CheckpointError(
            f"{folder / CONFIG} has neither id2label nor num_labels, which means {config.num_labels} labels; the weights "
            f"have {len(state[HEAD])}. Name them in id2label."
        )


def output_names(config: BertConfig, folder: Path) -> tuple[str, ...]:
    """The names of the outputs in order; those of label2id where id2label says nothing, and none where the two differ."""
    places = range(config.num_labels)
    names = tuple(str(config.id2label[place]) for place in places)
    numbers = read_json(folder / CONFIG).get("label2id")
    if not isinstance(numbers, dict):
        return names
    others = {number: str(label) for label, number in numbers.items() if isinstance(number, int)}
    turned = tuple(others.get(place, "") for place in places)
    if parse_labels(turned) is None or parse_labels(turned) == parse_labels(names):
        return names
    return () if parse_labels(names) else turned


def shown_name(name: str | None, folder: Path) -> str:
    """What readers see as a model's name: a Hub name as it is, of a folder its own name without the path."""
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


def save_checkpoint(network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Writes config, tokenizer and float16 shards with a manifest of their SHA-256 sums."""
    tokenizer.backend_tokenizer.no_truncation()  # training leaves its own length there
    tokenizer.backend_tokenizer.no_padding()
    (folder / SHARD_INDEX).unlink(missing_ok=True)  # transformers would leave an older checkpoint's
    network.to(torch.float16).save_pretrained(folder, max_shard_size=SHARD_SIZE)
    network.to(torch.float32)
    tokenizer.save_pretrained(folder)
    write_manifest(folder)
