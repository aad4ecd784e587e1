"""A report and one scene over all of it, for testing claimers by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.sentences import split_sentences
from newsblotter.fields.counts import find_counts
from newsblotter.fields.people import find_people
from newsblotter.records import Count, Reality, Report, Role


def tell(title: str, body: str = "") -> tuple[Document, Scene]:
    """Lay out a report whose every sentence is readable and belongs to one scene."""
    text = f"{title}\n\n{body}" if body else title
    report = Report("r", "r", None, None, title, text, "en", None)
    bounds = split_sentences(text)
    sentences = tuple(Sentence(i, a, b, text[a:b], 0, True) for i, (a, b) in enumerate(bounds))
    spans = {"count": find_counts(text), "person": find_people(text, lambda words: False)}
    scene = Scene("shooting", Role.MAIN, Reality.ACTUAL, (0, 1), tuple(range(len(sentences))))
    return Document(report, sentences, spans, len(title)), scene


def best(
    claimer: Callable[[Document, Scene], Iterable[Draft]], told: tuple[Document, Scene], field: str
) -> tuple[int, int | None] | None:
    """Low and high of the surest draft of a field."""
    drafts = [d for d in claimer(*told) if d.field == field]
    if not drafts:
        return None
    value = min(drafts, key=lambda d: (-d.score, d.start)).value
    assert isinstance(value, Count)
    return value.low, value.high
