"""The bounded cache drops what was used least recently, by number or by weight."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from bertmini_demo.model.cache import LRUCache, Replay


def contents(cache, keys):
    """What the cache holds of these keys; reading them in this order counts as use."""
    return {key: value for key in keys if (value := cache.get(key)) is not None}


def test_the_least_recently_used_entry_is_dropped():
    cache = LRUCache(2)
    cache.put("one", 1)
    cache.put("two", 2)
    cache.get("one")
    cache.put("three", 3)
    assert contents(cache, ["one", "two", "three"]) == {"one": 1, "three": 3}


def test_a_value_that_is_stored_again_counts_as_used():
    cache = LRUCache(2)
    cache.put("one", 1)
    cache.put("two", 2)
    cache.put("one", 10)
    cache.put("three", 3)
    assert contents(cache, ["one", "two", "three"]) == {"one": 10, "three": 3}


def test_a_capacity_counts_weights_where_they_are_given():
    cache = LRUCache(10, weigh=len)
    cache.put("a", "x" * 4)
    cache.put("b", "x" * 4)
    cache.put("c", "x" * 6)  # 14 in all: the first gives way, and 10 is not too much
    assert set(contents(cache, "abc")) == {"b", "c"}
    cache.put("d", "x" * 10)
    assert set(contents(cache, "abcd")) == {"d"}


def test_a_value_heavier_than_the_capacity_is_not_kept():
    cache = LRUCache(3, weigh=len)
    cache.put("a", "xx")
    cache.put("b", "xxxx")
    assert contents(cache, "ab") == {}


def test_an_entry_can_be_taken_out():
    cache = LRUCache(2)
    cache.put("one", 1)
    assert (cache.pop("one"), cache.pop("one"), cache.get("one")) == (1, None, None)


def test_threads_share_one_cache():
    cache = LRUCache(50)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: cache.put(number % 60, number), range(3000)))
    assert len(contents(cache, range(60))) == 50


def ask_while_computing(outcome):
    """Two ask for one key, the second while the first computes; what each got, and how often it was computed."""
    cache, begun, second_computes, calls = LRUCache(2), Event(), Event(), []

    def compute():
        calls.append(1)
        begun.set()
        second_computes.wait(0.3)  # which it must not
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def compute_again():
        second_computes.set()
        return compute()

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.compute, "key", compute)
        begun.wait(10)
        second = threads.submit(cache.compute, "key", compute_again)
    return cache, (first, second), len(calls)


def test_what_two_ask_for_at_once_is_computed_once():
    cache, asked, calls = ask_while_computing("value")
    assert [one.result() for one in asked] == ["value", "value"]
    assert calls == 1
    assert cache.compute("key", pytest.fail) == "value"


def test_none_is_a_result_like_any_other():
    cache, _, _ = ask_while_computing(None)
    assert cache.compute("key", pytest.fail) is None


def test_an_error_reaches_all_who_wait_and_is_not_kept():
    cache, asked, calls = ask_while_computing(ValueError("no"))
    assert calls == 1
    for one in asked:
        with pytest.raises(ValueError, match="no"):
            one.result()
    assert cache.compute("key", lambda: "value") == "value"


def test_readers_of_one_iterator_get_all_values_and_each_is_computed_once():
    computed = []
    replay = Replay(computed.append(number) or number for number in range(3))
    first, second = iter(replay), iter(replay)
    assert next(first) == 0
    assert list(second) == [0, 1, 2]
    assert list(first) == [1, 2]
    assert computed == [0, 1, 2]


def test_every_reader_gets_the_error_of_an_iterator():
    replay = Replay(1 // number for number in (1, 0, 1))
    for _ in range(2):
        reader = iter(replay)
        assert next(reader) == 1
        with pytest.raises(ZeroDivisionError):
            next(reader)
