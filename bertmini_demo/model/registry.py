"""The models in use: the operator's, which always stays, and those that visitors chose, within a limit of memory."""

from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock

from bertmini_demo.errors import CheckpointError, DemoError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.cache import Analysis
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.hub import HUB_NAME, Progress

BYTES = 4  # of a weight in float32


class Models:
    """Analyses of several models, each loaded once however many ask for it. Safe for threads.

    Attributes:
        first: the analysis of the operator's model.
        names: the Hub names that a visitor is offered.
    """

    def __init__(self, first: Analysis) -> None:
        self.first, self.settings = first, first.model.settings
        self.names = self.settings.visitor_models
        self._kept: OrderedDict[str, Analysis] = OrderedDict()  # least recently used first
        self._coming: dict[str, Future[Analysis]] = {}
        self._lock = Lock()

    def get(self, name: str | None = None, *, progress: Progress | None = None) -> Analysis:
        """The analysis of a model, which is fetched and loaded first where it is not in memory.

        Args:
            name: a Hub name; None for the operator's model.
            progress: told how many bytes have come of how many, where this call is the one that fetches them.

        Raises:
            CheckpointError: a name that a visitor may not choose, or a model that cannot be used; others stay.
        """
        if name is None:
            return self.first
        self.check(name)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
            coming = self._coming.get(name)
            if asked_first := coming is None:
                coming = self._coming[name] = Future()
        if asked_first:
            self._load(name, coming, progress)
        return coming.result()

    def loaded(self, name: str | None) -> Analysis | None:
        """The same where it is in memory; None where it would have to be loaded."""
        with self._lock:
            return self.first if name is None else self._kept.get(name)

    def check(self, name: str) -> None:
        """Refuses a name that a visitor may not choose.

        Raises:
            CheckpointError: not on the operator's list, or not a Hub name.
        """
        if name not in self.names and not self.settings.allow_any_model:
            raise CheckpointError(
                f"{name!r} is not among the models that this page offers: {', '.join(self.names) or 'none'}. Run the page "
                "yourself to open any."
            )
        if not HUB_NAME.fullmatch(name):
            raise CheckpointError(f"{name!r} is not a Hub name of the form owner/name.")

    def _load(self, name: str, coming: Future[Analysis], progress: Progress | None) -> None:
        """Loads a model and hands it, or what is wrong with it, to all who wait."""
        try:
            settings = replace(self.settings, labels=())  # they were given for the operator's model
            checkpoint = load_checkpoint(name, settings=settings, public=True, progress=progress)
            coming.set_result(self._keep(name, Analysis(NLIModel(checkpoint, settings))))
        except DemoError as error:
            coming.set_exception(error)
        finally:
            with self._lock:
                del self._coming[name]
            coming.cancel()  # nobody waits for ever where something else went wrong

    def _keep(self, name: str, analysis: Analysis) -> Analysis:
        limit = self.settings.memory_megabytes - megabytes(self.first)
        if megabytes(analysis) > limit:
            raise CheckpointError(
                f"{name} takes {megabytes(analysis):,.0f} MB of memory; {max(limit, 0):,.0f} MB are left for models beside "
                "this page's own. Choose a smaller model, or set BERTMINI_MEMORY_MEGABYTES."
            )
        with self._lock:
            self._kept[name] = analysis
            while sum(map(megabytes, self._kept.values())) > limit:
                self._kept.popitem(last=False)
        return analysis


def megabytes(analysis: Analysis) -> float:
    """What the weights of a model take in memory."""
    return analysis.model.parameters * BYTES / 1e6
