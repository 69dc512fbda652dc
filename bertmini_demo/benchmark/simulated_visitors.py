"""What visitors do on the page, and whether what they see equals what was computed for each pair alone."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from bertmini_demo.benchmark.page_client import BusyError, PageClient
from bertmini_demo.explain.analysis import Analysis

PAUSE_SECONDS = 3.0  # between two pairs of one visitor, on average
LATE_SECONDS = 5.0  # colours that are missing after so long count as late
FIGURES = ("how_it_decides.map", "how_it_decides.heatmap", "how_it_decides.grid", "how_it_decides.early")
FIGURE_SHARE = 0.4  # how often a visitor opens a figure with a pair
TOLERANCE = 1e-3  # of probabilities and scores: threads move their last digits

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """The correct answers for a pair: label to probability, and each word's score in logits."""

    probabilities: Mapping[str, float]
    scores: tuple[float, ...]


def expected(analysis: Analysis, pair: Pair) -> Expected:
    """Computed alone, before anyone visits."""
    prediction = analysis.trace(*pair).prediction
    words = analysis.attribution(*pair, target=prediction.label)
    return Expected(prediction.probabilities, tuple(float(score) for score in words.word_scores))


@dataclass(slots=True)
class LoadRecord:
    """What all visitors of one run saw.

    Attributes:
        verdicts, words: seconds from the choice of a pair until they arrived, of words the first estimate; words of pairs
            that stayed only.
        dropped: questions that a newer one replaced.
        busy: questions that the app had no room for.
        wrong: answers with other numbers than those expected.
    """

    expected: Mapping[Pair, Expected]
    verdicts: list[float] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    answers: int = 0
    dropped: int = 0
    busy: int = 0
    wrong: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def check_verdict(self, pair: Pair, reply: Mapping) -> None:
        """Compares probabilities with those expected for a pair."""
        right = self.expected[pair].probabilities
        self._check(
            pair, [reply["verdict"]["probabilities"].get(label) for label in right], list(right.values())
        )

    def check_words(self, pair: Pair, reply: Mapping) -> None:
        """Compares the words' scores with those expected for a pair."""
        self._check(pair, [word["score"] for word in reply["words"]], list(self.expected[pair].scores))

    def _check(self, pair: Pair, seen: list[float | None], right: list[float]) -> None:
        self.answers += 1
        close = len(seen) == len(right) and all(
            one is not None and abs(one - other) <= TOLERANCE for one, other in zip(seen, right, strict=True)
        )
        if not close:
            self.wrong.append(f"{pair}: {seen} instead of {right}")


class SimulatedVisitor:
    """One of many: changes the pair, looks at verdict, words and figures."""

    def __init__(self, page: PageClient, record: LoadRecord, number: int) -> None:
        self.page, self.record, self.dice = page, record, random.Random(number)
        self.pair: Pair | None = None
        self.since, self.coloured = 0.0, True

    async def look_around(self, *, examples: Sequence[Pair], own: Sequence[Pair], end: float) -> None:
        """Another pair now and then, half of them examples, whatever becomes of those before."""
        under_way = []
        while time.monotonic() < end:
            self.choose(self.dice.choice((self.dice.choice(examples), self.dice.choice(own))))
            later = ["changed_word"]
            if self.dice.random() < FIGURE_SHARE:
                later.append(self.dice.choice(FIGURES))
            under_way.append(asyncio.create_task(self.look(later)))
            await asyncio.sleep(self.dice.expovariate(1 / PAUSE_SECONDS))
        await asyncio.gather(*under_way)

    def choose(self, pair: Pair) -> None:
        """Makes a pair the visitor's own; colours that were still missing count as late."""
        now = time.monotonic()
        if not self.coloured and now - self.since > LATE_SECONDS:
            self.record.words.append(now - self.since)
        self.pair, self.since, self.coloured = pair, now, False
        self.page.state |= dict(zip(("premise", "hypothesis"), pair, strict=True))

    async def look(self, later: Sequence[str]) -> None:
        """Asks as the page does: for the verdict, then for the words, and for the rest once they have colours."""
        pair, coloured = self.pair, asyncio.Event()
        await self.follow("verdict")
        if pair != self.pair:
            return
        words = asyncio.create_task(self.follow("words", coloured))
        await coloured.wait()
        if pair == self.pair:
            await asyncio.gather(*map(self.follow, later))
        await words

    async def follow(self, question: str, answered: asyncio.Event | None = None) -> None:
        """Asks a question of the pair and records what comes of it, faults included.

        Args:
            answered: set with the first reply, and where none comes.
        """
        pair, answered = self.pair, answered or asyncio.Event()

        def see_progress(_: Mapping) -> None:
            self.colour(pair)
            answered.set()

        try:
            reply = await self.page.ask(question, on_progress=see_progress)
        except BusyError:
            self.record.busy += 1
        except (httpx.HTTPError, RuntimeError, TimeoutError, OSError) as error:
            self.record.failures.append(f"{question}: {type(error).__name__}: {error}")
        else:
            self.see(question, pair, reply)
        finally:
            answered.set()

    def see(self, question: str, pair: Pair, reply: Mapping | None) -> None:
        """Checks an answer, and notes how long it took where its pair is still the visitor's."""
        waited = time.monotonic() - self.since
        if reply is None:
            self.record.dropped += 1
        elif question == "verdict":
            self.record.check_verdict(pair, reply)
            if pair == self.pair:
                self.record.verdicts.append(waited)
        elif question == "words":
            self.record.check_words(pair, reply)
            self.colour(pair)

    def colour(self, pair: Pair) -> None:
        """Notes when the words of a pair first have colours, an estimate included."""
        if pair == self.pair and not self.coloured:
            self.coloured = True
            self.record.words.append(time.monotonic() - self.since)
