"""The models in use: the operator's, which always stays, and those that visitors chose, within a limit of memory."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock
from typing import Generic, Protocol, TypeVar

from bertmini_demo.errors import CheckpointError, DemoError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.cache import LRUCache
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.hub import HUB_NAME, Progress

BYTES = 4  # of a weight in float32


class HasModel(Protocol):
    """Anything that wraps one model."""

    model: NLIModel


Entry = TypeVar("Entry", bound=HasModel)


class ModelRegistry(Generic[Entry]):
    """Several models, each loaded once however many ask for it. Safe for threads.

    Args:
        first: the entry of the operator's model.
        wrap: makes an entry of a model that was loaded.

    Attributes:
        first: as above.
        names: the Hub names that a visitor is offered.
    """

    def __init__(self, first: Entry, wrap: Callable[[NLIModel], Entry]) -> None:
        self.first, self.settings = first, first.model.settings
        self.names = self.settings.visitor_models
        self._wrap = wrap
        self._room = self.settings.memory_megabytes - megabytes(first)
        self._loaded: LRUCache[Entry] = LRUCache(self._room, weigh=megabytes)
        self._loading: dict[str, Future[Entry]] = {}
        self._lock = Lock()

    def get(self, name: str | None = None, *, progress: Progress | None = None) -> Entry:
        """The entry of a model, which is fetched and loaded first where it is not in memory.

        Args:
            name: a Hub name; None for the operator's model.
            progress: called with the bytes fetched so far and in all, where this call is the one that fetches them.

        Raises:
            CheckpointError: a name that a visitor may not choose, or a model that cannot be used; others stay.
        """
        if name is None:
            return self.first
        self.check(name)
        with self._lock:
            if (entry := self._loaded.get(name)) is not None:
                return entry
            loading = self._loading.get(name)
            if asked_first := loading is None:
                loading = self._loading[name] = Future()
        if asked_first:
            self._load(name, loading, progress)
        return loading.result()

    def loaded(self, name: str | None) -> Entry | None:
        """The entry of a model that is in memory; None where it would have to be loaded."""
        return self.first if name is None else self._loaded.get(name)

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

    def _load(self, name: str, loading: Future[Entry], progress: Progress | None) -> None:
        """Loads a model and passes it, or the error, to all callers that wait."""
        try:
            settings = replace(self.settings, labels=())  # they were given for the operator's model
            checkpoint = load_checkpoint(name, settings=settings, public=True, progress=progress)
            loading.set_result(self._store(name, self._wrap(NLIModel(checkpoint, settings))))
        except DemoError as error:
            loading.set_exception(error)
        finally:
            with self._lock:
                del self._loading[name]
            loading.cancel()  # else the others would wait for ever after another error

    def _store(self, name: str, entry: Entry) -> Entry:
        if megabytes(entry) > self._room:
            raise CheckpointError(
                f"{name} takes {megabytes(entry):,.0f} MB of memory; {max(self._room, 0):,.0f} MB are left for models beside "
                "this page's own. Choose a smaller model, or set BERTMINI_MEMORY_MEGABYTES."
            )
        self._loaded.put(name, entry)
        return entry


def megabytes(entry: HasModel) -> float:
    """What the weights of a model take in memory, in MB."""
    return entry.model.parameters * BYTES / 1e6
