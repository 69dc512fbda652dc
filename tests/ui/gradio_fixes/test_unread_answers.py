"""Answers that nobody reads are bounded in time and in bytes; what is read, or still computed, stays."""

import asyncio

import gradio as gr
import pytest
from gradio.server_messages import ProcessCompletedMessage, ProcessStartsMessage

from bertmini_demo.ui.gradio_fixes import unread_answers as module
from bertmini_demo.ui.gradio_fixes.unread_answers import bound_unread_answers, estimate_bytes

ANSWER = {"data": [[0.5] * 1_000]}  # about 32 kB


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so."""
    now = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def queue():
    with gr.Blocks() as page:
        pass
    page.queue()
    return page._queue


def put(queue, session: str, message: object = None) -> None:
    if session not in queue.pending_messages_per_session:
        queue.pending_messages_per_session[session] = asyncio.Queue()
        queue.pending_event_ids_session[session] = {f"event of {session}"}
    queue.pending_messages_per_session[session].put_nowait(
        message or ProcessCompletedMessage(output=ANSWER, success=True)
    )


def sweep(queue) -> set[str]:
    """The sessions that are left."""
    asyncio.run(queue.pending_messages_per_session.sweep())
    assert set(queue.pending_event_ids_session) >= set(queue.pending_messages_per_session)
    return set(queue.pending_messages_per_session)


def test_an_answer_is_dropped_once_it_has_waited_for_its_seconds(queue, clock):
    bound_unread_answers(queue, seconds=60, megabytes=100)
    put(queue, "early")
    clock[0] += 40
    put(queue, "late")
    assert sweep(queue) == {"early", "late"}
    clock[0] += 21
    assert sweep(queue) == {"late"}
    assert set(queue.pending_event_ids_session) == {"late"}


def test_what_is_still_computed_waits_for_its_reader(queue, clock):
    bound_unread_answers(queue, seconds=60, megabytes=100)
    put(queue, "running", ProcessStartsMessage())
    clock[0] += 1_000
    assert sweep(queue) == {"running"}


def test_the_oldest_answers_give_way_once_all_are_too_large(queue, clock):
    size = estimate_bytes(ANSWER)
    bound_unread_answers(queue, seconds=60, megabytes=2.5 * size / 1e6)
    for session in "abcd":
        put(queue, session)
        clock[0] += 1
    assert sweep(queue) == {"c", "d"}
    put(queue, "c")
    clock[0] += 1
    put(queue, "e")
    assert sweep(queue) == {"e"} or sum(map(mailbox_size(queue), sweep(queue))) <= 2.5 * size


def mailbox_size(queue):
    return lambda session: queue.pending_messages_per_session[session].size


def test_what_was_read_no_longer_counts(queue, clock):
    boxes = bound_unread_answers(queue, seconds=60, megabytes=100)
    put(queue, "a")
    assert boxes["a"].size == estimate_bytes(ANSWER)
    boxes["a"].get_nowait()
    assert boxes["a"].size == 0
    clock[0] += 61
    assert sweep(queue) == set(), "a session of which nothing is left is forgotten"


def test_a_session_that_someone_listens_to_stays(queue, clock):
    boxes = bound_unread_answers(queue, seconds=60, megabytes=100)

    async def listen() -> bool:
        boxes["a"] = asyncio.Queue()
        reader = asyncio.create_task(boxes["a"].get())
        await asyncio.sleep(0)
        clock[0] += 1_000
        await boxes.sweep()
        reader.cancel()
        return "a" in boxes

    assert asyncio.run(listen())


def test_the_estimate_is_near_what_python_takes():
    import tracemalloc

    def make() -> dict:
        return {
            "data": [
                {"attentions": [[[row / 7 + column for column in range(100)] for row in range(100)]] * 1}
            ]
        }

    tracemalloc.start()
    value = make()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.7 < estimate_bytes(value) / taken < 1.3


def test_gradio_keeps_what_nobody_reads(queue, clock):
    for session in range(50):
        put(queue, str(session))
    clock[0] += 10_000
    kept = len(queue.pending_messages_per_session)
    assert (kept, hasattr(queue.pending_messages_per_session, "sweep")) == (50, False), (
        "Gradio bounds them itself"
    )
