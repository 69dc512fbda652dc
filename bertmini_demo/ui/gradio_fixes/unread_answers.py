"""Gradio keeps answers that are never read.

Upstream (6.31): ``Queue.pending_messages_per_session`` holds what up to 2,000 sessions have not read, however much it is and
however long ago they asked; ``pending_event_ids_session`` is never emptied of sessions that do not come back.
"""

import asyncio
import time
from collections import deque

from gradio.queueing import Queue
from gradio.server_messages import EventMessage, ProcessCompletedMessage
from gradio.utils import LRUCache

NUMBER_BYTES = 32  # a float and its place in a list


class Mailbox(asyncio.Queue):
    """The messages one session has not read, with their size and age.

    Attributes:
        size: bytes of all messages in memory, estimated.
        touched: when a message was last put in or taken out, in seconds of time.monotonic().
    """

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.sizes: deque[tuple[int, float | None]] = deque()
        self.size, self.touched = 0, time.monotonic()

    def _put(self, item: EventMessage) -> None:
        super()._put(item)
        self.touched = time.monotonic()
        done = isinstance(item, ProcessCompletedMessage)
        size = estimate_bytes(getattr(item, "output", None))
        self.sizes.append((size, self.touched if done else None))
        self.size += size

    def _get(self) -> EventMessage:
        self.touched = time.monotonic()
        self.size -= self.sizes.popleft()[0]
        return super()._get()

    @property
    def is_read(self) -> bool:
        """Whether someone waits for the next message at this moment."""
        return any(not getter.done() for getter in self._getters)

    @property
    def unread_since(self) -> float:
        """When the oldest unread answer was ready; infinity where all were read."""
        return min((moment for _, moment in self.sizes if moment is not None), default=float("inf"))


class Mailboxes(LRUCache):
    """The mailboxes of all sessions, bounded in bytes and in time.

    Args:
        queue: whose mailboxes they are.
        seconds: how long an answer waits to be read.
        megabytes: of all unread messages, in millions of bytes; the session that waits longest gives way.
    """

    def __init__(self, queue: Queue, *, seconds: float, megabytes: float) -> None:
        super().__init__(queue.pending_messages_per_session.max_size)
        self.queue, self.seconds, self.max_bytes = queue, seconds, megabytes * 1e6

    def __setitem__(self, session: str, _: asyncio.Queue) -> None:
        super().__setitem__(session, Mailbox())

    async def sweep(self) -> None:
        """Drops what has waited too long, then, while there is too much, what has waited longest."""
        now = time.monotonic()
        for session, mailbox in list(self.items()):
            idle = mailbox.empty() and now - mailbox.touched > self.seconds and not self.is_busy(session)
            if not mailbox.is_read and (now - mailbox.unread_since > self.seconds or idle):
                await self.drop(session)
        by_age = sorted(self.items(), key=lambda entry: entry[1].touched)
        total = sum(mailbox.size for _, mailbox in by_age)
        for session, mailbox in by_age:
            if total <= self.max_bytes:
                break
            if mailbox.size:
                total -= mailbox.size
                await self.drop(session)

    def is_busy(self, session: str) -> bool:
        """Whether an event of the session waits or runs."""
        return any(event.session_hash == session for event in list(self.queue.event_ids_to_events.values()))

    async def drop(self, session: str) -> None:
        """Forgets a session's messages, and cancels what it still has in the queue."""
        await self.queue.clean_events(session_hash=session)
        self.queue.pending_event_ids_session.pop(session, None)
        self.pop(session, None)


def estimate_bytes(value: object) -> int:
    """About how much memory a value of JSON takes. A list that begins with a number is taken as numbers throughout."""
    if isinstance(value, dict):
        return 64 + sum(estimate_bytes(name) + estimate_bytes(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], int | float):
            return 56 + NUMBER_BYTES * len(value)
        return 56 + sum(8 + estimate_bytes(inner) for inner in value)
    return 50 + (len(value) if isinstance(value, str | bytes) else 0)


def bound_unread_answers(queue: Queue, *, seconds: float, megabytes: float) -> Mailboxes:
    """Gives a queue bounded mailboxes; whoever serves it calls their ``sweep`` now and then."""
    mailboxes = Mailboxes(queue, seconds=seconds, megabytes=megabytes)
    queue.pending_messages_per_session = mailboxes
    return mailboxes
