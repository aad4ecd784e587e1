"""Reads an invented report by the rules alone, with the finders of the fields stage, for tests of whole reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from newsblotter.extract.rules import Rules, load_rules
from newsblotter.fields import Gazetteer, find_spans, load_gazetteer, read_when
from newsblotter.records import Mention, Report, Span, hash_id
from newsblotter.taxonomy import load_taxonomy

PUBLISHED = date(2019, 5, 16)  # a Thursday


@cache
def rules() -> Rules:
    return load_rules(load_taxonomy())


@cache
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def report(title: str, body: str = "", published: date | None = PUBLISHED, language: str | None = "en") -> Report:
    """A report as the collect stage would hand it on: title, blank line, body."""
    text = f"{title}\n\n{body}" if title and body else title or body
    return Report(hash_id("r", title, body), "r", None, None, title, text, language, published)


def spans(text: str) -> Mapping[str, tuple[Span, ...]]:
    return find_spans(text, gazetteer())


def read(title: str, body: str = "", published: date | None = PUBLISHED) -> tuple[Mention, ...]:
    """The mentions that the rules find, their claims not filled yet."""
    return rules().read(report(title, body, published), spans, read_when)
