"""A report laid out for reading: its sentences, the phrases found in it, and the scenes that it tells.

    Report → Document(sentences, spans) → Scene (one incident's sentences) → Draft (one fact's words) → Claim

A *claimer* is a plain function ``(Document, Scene) -> Iterable[Draft]`` that finds the facts of one kind.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from newsblotter.records import Reality, Report, Role, Span, Value, When

if TYPE_CHECKING:
    from newsblotter.extract.encoder import Encoding


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, headline or list item of a report."""

    index: int
    start: int  # code points into the report's text
    end: int
    text: str
    paragraph: int  # counts blank lines before it
    readable: bool  # False: furniture, or a language that the rules do not read; no fact is taken from it
    turned: bool = False  # the later part of a sentence that turns, at its start, to another incident


@dataclass(frozen=True, slots=True)
class Document:
    """A report with its sentences and the phrases found in them."""

    report: Report
    sentences: tuple[Sentence, ...]
    spans: Mapping[str, tuple[Span, ...]]  # kind (time, place, address, money, count, person) → sorted by start
    title_end: int  # sentences that start before this offset are the title
    encoding: Encoding | None = None  # what the trained encoder says of it; None where nobody asked it
    _starts: dict[str, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)  # of the spans, once asked

    def spans_in(self, kind: str, start: int, end: int) -> tuple[Span, ...]:
        """The phrases of a kind that lie wholly within ``start:end``."""
        found = self.spans.get(kind, ())
        starts = self._starts.get(kind)
        if starts is None:
            starts = self._starts[kind] = [span.start for span in found]
        first, last = bisect_left(starts, start), bisect_right(starts, end)
        return tuple([span for span in found[first:last] if span.end <= end]) if first < last else ()

    def sentence_at(self, offset: int) -> Sentence | None:
        """The sentence that an offset lies in, None between sentences."""
        at = bisect_right(self.sentences, offset, key=lambda sentence: sentence.start) - 1
        if at >= 0 and offset < self.sentences[at].end:
            return self.sentences[at]
        return None

    def is_title(self, sentence: Sentence) -> bool:
        return sentence.start < self.title_end


@dataclass(frozen=True, slots=True)
class Scene:
    """One incident as the report tells it, before its facts are read."""

    type: str
    role: Role  # a first guess; settled once the values are known
    reality: Reality
    trigger: tuple[int, int]  # offsets of the words that evoke it
    sentences: tuple[int, ...]  # indices of the readable sentences that speak of it, ascending
    anchor: tuple[int, int] | None = None  # offsets of the words that date it, where one sentence dates several incidents
    when: When | None = None  # what the anchor means, where that hangs on another incident's day ("a year later")
    sureness: float = 1.0  # of the type, 0..1
    context: tuple[int, ...] = ()  # indices of sentences that may date and place it, but tell nothing else of it

    def is_main(self) -> bool:
        return self.role in (Role.MAIN, Role.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of one fact: becomes a Claim once its quote is cut."""

    field: str
    start: int
    end: int
    score: float  # 0..1
    said_by: str | None = None
    value: Value | None = None  # partial or vocabulary value; the fields stage completes it


Claimer: TypeAlias = Callable[[Document, Scene], Iterable[Draft]]
Finder: TypeAlias = Callable[[str], Mapping[str, Sequence[Span]]]
ReadWhen: TypeAlias = Callable[[str, int, int, date | None], When | None]  # text, start, end, publication day
