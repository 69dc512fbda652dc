"""What training starts from: any checkpoint, read by the same code and with the same checks as everywhere else."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from transformers import BertConfig, PreTrainedModel, PreTrainedTokenizerBase

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import HEAD, find
from bertmini_demo.model.checksums import verify
from bertmini_demo.model.files import check_files
from bertmini_demo.model.model_config import check_memory, read_config
from bertmini_demo.model.tokenizer_files import read_tokenizer
from bertmini_demo.model.weights import State, build_network, read_state
from bertmini_demo.results import LABELS
from bertmini_demo.settings import Settings
from bertmini_demo.training.loop import attention

log = logging.getLogger(__name__)

Network = TypeVar("Network", bound=PreTrainedModel)
HEADS = (
    "classifier.",
    "bert.pooler.",
    "cls.",
)  # a masked-language model lacks the first two, a classifier the last


@dataclass(frozen=True, slots=True, eq=False)
class StartingPoint:
    """A folder that training goes on from.

    Attributes:
        config: as the folder's; change it before a network is built.
        state: its weights by name.
    """

    folder: Path
    config: BertConfig
    tokenizer: PreTrainedTokenizerBase
    state: State

    @property
    def positions(self) -> int:
        """How many tokens it reads at most."""
        return min(self.config.max_position_embeddings, self.tokenizer.model_max_length)

    def build(self, kind: type[Network], *, new: tuple[str, ...] = (), **options: object) -> Network:
        """A network of these weights, in training mode.

        Args:
            kind: a class whose weights have BERT's names.
            new: beginnings of the names of weights that may be missing and then start at random, such as HEADS.
            options: values of the config, such as dropout.

        Raises:
            CheckpointError: the weights do not fit.
        """
        config = BertConfig.from_dict(self.config.to_dict() | options)
        network = build_network(self.state, config, kind, folder=self.folder, new=new, attention=attention())
        return network.train()


def read_start(name: str, settings: Settings | None = None) -> StartingPoint:
    """Reads a folder or Hub name to train from, whatever its heads.

    Raises:
        CheckpointError: nothing there, damaged, too large, or not a BERT.
    """
    settings = settings or Settings()
    folder = find(name, settings=settings)
    check_files(folder)
    verify(folder, required=False)
    config = read_config(folder)
    check_memory(config, folder, megabytes=settings.model_megabytes)
    state, notes = read_state(folder, megabytes=settings.model_megabytes)
    for note in notes:
        log.info(note)
    return StartingPoint(folder, config, read_tokenizer(folder, config), state)


def read_classifier_start(name: str, settings: Settings | None = None) -> StartingPoint:
    """The same for a classifier of LABELS: what the head of a classifier knows is kept, its rows in that order.

    A head of another task, or one whose outputs stay unclear, is left out, so that training begins with a new one.

    Raises:
        CheckpointError: see :func:`read_start`.
    """
    start = read_start(name, settings)
    start.config.id2label = dict(enumerate(LABELS))
    start.config.label2id = {label: place for place, label in enumerate(LABELS)}
    start.config.problem_type = None
    if HEAD not in start.state:
        return start
    order, source = outputs_of(name, settings)
    for weight in [name for name in start.state if name.startswith("classifier.")]:
        values = start.state.pop(weight)
        if order is not None:
            start.state[weight] = values[[order.index(label) for label in LABELS]]
    log.info("%s It %s.", source, "goes on with its head" if order else "starts with a new head")
    return start


def outputs_of(name: str, settings: Settings | None) -> tuple[tuple[str, ...] | None, str]:
    """The labels of a classifier's three outputs and how they are known; None where it has others or they are unclear."""
    try:
        model = bertmini_demo.load_model(name, settings=settings)
    except CheckpointError as error:
        return None, str(error)
    if sorted(model.labels) != sorted(LABELS):
        return None, f"{name} predicts {len(model.labels)} labels, not {len(LABELS)}."
    return model.output_labels, model.label_source
