"""What visitors do on the page, and whether what they see equals what was computed for each pair alone."""

import asyncio
import html
import json
import random
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from bertmini_demo.benchmark.page_client import BusyError, EventOutcome, PageClient
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering

PAUSE_SECONDS = 3.0  # seconds between two pairs of one visitor, on average
LATE_SECONDS = 5.0  # seconds; colours that are missing after so long count as late
TABS = ("map", "why", "attention", "layers", "what-if", "words", "model")
TAB_SHARE = 0.2  # how often a visitor opens another tab with another pair
SHARE = re.compile(r'class="share">([\d.]+)%')
SCORE = re.compile(r'data-word="\d+"[^>]*title="([+−][\d.]+)"')
PAIR = re.compile(r'data-premise="(.*?)" data-hypothesis="(.*?)"')
TOLERANCE = {SHARE: 0.11, SCORE: 0.011}  # threads move the last digit of what is written
CLOSE = 1e-4  # probability

Pair = tuple[str, str]


def numbers(pattern: re.Pattern, text: str) -> list[float]:
    """All numbers at the places that a pattern finds."""
    return [float(one.replace("−", "-")) for one in pattern.findall(text)]


@dataclass(frozen=True, slots=True)
class Expected:
    """The correct answers for a pair: probabilities in percent, scores as they are written on the words, in logits."""

    shares: list[float]
    scores: list[float]
    probabilities: Mapping[str, float]


def expected(analysis: Analysis, pair: Pair) -> Expected:
    """Computed alone, and written as the page writes it."""
    trace = analysis.trace(*pair)
    words = analysis.attribution(*pair, target=trace.prediction.label)
    return Expected(
        numbers(SHARE, rendering.verdict(trace.prediction)),
        numbers(SCORE, rendering.sentences(trace.pair, words)),
        trace.prediction.probabilities,
    )


@dataclass(slots=True)
class LoadRecord:
    """What all visitors of one run saw.

    Attributes:
        verdicts, words: seconds from the choice of a pair until they appeared; words of pairs that stayed only.
        dropped: pairs that were replaced before work on their words began.
        busy: requests that the app had no room for.
        wrong: answers to another pair, or with other numbers.
    """

    expected: Mapping[Pair, Expected]
    verdicts: list[float] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    answers: int = 0
    dropped: int = 0
    busy: int = 0
    trainings: int = 0
    batches: int = 0
    wrong: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def check(self, pair: Pair, kind: re.Pattern, text: str) -> None:
        """Compares the numbers in a text with those expected for a pair."""
        self.answers += 1
        seen, one = numbers(kind, text), self.expected.get(pair)
        right = one and (one.shares if kind is SHARE else one.scores)
        if not right or len(seen) != len(right):
            self.wrong.append(f"{pair}: {seen}")
        elif max(abs(a - b) for a, b in zip(seen, right, strict=True)) > TOLERANCE[kind]:
            self.wrong.append(f"{pair}: {seen} instead of {right}")


