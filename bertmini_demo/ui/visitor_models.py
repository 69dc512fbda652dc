"""The models that a visitor can ask about: the operator's, those fetched from the Hub, and the copies trained on the page."""

from pathlib import Path

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.model.hub import Progress
from bertmini_demo.model.registry import ModelRegistry
from bertmini_demo.training.on_page.training_jobs import COPY_PREFIX, TrainedCopy
from bertmini_demo.training.on_page.training_queue import TrainingQueue
from bertmini_demo.ui.server.error_responses import describe

GONE = (
    "There is no such copy on this server. Copies make room for newer ones, and end with the server. Train it again, or go "
    "back to the page's own model."
)


class VisitorModels:
    """Finds a model by its name: None for the operator's, a Hub name, or the token of a trained copy. Safe for threads.

    A question never waits for a download: what is not in memory is refused, and fetched only by :meth:`fetch`.

    Args:
        folder: where the copies are kept for download.

    Attributes:
        first: the operator's model.
        settings: the operator's settings.
        names: the Hub names that a visitor is offered.
        training: trains copies; each is found by its unguessable token.
    """

    def __init__(self, first: Analysis, folder: Path) -> None:
        self._registry = ModelRegistry(first, Analysis)
        self.first, self.settings, self.names = first, self._registry.settings, self._registry.names
        self.training = TrainingQueue(folder, self.settings)

    def get(self, name: str | None = None) -> Analysis:
        """The analysis of a model that is in memory.

        Raises:
            InputError: it is not; the field is "model".
            CheckpointError: a name that a visitor may not choose.
        """
        if name is not None and name.startswith(COPY_PREFIX):
            return self.trained(name).analysis
        analysis = self._registry.loaded(name)
        if analysis is None:
            raise InputError(
                f"The model {describe(name)} is not in memory. Fetch it first: Workbench, Models.",
                field="model",
            )
        return analysis

    def fetch(self, name: str, *, progress: Progress | None = None) -> Analysis:
        """The same; a model that is not in memory is fetched from the Hub and loaded.

        Raises:
            InputError: a copy that is gone.
            CheckpointError: a name that a visitor may not choose, or a model that cannot be used.
        """
        return self.get(name) if name.startswith(COPY_PREFIX) else self._registry.get(name, progress=progress)

    def trained(self, token: str) -> TrainedCopy:
        """The trained copy of a token.

        Raises:
            InputError: there is none, or none any more; the field is "model".
        """
        copy = self.training.copy(token)
        if copy is None:
            raise InputError(GONE, field="model")
        return copy
