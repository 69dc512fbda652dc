"""Trains visitors' copies one after another and keeps them until the visitor leaves, in bounded memory.

Training has one thread, on which torch uses one core and which lets all others go first: predictions do not wait for it.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock

from bertmini_demo.errors import DemoError
from bertmini_demo.model.background import single_core_executor
from bertmini_demo.model.cache import LRUCache
from bertmini_demo.model.registry import megabytes
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.training_jobs import TrainedCopy, TrainingJob

ABANDONED_SECONDS = 60  # without a look at it, a waiting training leaves the line
FAULT = "The training broke off; the server's log has the reason. Try again."
log = logging.getLogger(__name__)
REMEMBERED_NETWORKS = 1_000  # whose last turn is known; who was trained longest ago is forgotten first


class TrainingQueue:
    """The trainings in the queue and the copies they made, by visitor. Safe for threads.

    Networks take turns: next is the one whose last turn was longest ago. A visitor with many pages open, or many visitors of
    one school, delay each visitor of another network by at most one training.

    Args:
        folder: where files to be downloaded are put.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.settings = settings
        self._folder = folder
        self._jobs: dict[str, TrainingJob] = {}  # waiting or running, the earliest first
        self._running: TrainingJob | None = None
        self._copies: OrderedDict[str, TrainedCopy] = OrderedDict()  # the oldest first
        self._failures: LRUCache[str] = LRUCache(REMEMBERED_NETWORKS)
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._clock = count(1)
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def start(self, visitor: str, job: TrainingJob, *, network: str = "") -> TrainingJob:
        """Puts a training into the line; one that the visitor has there is stopped.

        Args:
            network: where the visitor is, such as an internet address.

        Raises:
            DemoError: the model is too large to be trained here, or the line is too long.
        """
        self._check_size(job)
        self.stop(visitor)
        job.network = network
        with self._lock:
            self._check_length(network)
            if self._pool is None:
                self._pool = single_core_executor("training")
            self._jobs.pop(visitor, None)
            self._jobs[visitor] = job
        self._pool.submit(self._run_next)
        return job

    def position(self, job: TrainingJob) -> int:
        """How many trainings are to end before this one begins, as the line is now."""
        with self._lock:
            running = self._running is not None and self._running is not job
            line = fair_order(self._waiting(), self._turns)
        return line.index(job) + running if job in line else 0

    def stop(self, visitor: str) -> None:
        """Ends the visitor's training after the current step and keeps the copy; one that waits leaves the line."""
        with self._lock:
            job = self._jobs.get(visitor)
            waits = job is not None and job is not self._running
            if waits:
                del self._jobs[visitor]
        if job is not None:
            job.stopped.set()
            if waits:
                job.future.set_result(None)

    def copy(self, visitor: str) -> TrainedCopy | None:
        """The copy of the visitor's last training; None where there was none, or it had to make room."""
        with self._lock:
            return self._copies.get(visitor)

    def status(self, visitor: str) -> tuple[TrainingJob | None, TrainedCopy | None, str | None]:
        """The visitor's training while it waits or runs, the copy it made, and why it failed; what there is not is None."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job is not None:
                job.looked_at = time.monotonic()
            return job, self._copies.get(visitor), self._failures.get(visitor)

    def leave(self, visitor: str) -> None:
        """Ends the visitor's training and forgets their copy."""
        self.stop(visitor)
        with self._lock:
            self._jobs.pop(visitor, None)
            self._discard(visitor)

    def _check_size(self, job: TrainingJob) -> None:
        size, settings = job.model.parameters * 4 / 1e6, self.settings
        limit = min(settings.train_megabytes, settings.copies_megabytes)
        if size > limit:
            raise DemoError(
                f"{job.model.name} takes {size:,.0f} MB; models of up to {limit:,} MB can be trained here. Choose a "
                "smaller one."
            )

    def _check_length(self, network: str) -> None:
        waiting = len(self._jobs)
        if waiting >= self.settings.train_line:
            raise DemoError(
                f"{waiting} trainings are in the queue, as many as may be. Try again in a minute."
            )
        nearby = sum(job.network == network for job in self._jobs.values())
        if nearby >= self.settings.train_per_address:
            raise DemoError(
                f"{nearby} trainings from your network are in the queue, as many as one network may have. Try again in a "
                "minute, or ask whoever runs this page to raise BERTMINI_TRAIN_PER_ADDRESS."
            )

    def _waiting(self) -> list[TrainingJob]:
        return [job for job in self._jobs.values() if job is not self._running]

    def _run_next(self) -> None:
        """Runs the training whose turn it is; on the thread for it, once for each that was put into the line."""
        self._drop_abandoned()
        with self._lock:
            line = fair_order(self._waiting(), self._turns)
            if not line:
                return
            job = self._running = line[0]
            self._turns[job.network] = next(self._clock)
            self._turns.move_to_end(job.network)
            while len(self._turns) > REMEMBERED_NETWORKS:
                self._turns.popitem(last=False)
        copy = error = None
        try:
            copy = job.run(self._folder)
        except DemoError as raised:
            error = raised
        except Exception as raised:  # a fault of ours: the visitor gets one line, the log the whole
            log.exception("A training failed")
            error = raised
        with self._lock:
            self._running = None
            visitor = next((name for name, one in self._jobs.items() if one is job), None)
            if visitor is not None:  # else the visitor has left
                del self._jobs[visitor]
                if copy is not None:
                    self._keep(visitor, copy)
                elif error is not None:
                    self._failures.put(visitor, str(error) if isinstance(error, DemoError) else FAULT)
        if error is None:
            job.future.set_result(copy)
        else:
            job.future.set_exception(error)

    def _drop_abandoned(self) -> None:
        """Takes trainings out of the line that nobody asks for any more."""
        with self._lock:
            oldest = time.monotonic() - ABANDONED_SECONDS
            waiting = [one for one in self._jobs.items() if one[1] is not self._running]
            dropped = [(visitor, job) for visitor, job in waiting if job.looked_at < oldest]
            for visitor, _ in dropped:
                del self._jobs[visitor]
        for _, job in dropped:
            job.future.set_result(None)

    def _keep(self, visitor: str, copy: TrainedCopy) -> None:
        self._discard(visitor)
        self._copies[visitor] = copy
        while sum(megabytes(one.analysis) for one in self._copies.values()) > self.settings.copies_megabytes:
            self._discard(next(iter(self._copies)))

    def _discard(self, visitor: str) -> None:
        copy = self._copies.pop(visitor, None)
        if copy is not None:
            copy.delete_file()


def fair_order(waiting: Sequence[TrainingJob], turns: Mapping[str, int]) -> list[TrainingJob]:
    """Trainings in the order in which they run if no more come.

    Args:
        waiting: the earliest first.
        turns: when each network last had its turn; a network that never had one is first.
    """
    rest, turns, line = list(waiting), dict(turns), []
    turn = max(turns.values(), default=0)
    while rest:
        turn += 1
        job = min(rest, key=lambda one: turns.get(one.network, 0))
        rest.remove(job)
        line.append(job)
        turns[job.network] = turn
    return line