class SimulatedVisitor:
    """One of many: changes the pair and the tab, looks at verdict and words."""

    def __init__(self, page: PageClient, record: LoadRecord, number: int) -> None:
        self.page, self.record, self.dice = page, record, random.Random(number)
        self.pair: Pair | None = None
        self.since, self.coloured = 0.0, True

    async def look_around(self, *, examples: Sequence[Pair], own: Sequence[Pair], end: float) -> None:
        """Another pair now and then, half of them from the gallery, whatever becomes of those before."""
        await self.follow(self.page.press("page", "load"))
        under_way = []
        while time.monotonic() < end:
            place = self.dice.randrange(len(examples))
            chosen = self.dice.choice((examples[place], self.dice.choice(own)))
            if chosen != self.pair:
                self.choose(chosen)
                under_way.append(asyncio.create_task(self.ask(examples)))
            if self.dice.random() < TAB_SHARE:
                turn = self.page.press(f"tab-{self.dice.choice(TABS)}", "select")
                under_way.append(asyncio.create_task(self.follow(turn)))
            await asyncio.sleep(self.dice.expovariate(1 / PAUSE_SECONDS))
        await asyncio.gather(*under_way)

    def choose(self, pair: Pair) -> None:
        """Takes another pair, and records how long the last one has waited for its colours if they are late."""
        now = time.monotonic()
        if not self.coloured and now - self.since > LATE_SECONDS:
            self.record.words.append(now - self.since)
        self.pair, self.since, self.coloured = pair, now, False

    async def ask(self, examples: Sequence[Pair]) -> None:
        """Presses the pair's button in the gallery, or types it and presses Enter."""
        self.page.fill(premise=self.pair[0], hypothesis=self.pair[1])
        if self.pair in examples:
            steps = [self.page.press("gallery", "select")]
        else:
            steps = [self.page.press("hypothesis", event) for event in ("input", "submit")]
        await asyncio.gather(*map(self.follow, steps))

    async def follow(self, steps: AsyncIterator[EventOutcome]) -> None:
        """Records the outcome of an event, faults included."""
        try:
            async for shown in steps:
                self.see(shown)
        except BusyError:
            self.record.busy += 1
        except (httpx.HTTPError, RuntimeError, TimeoutError, OSError) as error:
            self.record.failures.append(f"{type(error).__name__}: {error}")

    def see(self, shown: EventOutcome) -> None:
        """Checks what the page shows against the pair it was asked about, and records how long it took."""
        record, outputs = self.record, shown.outputs
        asked = (shown.sent.get("premise"), shown.sent.get("hypothesis"))
        now = time.monotonic()
        if "verdict" in outputs:
            record.check(asked, SHARE, outputs["verdict"])
            if asked == self.pair:
                record.verdicts.append(now - self.since)
        if "sentences" in outputs:
            coloured = tuple(html.unescape(one) for one in PAIR.search(outputs["sentences"]).groups())
            record.check(asked, SCORE, outputs["sentences"])
            if coloured != asked:
                record.wrong.append(f"{asked}: the words of {coloured}")
            if asked == self.pair and not self.coloured:
                self.coloured = True
                record.words.append(now - self.since)
        elif "head" in shown.sent and not outputs and asked != self.pair:
            record.dropped += 1


async def train(page: PageClient, record: LoadRecord, *, steps: int, end: float) -> None:
    """One visitor fine-tunes one copy after another, at least one."""
    visitor = SimulatedVisitor(page, record, 0)
    await visitor.follow(page.press("tab-train", "select"))
    page.fill(train_steps=steps)
    while True:
        await visitor.follow(page.press("train-copy"))
        if f"{steps} of {steps} steps" not in page.value("train-says"):
            record.failures.append(f"a training came to: {page.value('train-says')}")
            return
        record.trainings += 1
        if time.monotonic() >= end:
            return


async def judge_files(page: PageClient, record: LoadRecord, *, pairs: Sequence[Pair], end: float) -> None:
    """One visitor has one file after another judged, at least one, and reads what is given back."""
    visitor = SimulatedVisitor(page, record, 0)
    rows = [json.dumps(dict(zip(("premise", "hypothesis"), pair, strict=True))) for pair in pairs]
    page.fill(batch_file=await page.upload("pairs.jsonl", "\n".join(rows).encode()))
    while True:
        await visitor.follow(page.press("judge-batch"))
        if f"judged {len(pairs):,} pairs" not in page.value("batch-status"):
            record.failures.append(f"a file came to: {page.value('batch-status')}")
            return
        given = (await page.download(page.value("batch-jsonl"))).splitlines()
        for pair, line in zip(pairs, map(json.loads, given), strict=True):
            right = record.expected[pair].probabilities
            if any(abs(line["probabilities"][label] - one) > CLOSE for label, one in right.items()):
                record.wrong.append(f"{pair} in a file: {line}")
        record.batches += 1
        if time.monotonic() >= end:
            return
        await asyncio.sleep(PAUSE_SECONDS)
