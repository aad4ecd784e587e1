"""Rows asked for and written a page at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TypeVar

PAGE = 500  # rows fetched or written, or values named, in one statement: keeps memory flat; larger pages were no faster

_T = TypeVar("_T")


def in_pages(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items in their order, up to ``PAGE`` at a time."""
    rest = iter(items)
    while page := list(itertools.islice(rest, PAGE)):
        yield page
