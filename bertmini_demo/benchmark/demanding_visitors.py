"""Visitors who ask for a lot: one without pause, one who trains copies of the model, one who sends files of pairs."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping

import httpx

from bertmini_demo.benchmark.page_client import BusyError, PageClient

AT_ONCE = 20  # questions of one greedy visitor
QUESTIONS = ("verdict", "words", "changed_word", "how_it_decides.map", "why.methods")
STEPS = "100"  # of a training
LOOK_SECONDS = 1.0  # between two looks at a training
RULE = "premise\thypothesis\tlabel\n" + "".join(
    f"{number} dogs run .\t{number} dogs {verb} .\t{label}\n"
    for number in range(2, 30)
    for verb, label in (("move", "entailment"), ("sleep", "contradiction"))
)
ROWS = "premise\thypothesis\n" + "".join(
    f"{number} women read a book .\tSomeone sleeps .\n" for number in range(1_000)
)

Visit = Callable[[PageClient], Awaitable[None]]


async def ask_without_pause(page: PageClient) -> None:
    """One question after another, each of a pair that nobody has asked about."""
    for number, question in zip(itertools.count(), itertools.cycle(QUESTIONS)):
        with contextlib.suppress(BusyError):
            await page.ask(
                question, premise=f"{id(page)} men see {number} cats .", hypothesis="A cat sleeps ."
            )


async def train(page: PageClient) -> None:
    """Trains a copy of the model and waits until it is done."""
    begun = await page.ask("workbench.train", file=RULE.encode(), options={"steps": STEPS})
    while (await page.ask("workbench.training", options={"training": begun["token"]}))["running"]:
        await asyncio.sleep(LOOK_SECONDS)


async def send_file(page: PageClient) -> None:
    """Has a thousand pairs judged."""
    await page.ask("workbench.batch", file=ROWS.encode())


async def keep_asking(address: str, counts: Mapping[str, int], *, end: float) -> dict[str, object]:
    """Lets such visitors come, again and again until the end; what is under way then is broken off.

    Args:
        counts: how many of each: "greedy", "trainings" and "files".
        end: in seconds of time.monotonic().

    Returns:
        trainings_done and files_done; demanding_faults, the first ten things that failed.
    """
    done = dict.fromkeys(("greedy", "trainings", "files"), 0)
    faults: list[str] = []

    async def again(visit: Visit, name: str, client: httpx.AsyncClient) -> None:
        while True:
            try:
                await visit(PageClient(client))
            except (httpx.HTTPError, RuntimeError, BusyError) as error:
                faults.append(f"{name}: {type(error).__name__}: {error}")
                await asyncio.sleep(LOOK_SECONDS)
            else:
                done[name] += 1

    visits = [
        *[(ask_without_pause, "greedy")] * (AT_ONCE * counts.get("greedy", 0)),
        *[(train, "trainings")] * counts.get("trainings", 0),
        *[(send_file, "files")] * counts.get("files", 0),
    ]
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=None, limits=limits) as client:
        work = asyncio.gather(*(again(visit, name, client) for visit, name in visits))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(work, end - time.monotonic()) if visits else None
    return {
        "trainings_done": done["trainings"],
        "files_done": done["files"],
        "demanding_faults": faults[:10],
    }
