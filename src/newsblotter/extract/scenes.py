"""Tell apart the incidents that one report tells: the main one, those in passing, the items of a round-up.

The title and the lead open the main scene. A later sentence opens another scene when it evokes an incident and either says so
("in a separate incident") or is dated clearly away from the main one ("in 2008, …"); the sentences that lean on it follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from newsblotter.extract.cues import DEEDS, Cue, CueFinder, Markers
from newsblotter.extract.document import Document, ReadWhen, Scene, Sentence
from newsblotter.extract.genre import find_genre
from newsblotter.extract.kinds import judge_type
from newsblotter.records import Reality, Role, Span, When, gap_days

GATE = 1.0  # cues that a report must hold, generic talk counting little, to tell an incident at all
GENERIC_WEIGHT = 0.15
RECORD_WEIGHT = 0.4  # somebody's record names other deeds than the one told
TITLE_WEIGHT = 2.5
LEAD_WEIGHT = 2.0
LEAD_SENTENCES = 3
LEAD_LOOKED_AT = 6  # sentences in which the main incident is dated, if it is dated at all
BODY_WEIGHT = 1.0
TAIL_WEIGHT = 0.5
TAIL_FROM = 12  # sentences; what stands after seldom names the main incident's type
APART_DAYS = 21  # a date further than this from the main one is another incident's (arrests and deaths come sooner)
YEARS_LISTED_MAX = 6
BESIDE = 30  # characters between a date and the deed that it dates
BESIDE_AFTER = 2
LEANING_MAX = 5  # sentences that may follow the opener of a passing scene

_GOES_ON = re.compile(r"^(?:[\"“‘']|(?:He|She|They|It|His|Her|Their)\b)")
_LONE_LEANING = re.compile(
    r"^[\"“‘']?(?:He|She|They|It|His|Her|Their|Both|Those|The (?:accused|incident|gang|group|culprits?|attack))\b"
)
_YEAR = re.compile(r"(?<![\d£$€,.])((?:19|20)\d\d)(?![\d,]\d|%)\b")
_YEAR_JOINT = re.compile(r"(?:,|;| and| or| again| then| in| as well as| ){1,5} ?")
_MANY = re.compile(
    r"\b(?:two|three|four|both|several|heists|robberies|raids|thefts|burglaries|attacks|shootings|again|hold-?ups|break-ins|too|also)\b",
    re.I,
)
_DATED_START = re.compile(r"^(?:And |But |Back )?(?:In|On|During|Last)\b")
_AUTHORITY = re.compile(
    r"\b(?:police|sheriff|deputies|cops?|court|charged|arrest(?:ed|s)?|suspects?|dead|dies|killed|injured|wounded|hurt)\b", re.I
)
_INDEFINITE = re.compile(r"\b(?:an?|another)(?: [\w-]+){0,2} $", re.I)
_DETERMINER = re.compile(r"(?:\b(?:a|an|the|this|that|his|her|their|last|second|third|another)|['’]s)(?: [\w-]+){0,2} $", re.I)
_LEGAL_TIE = re.compile(
    r"\b(?:charged|convicted|sentenced|guilty|jailed|arrested|indicted|trial|tried|imprisoned|accused|wanted|suspected)\b[^.;]{0,60}$",
    re.I,
)


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
        return self.weight, self.sentence.text, self.cues

    def strength(self) -> float:
        return sum(cue.strength for cue in self.cues)

    def is_eventful(self) -> bool:
        """Whether it names a deed, not only somebody or something that goes with one."""
        return any(cue.group in DEEDS or (cue.group == "actor" and self.whens) for cue in self.cues)


@dataclass(slots=True)
class Group:
    """Lines that speak of one incident."""

    role: Role
    lines: list[Line] = field(default_factory=list)
    anchor: Span | None = None  # the words that date it, where one sentence dates several
    context: list[Line] = field(default_factory=list)  # lines that may date and place it, and tell nothing else of it


def observe(document: Document, finder: CueFinder, markers: Markers, read_when: ReadWhen) -> list[Line]:
    """Look at each readable sentence: its cues, its dates, whether it is general talk."""
    lines: list[Line] = []
    body = 0
    report = document.report
    finder = finder.narrow(report.text)
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
        cues = tuple(
            Cue(c.start + sentence.start, c.end + sentence.start, c.type, c.group, c.strength) for c in finder.find(sentence.text)
        )
        whens = []
        for span in document.spans_in("time", sentence.start, sentence.end):
            when = read_when(report.text, span.start, span.end, report.published)
            if when is not None:
                whens.append((span, when))
        weight *= GENERIC_WEIGHT if generic else RECORD_WEIGHT if record else 1.0
        lines.append(Line(sentence, cues, weight, generic, record, tuple(whens)))
    return lines


def _tells(line: Line, document: Document) -> bool:
    """Whether a sentence tells of one deed, rather than naming a kind of deed ("theft or burglary worries them most")."""
    if line.generic or line.record or not line.is_eventful():
        return False
    if any(cue.group in ("verb", "taken", "taking", "loose") for cue in line.cues):
        return True
    start, end = line.sentence.start, line.sentence.end
    if line.whens or document.spans_in("place", start, end):
        return True
    nouns = [cue for cue in line.cues if cue.group == "noun"]
    if nouns and document.is_title(line.sentence) and _AUTHORITY.search(line.sentence.text):
        return True
    return any(_DETERMINER.search(line.sentence.text, 0, cue.start - start) for cue in nouns)


def _has_outcome(lines: Sequence[Line], markers: Markers) -> bool:
    return any(markers.any_outcome.search(line.sentence.text) for line in lines)


def _dates_deed(line: Line, span: Span, markers: Markers) -> bool:
    """Whether a date stands nearer to the deed than to an arrest, a trial or another step that came of it."""
    start = line.sentence.start
    deed = min(_distance(span, cue.start, cue.end) for cue in line.cues)
    steps = (_distance(span, start + m.start(), start + m.end()) for m in markers.any_outcome.finditer(line.sentence.text))
    return deed <= min(steps, default=deed)


def _distance(span: Span, start: int, end: int) -> int:
    return max(start - span.end, span.start - end, 0)


def _main_date(document: Document, lines: Sequence[Line], markers: Markers) -> When | None:
    """The day, or the best that the lead offers, on which the main incident happened."""
    told_later = _has_outcome(lines[:2], markers)
    for precise in (True, False):
        for line in lines[: LEAD_LOOKED_AT if precise or told_later else LEAD_SENTENCES]:
            if not line.is_eventful() or line.generic or line.record:
                continue
            for span, when in line.whens:
                if _dates_deed(line, span, markers) and (not precise or when.precision in ("day", "days", "weekend")):
                    return when
    published = document.report.published
    if published is not None and not told_later:
        return When(published - timedelta(days=1), published, "days")
    return None


def _dates_cue(line: Line, spans: Sequence[Span]) -> bool:
    """Whether one of the dates stands right at the words for the deed ("a 2008 hold-up", "the robbery in 1983")."""
    deeds = [cue for cue in line.cues if cue.group in DEEDS]
    return any(
        -BESIDE_AFTER <= cue.start - span.end <= BESIDE or 0 <= span.start - cue.end <= BESIDE for cue in deeds for span in spans
    )


def _opens(line: Line, main: When | None, markers: Markers) -> bool:
    """Whether a sentence turns to an incident other than the main one; ``main`` None: that one is recent, its day unknown."""
    if line.generic or not line.is_eventful():
        return False
    text = line.sentence.text
    if main is None:
        far = [span for span, when in line.whens if when.precision != "day"]
        return bool(far) and (_dates_cue(line, far) or (not line.record and _DATED_START.match(text) is not None))
    if not line.record and markers.shift.search(text):
        return True
    if any(gap_days(when, main) == 0 for _, when in line.whens):
        return False
    far = [span for span, when in line.whens if gap_days(when, main) > APART_DAYS]
    if far and _dates_cue(line, far):
        return True
    if line.record or not far:
        return False
    cue = max(line.cues, key=lambda c: c.strength)
    return _LEGAL_TIE.search(text, 0, max(0, cue.start - line.sentence.start)) is None


def _leans(line: Line, group: Group, main: Group, date_: When | None, flat: bool) -> bool:
    """Whether a sentence goes on about the passing scene before it, rather than about the main one."""
    last = group.lines[-1]
    if len(group.lines) > LEANING_MAX:
        return False
    if date_ is not None and any(gap_days(when, date_) == 0 for _, when in line.whens) and line.cues:
        own = group.lines[0].whens
        if not any(gap_days(when, mine) == 0 for _, when in line.whens for _, mine in own):
            return False
    if line.sentence.paragraph == last.sentence.paragraph:
        if not flat:
            return True
        return _LONE_LEANING.match(line.sentence.text) is not None and len(group.lines) <= 2
    types = {cue.type for cue in line.cues}
    if types:
        own_types = {cue.type for x in group.lines for cue in x.cues}
        return types <= own_types and not types & {cue.type for x in main.lines for cue in x.cues}
    return line.sentence.index == last.sentence.index + 1 and _GOES_ON.match(line.sentence.text) is not None


def _split_years(line: Line) -> list[Span]:
    """The years of a sentence that lists several incidents by year ("in 2007 and again in 2008"), else nothing."""
    text, start = line.sentence.text, line.sentence.start
    chain: list[re.Match[str]] = []
    for match in _YEAR.finditer(text):
        if chain and not _YEAR_JOINT.fullmatch(text, chain[-1].end(), match.start()):
            if len(chain) > 1:
                break
            chain = []
        chain.append(match)
    if not 2 <= len({m.group() for m in chain}) <= YEARS_LISTED_MAX or not _MANY.search(text) or not line.is_eventful():
        return []
    unique = {m.group(): Span(start + m.start(), start + m.end(), "time") for m in reversed(chain)}
    return sorted(unique.values(), key=lambda span: span.start)


def _is_set(line: Line, document: Document) -> bool:
    """Whether a sentence names an hour, a day or an address."""
    start, end = line.sentence.start, line.sentence.end
    return bool(document.spans_in("time", start, end)) or bool(document.spans_in("address", start, end))


def _is_new(line: Line, document: Document) -> bool:
    """Whether a sentence brings up a deed or people that were not spoken of: counted people, or "an arson attack"."""
    start, end = line.sentence.start, line.sentence.end
    nouns = (cue for cue in line.cues if cue.group == "noun")
    return bool(document.spans_in("count", start, end)) or any(
        _INDEFINITE.search(line.sentence.text, 0, c.start - start) for c in nouns
    )


def _items(lines: Sequence[Line], document: Document, markers: Markers) -> list[Group]:
    """The incidents of a round-up, one for each sentence that opens an item; nothing if this is no round-up."""
    title = [line for line in lines if document.is_title(line.sentence)]
    head = [*title, *[line for line in lines if not document.is_title(line.sentence)][:1]]
    if not any(markers.plural.search(line.sentence.text) for line in head) or _has_outcome(title, markers):
        return []
    groups: list[Group] = []
    paragraph, marked = -1, 0
    body = [line for line in lines if line not in head and not markers.plural.search(line.sentence.text)]
    for at, line in enumerate(body):
        item = markers.item.search(line.sentence.text) is not None
        fresh = line.sentence.paragraph != paragraph and _is_new(line, document)
        following = body[at + 1 : at + 2] if item else []
        set_ = any(_is_set(x, document) for x in (line, *following) if x.sentence.paragraph == line.sentence.paragraph)
        if line.is_eventful() and not line.generic and set_ and (item or fresh):
            groups.append(Group(Role.ROUND_UP, [line], context=head))
            marked += item
        elif groups:
            groups[-1].lines.append(line)
        paragraph = line.sentence.paragraph
    return groups if len(groups) >= 2 and marked else []


def segment(document: Document, lines: Sequence[Line], markers: Markers) -> list[Group]:
    """Share the lines out among the incidents that they tell; the first group is the main one unless it is a round-up."""
    items = _items(lines, document, markers)
    if items:
        return items
    main = Group(Role.MAIN)
    groups = [main]
    date_ = _main_date(document, lines, markers)
    flat = len({line.sentence.paragraph for line in lines}) <= 2
    recent = not _has_outcome(lines[:2], markers)
    current, body = main, 0
    for line in lines:
        title = document.is_title(line.sentence)
        body += not title
        if title or body == 1:
            main.lines.append(line)
            continue
        if date_ is None and not recent and body <= LEAD_LOOKED_AT and line.is_eventful() and line.whens and not line.record:
            date_ = line.whens[0][1]
            main.lines.append(line)
            current = main
        elif _opens(line, date_, markers):
            years = _split_years(line)
            current = Group(Role.BACKGROUND, [line], years[0] if years else None)
            groups.append(current)
            for year in years[1:]:
                current = Group(Role.BACKGROUND, [line], year)
                groups.append(current)
        elif markers.shift.search(line.sentence.text):
            current = Group(Role.BACKGROUND, [line])  # general talk of other incidents: it and what leans on it are left out
        elif current is not main and _leans(line, current, main, date_, flat):
            current.lines.append(line)
        else:
            current = main
            main.lines.append(line)
    return _split_joint(groups, document)


def _split_joint(groups: list[Group], document: Document) -> list[Group]:
    """A lead that tells of several incidents by year ("the heists of 2007 and 2008") opens a scene for each."""
    main = groups[0]
    for line in main.lines[: LEAD_SENTENCES + 1]:
        years = _split_years(line)
        if not years:
            continue
        text = document.report.text
        split = [Group(Role.FOLLOW_UP, [line], span) for span in years]
        for other in main.lines:
            if other is line:
                continue
            fits = [
                g
                for g in split
                if any(g.anchor and str(when.earliest.year) == text[g.anchor.start : g.anchor.end] for _, when in other.whens)
            ]
            for group in fits or split:
                group.lines.append(other)
        for group in split:
            group.lines.sort(key=lambda one: one.sentence.index)
        return split + groups[1:]
    return groups


def _is_within(cue: Cue, line: Line, pattern: re.Pattern[str]) -> bool:
    """Whether a cue is part of longer words, as "rob" of "plotting to rob"."""
    start = line.sentence.start
    return any(m.start() <= cue.start - start and cue.end - start <= m.end() for m in pattern.finditer(line.sentence.text))


def _judge_reality(group: Group, trigger: Line, document: Document, markers: Markers) -> Reality:
    told = [line.sentence.text for line in group.lines if line is trigger or document.is_title(line.sentence)]
    whole = [line.sentence.text for line in group.lines]
    done = any(markers.completed.search(text) for text in whole)
    if any(markers.hypothetical.search(text) for text in told):
        return Reality.HYPOTHETICAL
    if any(markers.denied.search(text) for text in told):
        return Reality.DENIED
    if not done and any(markers.attempted.search(text) for text in told):
        return Reality.ATTEMPTED
    deeds = any(cue.group == "verb" and not _is_within(cue, line, markers.planned) for line in group.lines for cue in line.cues)
    if not done and not deeds and any(markers.planned.search(text) for text in told):
        return Reality.PLANNED
    return Reality.ACTUAL


def _pick_trigger(group: Group, kind: str) -> tuple[Line, Cue] | None:
    """The first strong cue of the type that was judged, else the strongest of any type."""
    of_type = [(line, cue) for line in group.lines for cue in line.cues if cue.type == kind]
    strong = [(line, cue) for line, cue in of_type if cue.strength >= 0.6 and not line.generic]
    anything = [(line, cue) for line in group.lines for cue in line.cues]
    for found in (strong, of_type):
        if found:
            return found[0]
    return max(anything, key=lambda pair: (pair[1].strength, -pair[1].start)) if anything else None


def _is_particular(group: Group, document: Document) -> bool:
    """Whether a passing scene is one happening: dated, or set off and placed, or with people or money counted."""
    if group.role is not Role.BACKGROUND:
        return True
    first = group.lines[0].sentence
    if group.lines[0].whens or group.anchor is not None:
        return True
    return bool(document.spans_in("place", first.start, first.end)) and bool(
        document.spans_in("count", first.start, first.end) or document.spans_in("money", first.start, first.end)
    )


def find_scenes(document: Document, finder: CueFinder, markers: Markers, read_when: ReadWhen) -> tuple[Scene, ...]:
    """Find the incidents that a report tells, each with its sentences; empty where it tells none."""
    lines = observe(document, finder, markers, read_when)
    told = sum(line.strength() * (GENERIC_WEIGHT if line.generic else 1.0) for line in lines)
    if told < GATE or not any(_tells(line, document) for line in lines):
        return ()
    if find_genre(line.sentence.text for line in lines) is not None:
        return ()
    found: list[Scene] = []
    for group in segment(document, lines, markers):
        judged = judge_type((line.told() for line in group.lines), markers)
        if judged is None or not _is_particular(group, document):
            continue
        kind, sureness = judged
        picked = _pick_trigger(group, kind)
        if picked is None:
            continue
        line, cue = picked
        role = group.role
        if role is Role.MAIN and _has_outcome(
            [x for x in group.lines if document.is_title(x.sentence)] or group.lines[:1], markers
        ):
            role = Role.FOLLOW_UP
        reality = _judge_reality(group, line, document, markers)
        indices = tuple(sorted({x.sentence.index for x in group.lines}))
        anchor = (group.anchor.start, group.anchor.end) if group.anchor else None
        context = tuple(x.sentence.index for x in group.context)
        found.append(Scene(kind, role, reality, (cue.start, cue.end), indices, anchor, sureness, context))
    return tuple(found)
