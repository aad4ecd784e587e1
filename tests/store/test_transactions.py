"""Sitting at one connection and joining writings: all or nothing, and nobody sees the half."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from invented import make_report

from newsblotter.store import Store


def _known(store: Store, *names: str) -> set[str]:
    ids = {make_report(name).id: name for name in names}
    return {ids[found] for found in store.known_reports(ids)}


def test_what_is_joined_is_kept_together(store: Store) -> None:
    with store.join():
        store.add_reports([make_report("a")])
        store.add_reports([make_report("b")])
    assert _known(store, "a", "b") == {"a", "b"}


def test_an_error_takes_back_all_that_was_joined(store: Store) -> None:
    store.add_reports([make_report("before")])
    with pytest.raises(ZeroDivisionError), store.join():
        store.add_reports([make_report("a")])
        with store.join():
            store.add_reports([make_report("b")])
        raise ZeroDivisionError
    assert _known(store, "before", "a", "b") == {"before"}
    store.add_reports([make_report("after")])
    assert _known(store, "after") == {"after"}


def test_within_a_join_one_reads_what_one_wrote_and_others_do_not(store: Store, reopen: Callable[[], Store]) -> None:
    seen: list[set[str]] = []

    def look() -> None:
        seen.append(_known(store, "a"))

    with reopen() as other:
        with store.join():
            store.add_reports([make_report("a")])
            assert _known(store, "a") == {"a"}
            assert _known(other, "a") == set()
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        assert seen == [set()]
        assert _known(other, "a") == {"a"}


@pytest.mark.parametrize("joined", [False, True])
def test_a_stream_that_is_being_read_does_not_stand_in_the_way_of_writing(store: Store, joined: bool) -> None:
    store.add_reports([make_report(name) for name in "abc"])
    with store.build_lock():
        stream = store.reports()
        first = next(stream)
        if joined:
            with store.join():
                store.add_reports([make_report("d")])
                store.add_reports([make_report("e")])
        else:
            store.add_reports([make_report("d")])
        rest = [report.id for report in stream]
    assert first.id not in rest
    assert {make_report(name).id for name in "abc"} <= {first.id, *rest}
    assert _known(store, "d") == {"d"}


def test_sitting_ends_with_the_lock(store: Store) -> None:
    with store.build_lock():
        store.add_reports([make_report("a")])
    with store.build_lock():
        assert _known(store, "a") == {"a"}
    store.close()
