"""State in, JSON out: what the browser asks is answered here, in lanes, each answer computed once for all who ask.

A verdict has a lane of its own and never waits for a figure, and the first colours of the words have one. A question
that its visitor has replaced by a newer one is dropped before it is computed. Nothing of a visitor is kept but the number
of the newest question.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from types import ModuleType

from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.naming import place_name
from bertmini_demo.model.background import single_core_executor
from bertmini_demo.model.cache import LRUCache
from bertmini_demo.ui.questions import (
    FIGURE_LANE,
    MODEL,
    PAIR,
    SEARCH_LANE,
    VERDICT_LANE,
    WORDS_LANE,
    WORK_LANE,
    Question,
    Reply,
    questions_of,
)
from bertmini_demo.ui.server import request_log
from bertmini_demo.ui.server.error_responses import DISK_FULL, describe, is_disk_full
from bertmini_demo.ui.state import State, read_state
from bertmini_demo.ui.visit import Visit
from bertmini_demo.ui.visitor_models import VisitorModels

log = logging.getLogger(__name__)
MANY_CORES = 4
CACHED_ANSWERS = 512
VISITORS = 2_000  # whose newest question is known
FAULT = "Something went wrong on the server; the log has it. What you chose is still here: try another pair or reload."


class Answers:
    """Answers questions about the operator's model and those that visitors choose.

    Args:
        folder: where the copies that visitors train are kept for download; None for the system's temporary folder.

    Attributes:
        models: the models that can be asked about.
        questions: name to question.
        lanes: name to the threads that its questions are answered in.
    """

    def __init__(
        self, analysis: Analysis, modules: tuple[ModuleType, ...], *, folder: Path | None = None
    ) -> None:
        self.models = VisitorModels(analysis, folder or Path(gettempdir()))
        self.questions = questions_of(modules)
        self.max_characters = analysis.model.settings.max_characters
        self.lanes = {
            name: ThreadPoolExecutor(count, thread_name_prefix=name)
            for name, count in threads_of_lanes(os.cpu_count() or 1).items()
        }
        self.lanes[SEARCH_LANE] = single_core_executor(SEARCH_LANE)  # the cores are for what is waited for
        self._cache, self._newest, self._lock = LRUCache(CACHED_ANSWERS), LRUCache(VISITORS), Lock()

    def read(self, data: Mapping[str, object]) -> tuple[Question, State]:
        """The question and the state in a request.

        Raises:
            InputError: names the field that cannot be used.
        """
        name = data.get("question")
        if not isinstance(name, str) or name not in self.questions:
            raise InputError(
                f"There is no question {describe(name)}. Reload the page: it may be older than the server.",
                field="question",
            )
        return self.questions[name], read_state(data.get("state"), max_characters=self.max_characters)

    def note(self, visitor: object, question: Question, number: object) -> tuple[object, ...] | None:
        """Remembers the newest question of its kind that a visitor asked; returns what :meth:`is_stale` takes."""
        if not isinstance(visitor, str) or not isinstance(number, int):
            return None
        key = (visitor[:64], question.name)
        with self._lock:
            newest = self._newest.get(key)
            if newest is None or number > newest:
                self._newest.put(key, number)
        return (*key, number)

    def is_stale(self, ticket: tuple[object, ...] | None) -> bool:
        """Whether the visitor has asked a newer question of the same kind."""
        if ticket is None:
            return False
        newest = self._newest.get(ticket[:2])
        return newest is not None and newest > ticket[2]

    def answer(self, question: Question, state: State, visit: Visit | None = None) -> Iterator[Reply]:
        """Progress, if there is any, then the answer or one error with the field that it is about.

        Args:
            visit: who asks; None for nobody in particular, without a file.
        """
        try:
            with request_log.entry(question.name) as entry:
                if question.visit:
                    yield from self._answer_visit(question, state, visit or Visit(self.models), entry)
                else:
                    yield from self._answer(question, state, entry)
        except DemoError as error:
            yield {"error": {"field": getattr(error, "field", None), "message": str(error)}}
        except Exception as error:  # a fault of ours: one line for the visitor, the whole of it in the log
            log.exception("The question %s failed", question.name)
            yield {"error": {"field": None, "message": DISK_FULL if is_disk_full(error) else FAULT}}

    def _answer(self, question: Question, state: State, entry: request_log.Entry) -> Iterator[Reply]:
        analysis = self.models.get(state.model)
        reads = (*(PAIR if question.pair else MODEL), *question.reads)
        key = (question.name, *(value_of(state, name) for name in reads))

        def compute() -> Reply | Iterator[Reply]:
            self._check(question, analysis, state, entry)
            return question.answer(analysis, state)

        if not question.streams:
            yield self._cache.compute(key, compute)
        elif (cached := self._cache.get(key)) is not None:
            yield cached
        else:
            for reply in compute():
                if "progress" not in reply:
                    self._cache.put(key, reply)
                yield reply

    def _answer_visit(
        self, question: Question, state: State, visit: Visit, entry: request_log.Entry
    ) -> Iterator[Reply]:
        analysis = self.models.get(state.model)
        self._check(question, analysis, state, entry)
        yield from replies(question.answer(analysis, state, visit))

    @staticmethod
    def _check(question: Question, analysis: Analysis, state: State, entry: request_log.Entry) -> None:
        if question.pair:
            entry.word_pieces = len(analysis.trace(*state.pair).tokens)
            check_places(analysis, state)

    def close(self) -> None:
        """Ends the lanes; what waits in them is dropped."""
        for lane in self.lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)


def threads_of_lanes(cores: int) -> dict[str, int]:
    """How many questions of a lane are answered at once.

    Words and figures together take no more threads than there are cores: with two each on two cores, no more was answered
    and a verdict took twice as long.
    """
    many = 2 if cores >= MANY_CORES else 1
    return {VERDICT_LANE: 2, WORDS_LANE: many, FIGURE_LANE: many, WORK_LANE: 1}


def replies(result: Reply | Iterator[Reply]) -> Iterator[Reply]:
    """What a question's function returned, one reply after another."""
    return iter((result,)) if isinstance(result, Mapping) else result


def value_of(state: State, name: str) -> object:
    """A field of the state, or an option of a view by its name."""
    return getattr(state, name) if hasattr(state, name) else state.options.get(name)


def check_places(analysis: Analysis, state: State) -> None:
    """Refuses a layer, a head or a word that this model and pair do not have.

    Raises:
        InputError: with the number that is too large, as the page counts.
    """
    words = len(analysis.trace(*state.pair).pair.words)
    layers, heads = analysis.model.layers, analysis.model.heads
    for field, value, count in (
        ("layer", state.layer, layers),
        ("head", state.head, heads),
        ("word", state.word, words),
    ):
        if value is not None and value >= count:
            raise InputError(f"There is no {field} {value + 1}; the last one is {count}.", field=field)
    for layer, head in state.heads_off:
        if layer >= layers or head >= heads:
            raise InputError(
                f"There is no {place_name(layer, head).lower()}; there are {layers} layers of {heads} heads.",
                field="heads_off",
            )
    if state.label is not None and state.label not in analysis.model.labels:
        raise InputError(
            f"This model has no label {state.label!r}. Choose one of: {', '.join(analysis.model.labels)}.",
            field="label",
        )
