"""The readable sentences of a report with what was seen in them: cues, dates, general talk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from newsblotter.extract.cues import DEEDS, Cue, CueFinder, Markers
from newsblotter.extract.document import Document, ReadWhen, Sentence
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Role, Span, When

GENERIC_WEIGHT = 0.15
RECORD_WEIGHT = 0.4  # somebody's record names other deeds than the one told
TITLE_WEIGHT = 2.5
LEAD_WEIGHT = 2.0
LEAD_SENTENCES = 3
BODY_WEIGHT = 1.0
TAIL_WEIGHT = 0.5
TAIL_FROM = 12  # sentences; what stands after seldom names the main incident's type

VERDICT_LINES = 2  # the title and the first sentence, or the first two
_HEADED_YEAR = re.compile(r"[-•*–—·\s]*(?P<year>(?:19|20)\d\d)\s?(?:[:–—]|-\s)")


@dataclass(slots=True)
class Line:
    """A readable sentence with what was seen in it."""

    sentence: Sentence
    cues: tuple[Cue, ...]
    weight: float
    generic: bool
    record: bool
    whens: tuple[tuple[Span, When], ...]

    def told(self) -> tuple[float, str, tuple[Cue, ...]]:
        """What the kind of incident is judged by: weight, text, cues."""
        return self.weight, self.sentence.text, self.cues

    def strength(self) -> float:
        """How much its cues speak for an incident."""
        return sum(cue.strength for cue in self.cues)

    def is_eventful(self) -> bool:
        """Whether it names a deed, not only somebody or something that goes with one."""
        return any(cue.group in DEEDS or (cue.group == "actor" and self.whens) for cue in self.cues)

    def opens_with(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern matches where the sentence begins."""
        return pattern.match(self.sentence.text) is not None

    def headed_year(self) -> Span | None:
        """The year that heads an item of a list ("2003: Burglars …")."""
        match = _HEADED_YEAR.match(self.sentence.text)
        start = self.sentence.start
        return Span(start + match.start("year"), start + match.end("year"), "time") if match else None


@dataclass(slots=True)
class Group:
    """Lines that speak of one incident."""

    role: Role
    lines: list[Line] = field(default_factory=list)
    anchor: Span | None = None  # the words that date it, where one sentence dates several
    when: When | None = None  # what the anchor means, where that hangs on another incident's day
    context: list[Line] = field(default_factory=list)  # lines that may date and place it, and tell nothing else of it
    lent: list[Line] = field(default_factory=list)  # lines whose cues name its kind, where its own name none


def observe(document: Document, finder: CueFinder, markers: Markers, read_when: ReadWhen) -> list[Line]:
    """Look at each readable sentence: its cues, its dates, whether it is general talk."""
    lines: list[Line] = []
    body = 0
    report = document.report
    for sentence in document.sentences:
        if not sentence.readable:
            continue
        title = document.is_title(sentence)
        body += not title
        weight = (
            TITLE_WEIGHT if title else LEAD_WEIGHT if body <= LEAD_SENTENCES else BODY_WEIGHT if body < TAIL_FROM else TAIL_WEIGHT
        )
        lower = sentence.text.lower()
        generic = markers.generic.stands_in(sentence.text, lower)
        record = markers.record.stands_in(sentence.text, lower)
        cues = finder.find(sentence.text, sentence.start)
        whens = []
        for span in document.spans_in("time", sentence.start, sentence.end):
            when = read_when(report.text, span.start, span.end, report.published)
            if when is not None:
                whens.append((span, when))
        weight *= GENERIC_WEIGHT if generic else RECORD_WEIGHT if record else 1.0
        line = Line(sentence, cues, weight, generic, record, tuple(whens))
        headed = line.headed_year() if not whens and cues else None
        if headed is not None:
            year = int(report.text[headed.start : headed.end])
            line.whens = ((headed, When(date(year, 1, 1), date(year, 12, 31), "year")),)
        lines.append(line)
    _read_verdict(lines, markers)
    return lines


def _read_verdict(lines: Sequence[Line], markers: Markers) -> None:
    """Let the opening tell the deed where nothing else does: "found guilty of murdering …" is then the news, no record."""
    if any(line.is_eventful() and not line.record and not line.generic for line in lines) or not has_outcome(lines[:2], markers):
        return
    for line in lines[:VERDICT_LINES]:
        if line.record:
            line.record = False
            line.weight /= RECORD_WEIGHT


def has_outcome(lines: Sequence[Line], markers: Markers) -> bool:
    """Whether the lines tell a step of the law, a death that came of it, or goods found again."""
    return any(markers.any_outcome.search(line.sentence.text) for line in lines)


def is_set(line: Line, document: Document) -> bool:
    """Whether a sentence names an hour, a day or an address."""
    start, end = line.sentence.start, line.sentence.end
    return bool(document.spans_in("time", start, end)) or bool(document.spans_in("address", start, end))


@lru_cache(maxsize=1)
def _load_property() -> re.Pattern[str]:
    words = load_lexicon("goods")
    return re.compile(rf"\b(?:{words['goods']}|{words['premises']})(?!\w)", re.IGNORECASE)


def names_property(text: str) -> bool:
    """Whether a sentence names premises or valuables."""
    return _load_property().search(text) is not None


_INDEFINITE = re.compile(r"\b(?:an?|another)(?: [\w-]+){0,2} $", re.I)
_SOMEBODY = re.compile(
    r"\b(?:an?|another|one|two|three|four|five|six|several|some|\d+) (?:[\w'’-]+ ){0,3}?"
    r"(?:m[ae]n|wom[ae]n|boys?|girls?|teens?|teenagers?|youths?|persons?|people|child(?:ren)?|students?|drivers?|officers?|soldiers?"
    r"|guards?|gunm[ae]n|robbers?|thie(?:f|ves)|burglars?|raiders?|bandits?|attackers?|bombers?|\d+-year-old|pupils?|tourists?)\b",
    re.I,
)


def is_new(line: Line, document: Document) -> bool:
    """Whether a sentence brings up a deed or people that were not spoken of: counted people, or "an arson attack"."""
    start, end = line.sentence.start, line.sentence.end
    nouns = (cue for cue in line.cues if cue.group == "noun")
    return (
        bool(document.spans_in("count", start, end))
        or any(_INDEFINITE.search(line.sentence.text, 0, c.start - start) for c in nouns)
        or _SOMEBODY.search(line.sentence.text) is not None
    )
