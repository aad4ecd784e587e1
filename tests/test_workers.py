"""Workers: order, deadly items, limits."""

from __future__ import annotations

import os
import sys
import time

import pytest

from newsblotter.workers import Workers, time_limit

DEADLY = {37, 90}


def _start() -> None:
    pass


def _double(item: int) -> int:
    return 2 * item


def _double_or_die(item: int) -> int:
    if item in DEADLY:
        os._exit(9)
    return 2 * item


def _mourn(item: int) -> int:
    return -item


@pytest.mark.parametrize("count", [1, 2], ids=["here", "two processes"])
@pytest.mark.parametrize("items", [0, 1, 16, 100], ids=str)
def test_results_come_in_order(count: int, items: int) -> None:
    workers = Workers(_double, _start, _mourn, count)
    assert list(workers.run(range(items))) == [2 * item for item in range(items)]


def test_a_deadly_item_takes_nobody_along() -> None:
    workers = Workers(_double_or_die, _start, _mourn, 2)
    assert list(workers.run(range(200))) == [-item if item in DEADLY else 2 * item for item in range(200)]


@pytest.mark.skipif(sys.platform == "win32", reason="no alarm signal")
def test_time_limit_stops_a_loop() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError), time_limit(0.1):
        while True:
            pass
    assert time.monotonic() - began < 2
    with time_limit(5):
        pass  # and leaves nothing behind
