"""Extract: the incidents that a report tells, each fact with its words. ``Engine`` is what every reader of reports is."""

from __future__ import annotations

from typing import Protocol

from newsblotter.extract.document import Finder, ReadWhen
from newsblotter.extract.rules import Rules, load_rules
from newsblotter.records import Mention, Report

__all__ = ["Engine", "Finder", "ReadWhen", "Rules", "load_rules"]


class Engine(Protocol):
    """Reads reports: the rules of today, a trained model or a language model tomorrow."""

    @property
    def version(self) -> str:
        """Name and version; another one means that stored reports are read again."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 of the languages that it reads; reports in others are kept unread."""
        ...

    def read(self, report: Report, find_spans: Finder, read_when: ReadWhen) -> tuple[Mention, ...]:
        """Find the incidents that a report tells; claims' values may be None or partial."""
        ...

    def for_copies(self) -> Engine:
        """The reader of copies: without a model, as what a copy shares with its lead is read there."""
        ...
