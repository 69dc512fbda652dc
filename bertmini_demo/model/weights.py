"""Reads weights by name: from safetensors, or from a pytorch_model.bin that torch reads without running code."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from pickle import UnpicklingError
from threading import Lock
from typing import TypeVar
from zipfile import ZipFile, is_zipfile

import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import BertConfig, PreTrainedModel
from transformers.utils.logging import disable_progress_bar

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.fast_forward import verdict_logits
from bertmini_demo.model.files import read_json, reading
from bertmini_demo.model.hub import OLD_WEIGHTS, SHARD_INDEX, WEIGHTS

log = logging.getLogger(__name__)

WRAPPERS = ("model_state_dict", "state_dict", "model")  # keys under which training loops save the weights
PREFIXES = (
    "module.",
    "_orig_mod.",
    "model.",
)  # of DataParallel, torch.compile, and classes that hold the network
OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
KINDS = {"BertForSequenceClassification": "classifier", "BertForMaskedLM": "masked-language model"}
OTHER_HEADS = (
    "cls.",
    "classifier.",
    "bert.pooler.",
    "pooler.",
)  # belong to another task, and may stay unread
BUFFERS = ("position_ids", "token_type_ids")  # saved by older versions; the network makes its own
MAX_QUOTED = 3  # names of weights in one message
TOLERANCE = 1e-3  # logits
BUILDING = Lock()  # transformers replaces methods of its classes while it builds a network, for every thread

Network = TypeVar("Network", bound=PreTrainedModel)
State = dict[str, Tensor]


def read_weights(
    folder: Path,
    config: BertConfig,
    kind: type[Network],
    *,
    megabytes: int,
    new: tuple[str, ...] = (),
    attention: str = "eager",
) -> Network:
    """A network with the weights of a folder.

    Args:
        kind: BertForSequenceClassification, BertForMaskedLM, BertModel or a class of the same names.
        megabytes: that the files may hold, a pytorch_model.bin once it is unpacked.
        new: beginnings of the names of weights that need not be there and then start at random, as "classifier.".
        attention: "eager" returns attention probabilities, which the fused kernels do not; "sdpa" is for training.

    Returns:
        the network in float32 and evaluation mode.

    Raises:
        CheckpointError: missing, damaged, quantised, of another shape than the config says, or of another kind.
    """
    state, _ = read_state(folder, megabytes=megabytes)
    return build_network(state, config, kind, folder=folder, new=new, attention=attention)


def read_state(folder: Path, *, megabytes: int) -> tuple[State, list[str]]:
    """The weights of a folder by their names in a BERT, and sentences on what had to be changed for that.

    Raises:
        CheckpointError: missing, damaged, too large, or holding something else.
    """
    with reading(f"The weights in {folder}"):
        files = weight_files(folder)
        for file in files:
            check_size(file, megabytes=megabytes)
        state = {}
        for file in files:
            state |= read_pickle(file) if file.name == OLD_WEIGHTS else load_file(file)
        return plain_names(state, folder)


def weight_files(folder: Path) -> list[Path]:
    """The files that hold the weights of a folder.

    Raises:
        CheckpointError: there are none, or an index names one that is missing or outside the folder.
    """
    for name in (WEIGHTS, OLD_WEIGHTS):
        if (folder / name).is_file() and not (name == OLD_WEIGHTS and (folder / SHARD_INDEX).is_file()):
            return [folder / name]
    index = folder / SHARD_INDEX
    if not index.is_file():
        held = ", ".join(sorted(file.name for file in folder.iterdir())) or "nothing"
        raise CheckpointError(f"{folder} has no {WEIGHTS} and no {OLD_WEIGHTS}: no weights. It holds {held}.")
    names = read_json(index).get("weight_map")
    if not isinstance(names, dict) or not names:
        raise CheckpointError(f"{index} cannot be read: it has no weight_map.")
    shards = sorted({str(name) for name in names.values()})
    for shard in shards:
        if Path(shard).name != shard or not shard.endswith(".safetensors"):
            raise CheckpointError(f"{index} names {shard!r}; shards are .safetensors files beside it.")
        if not (folder / shard).is_file():
            raise CheckpointError(f"{index} names {shard}, which is missing.")
    return [folder / shard for shard in shards]


def check_size(file: Path, *, megabytes: int) -> None:
    """Refuses a file of weights that holds, or would unpack to, more than allowed."""
    size = file.stat().st_size / 1e6
    if size > megabytes:
        raise CheckpointError(f"{file} has {size:,.0f} MB; the limit is {megabytes:,} MB.")
    if file.name == OLD_WEIGHTS and is_zipfile(file):
        with ZipFile(file) as packed:
            size = sum(entry.file_size for entry in packed.infolist()) / 1e6
        if size > megabytes:
            raise CheckpointError(f"{file} would unpack to {size:,.0f} MB; the limit is {megabytes:,} MB.")


def read_pickle(file: Path) -> dict:
    """What torch reads without running code.

    Raises:
        CheckpointError: it is damaged, or holds other objects than tensors.
    """
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except UnpicklingError as error:  # the library's message advises to run the file all the same
        raise CheckpointError(
            f"{file} is damaged, or holds other objects beside weights; nothing in it was run. Use a checkpoint in "
            "safetensors."
        ) from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{file} holds a {type(content).__name__}, not weights by name.")
    return content


def plain_names(content: dict, folder: Path) -> tuple[State, list[str]]:
    """Weights by the names that a BERT has, whatever wrapped them when they were saved, and what was removed.

    Raises:
        CheckpointError: two weights have one name once they are unwrapped.
    """
    removed = []
    while (
        wrapper := next((key for key in WRAPPERS if isinstance(content.get(key), dict)), None)
    ) is not None:
        content = content[wrapper]
        removed.append(f"the key {wrapper!r} around them")
    state = {}
    for name, value in content.items():
        if not isinstance(value, Tensor) or str(name).endswith(BUFFERS):
            continue
        plain = str(name)
        while prefix := next((one for one in PREFIXES if plain.startswith(one)), ""):
            plain = plain.removeprefix(prefix)
            if f"the prefix {prefix!r}" not in removed:
                removed.append(f"the prefix {prefix!r}")
        for old, today in OLD_NAMES.items():
            plain = plain.replace(old, today)
        if plain in state:
            raise CheckpointError(f"The weights in {folder} hold {plain} twice.")
        state[plain] = value
    if any(name.startswith("embeddings.") for name in state):  # a BERT without a head
        state = {name if name.startswith(OTHER_HEADS[:2]) else f"bert.{name}": state[name] for name in state}
    notes = [f"To read the weights in {folder.name}, {' and '.join(removed)} was removed."] if removed else []
    return state, notes


def build_network(
    state: State,
    config: BertConfig,
    kind: type[Network],
    *,
    folder: Path,
    new: tuple[str, ...] = (),
    attention: str = "eager",
) -> Network:
    """A network of these weights; see :func:`read_weights`.

    Raises:
        CheckpointError: the weights do not fit the config or the kind.
    """
    disable_progress_bar()  # over before anyone could read it
    with reading(f"The weights in {folder}"):
        with BUILDING, torch.device("meta"):
            expected = kind(config).state_dict()
        if not any(name.startswith("bert.") for name in expected):  # BertModel itself
            state = {name.removeprefix("bert."): value for name, value in state.items()}
        check_names(state, expected, kind, folder=folder, new=new, config=config)
        check_values({name: state[name] for name in expected if name in state}, expected, folder)
        with BUILDING:
            network = kind.from_pretrained(
                None,
                config=config,
                state_dict={name: value for name, value in state.items() if name in expected},
                dtype=torch.float32,
                attn_implementation=attention,
            )
    return network.eval()


def check_names(
    state: State,
    expected: State,
    kind: type[PreTrainedModel],
    *,
    folder: Path,
    new: tuple[str, ...],
    config: BertConfig,
) -> None:
    """Refuses weights that are missing, and such as the network has no place for."""
    tied = kind._tied_weights_keys or {}
    tied = tied if config.tie_word_embeddings else {}
    missing = [
        name for name in expected if name not in state and not name.startswith(new) and name not in tied
    ]
    unmatched = [name for name in state if name not in expected and not name.startswith(OTHER_HEADS)]
    if missing:
        others = f"; it holds {quoted(unmatched)}" if unmatched else ""
        raise CheckpointError(
            f"{folder} is not a BERT {KINDS.get(kind.__name__, kind.__name__)} of the sizes in its config.json: {len(missing)} "
            f"weights are missing, {quoted(missing)}{others}."
        )
    if unmatched:
        raise CheckpointError(
            f"The weights in {folder} do not fit its config.json, which has no place for {len(unmatched)} of them: "
            f"{quoted(unmatched)}."
        )


def check_values(state: State, expected: State, folder: Path) -> None:
    """Refuses weights of another shape, of a quantised type, or that are not finite."""
    for name, value in state.items():
        if value.shape != expected[name].shape:
            raise CheckpointError(
                f"The weights in {folder} do not fit its config.json: {name} is {tuple(value.shape)} where "
                f"{tuple(expected[name].shape)} is expected."
            )
        if not value.is_floating_point():
            raise CheckpointError(
                f"The weights in {folder} are quantised: {name} is {str(value.dtype).removeprefix('torch.')}. Use the "
                "original in float16 or float32."
            )
        if not value.float().isfinite().all():
            raise CheckpointError(
                f"The weights in {folder} are damaged: {name} holds values that are not finite."
            )


def quoted(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - MAX_QUOTED} more" if len(names) > MAX_QUOTED else ""
    return ", ".join(names[:MAX_QUOTED]) + more


def check_forward(network: PreTrainedModel, folder: Path, *, ids: Iterable[int]) -> None:
    """Refuses a classifier that cannot read a pair, or whose logits differ between the short way and the library's.

    Raises:
        CheckpointError: whatever its config sets, a verdict and its trace would disagree.
    """
    tokens = torch.tensor([list(ids)])
    segments = torch.zeros_like(tokens)
    segments[0, -2:] = 1
    with reading(f"A pair, by the network in {folder},"), torch.inference_mode():
        short = verdict_logits(network, input_ids=tokens, segments=segments)
        full = network(tokens, token_type_ids=segments, output_attentions=True)
        if len(full.attentions) != network.config.num_hidden_layers:
            raise CheckpointError(f"The network in {folder} returns no attention.")
        gap = float((short - full.logits).abs().max())
    if not gap <= TOLERANCE * max(1.0, float(full.logits.abs().max())):
        raise CheckpointError(
            f"The network in {folder} gives other logits with its attention than without ({gap:.3g} apart): its config "
            "asks for something that cannot be shown here."
        )
