"""Run one function over many reports in several processes, and survive the report that kills one."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 16  # reports a task: about a quarter of a second of work, so that handing over costs nothing and progress is smooth
AHEAD = 3  # tasks a worker that may wait: keeps workers busy while the parent writes, and memory bounded
_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


@contextmanager
def time_limit(limit_s: float) -> Iterator[None]:
    """Stop what runs inside after so many seconds.

    Works in the main thread of a process on POSIX; elsewhere there is no limit.

    Raises:
        TimeoutError: The time is over.
    """
    try:
        before = signal.signal(signal.SIGALRM, _ring)
    except (AttributeError, ValueError):  # no such signal on this system, or not in the main thread
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: object) -> None:
    raise TimeoutError("took too long")


def _begin(parent: int, start: Callable[[], None]) -> None:
    """First thing in a worker: leave interrupts to the parent, die with it, load what all reports need."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    start()


def _do(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


class Workers(Generic[Item, Result]):
    """Several processes that apply one function; results come in the order of the items.

    Args:
        function: A module's function; what it needs beyond the item, ``start`` loads into its module.
        start: Runs once in every worker.
        on_death: Makes the result of an item that killed its worker.
        count: How many processes; 1 works in this process (and does not survive a deadly item).
    """

    def __init__(
        self,
        function: Callable[[Item], Result],
        start: Callable[[], None],
        on_death: Callable[[Item], Result],
        count: int,
    ) -> None:
        self._function = function
        self._start = start
        self._on_death = on_death
        self._count = count

    def run(self, items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of every item, in order."""
        if self._count < 2:
            self._start()
            yield from map(self._function, items)
            return
        chunks = _chunk(items, CHUNK)
        waiting: deque[tuple[Sequence[Item], Future[list[Result]]]] = deque()
        pool = self._open(self._count)
        try:
            for chunk in chunks:
                try:
                    waiting.append((chunk, pool.submit(_do, self._function, chunk)))
                except BrokenProcessPool:  # broke since the last look; found out by the result below as well
                    waiting.append((chunk, _broken()))
                if len(waiting) >= AHEAD * self._count:
                    results, pool = self._collect(waiting, pool)
                    yield from results
            while waiting:
                results, pool = self._collect(waiting, pool)
                yield from results
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _collect(
        self, waiting: deque[tuple[Sequence[Item], Future[list[Result]]]], pool: ProcessPoolExecutor
    ) -> tuple[list[Result], ProcessPoolExecutor]:
        """Take the results of the oldest chunk; when a worker died, do every waiting chunk over, item by item."""
        _, future = waiting[0]
        try:
            results = future.result()
        except BrokenProcessPool:
            pool.shutdown(wait=False, cancel_futures=True)
            results = []
            for suspects, done in waiting:
                sound = done.done() and done.exception() is None
                results.extend(done.result() if sound else self._do_one_by_one(suspects))
            waiting.clear()
            return results, self._open(self._count)
        waiting.popleft()
        return results, pool

    def _do_one_by_one(self, items: Sequence[Item]) -> list[Result]:
        results = []
        pool = self._open(1)
        try:
            for item in items:
                try:
                    results.extend(pool.submit(_do, self._function, [item]).result())
                except BrokenProcessPool:
                    results.append(self._on_death(item))
                    pool.shutdown(wait=False, cancel_futures=True)
                    pool = self._open(1)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return results

    def _open(self, count: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)  # shares what is loaded
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # fork beside a progress bar's thread, which holds no lock of ours
            pool = ProcessPoolExecutor(count, context, _begin, (os.getpid(), self._start))
            pool.submit(int).result()  # forks the workers now
        return pool


def _broken() -> Future[list[Result]]:
    future: Future[list[Result]] = Future()
    future.set_exception(BrokenProcessPool("a worker died"))
    return future


def _chunk(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


LEAST_SHARED = 20_000  # items from which starting a second process pays, at some 60 µs an item
Part = TypeVar("Part")


def share_out(function: Callable[[Sequence[Item]], Part], items: Sequence[Item], count: int) -> list[Part]:
    """Apply a function to several equal parts of the items at once; give the results in order.

    The parts go to forked copies of this process, so the function may be a closure over anything; what it returns must
    pickle. With one processor, few items, or no fork on this system it is applied to all of them here.
    """
    if count < 2 or len(items) < LEAST_SHARED or "fork" not in multiprocessing.get_all_start_methods():
        return [function(items)]
    size = -(-len(items) // count)
    parts = [items[at : at + size] for at in range(0, len(items), size)]
    context = multiprocessing.get_context("fork")
    started = []
    for part in parts[1:]:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_send, args=(function, part, sender), daemon=True)
        process.start()
        sender.close()
        started.append((part, receiver, process))
    results = [function(parts[0])]
    for part, receiver, process in started:
        try:
            results.append(receiver.recv())
        except EOFError:  # it was killed, for memory perhaps: its part is done here
            results.append(function(part))
        process.join()
    return results


def _send(function: Callable[[Sequence[Item]], Part], part: Sequence[Item], sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sender.send(function(part))
    sender.close()
