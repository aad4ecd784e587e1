"""Tell apart the incidents that one report tells: the main one, those in passing, the items of a round-up.

The title and the lead open the main scene. A later sentence opens another scene when it evokes an incident and says so
("in a separate incident"), is dated clearly away from the main one ("in 2008, …"), or tells something new of another place; the
sentences that lean on it follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from newsblotter.extract.cues import DEEDS, Cue, CueFinder, Markers
from newsblotter.extract.document import Document, ReadWhen, Scene
from newsblotter.extract.genre import find_genre
from newsblotter.extract.joint import is_joint, listed_dates, split_joint
from newsblotter.extract.kinds import hear, judge_type
from newsblotter.extract.lines import (
    BODY_WEIGHT,
    GENERIC_WEIGHT,
    LEAD_SENTENCES,
    Group,
    Line,
    has_outcome,
    is_new,
    names_property,
    observe,
)
from newsblotter.extract.roundups import find_items
from newsblotter.extract.stems import Alternation
from newsblotter.records import Reality, Role, Span, When, gap_days

GATE = 1.0  # cues that a report must hold, generic talk counting little, to tell an incident at all
LEAD_LOOKED_AT = 6  # sentences in which the main incident is dated, if it is dated at all
APART_DAYS = 21  # a date further than this from the main one is another incident's (arrests and deaths come sooner)
BESIDE = 30  # characters between a date and the deed that it dates
BESIDE_AFTER = 2
SAME_CLAUSE = 70  # characters between them where no step of the law stands nearer
LEANING_MAX = 5  # sentences that may follow the opener of a passing scene
NAMED = 0.5  # of a cue that names a deed, "killed" included
STRONG = 0.6  # of a cue that alone tells a deed; plurals and weak words have less

_LITERAL = frozenset({"shooting", "homicide"})  # their nouns are seldom borrowed: "gunshot wound", "murder"
_SOMEBODY = re.compile(
    r"\b(?:(?:wo)?m[ae]n|boys?|girls?|teen(?:ager)?s?|child(?:ren)?|students?|pupils?|officers?|deput(?:y|ies)|guards?|clerks?|couple|toddler"
    r"|residents?|pedestrians?|suspects?|victims?)\b",
    re.I,
)
_SHORT = frozenset({"day", "days", "weekend"})
_LONG = frozenset({"month", "season", "year"})
_GOES_ON = re.compile(r"^(?:[\"“‘']|(?:He|She|They|It|His|Her|Their)\b)")
_LONE_LEANING = re.compile(
    r"^[\"“‘']?(?:He|She|They|It|His|Her|Their|Both|Those|The (?:accused|incident|gang|group|culprits?|attack))\b"
)
_DATED_START = re.compile(r"^[-•*–—\s]*(?:(?:And|But|Back) )?(?:In|On|During|Last|(?:19|20)\d\d ?[:–—-])")
_ELSEWHERE = re.compile(r"^(?:By comparison|Also|Earlier|Later|Hours (?:earlier|later|before)|Meanwhile|Elsewhere|Separately)\b")
_IN_TOWN = re.compile(
    r"^(?:And |But )?(?:In|At|Near|Outside) (?:the )?(?:[\w'’.-]+,? ){1,6}?(?:an?|two|three|four|five|another|\w+men) "
)
_AUTHORITY = re.compile(
    r"\b(?:police|sheriff|deputies|cops?|court|charged|arrest(?:ed|s)?|suspects?|dead|dies|killed|injured|wounded|hurt)\b", re.I
)
_DETERMINER = re.compile(r"(?:\b(?:a|an|the|this|that|his|her|their|last|second|third|another)|['’]s)(?: [\w-]+){0,2} $", re.I)
_LEGAL_TIE = re.compile(
    r"\b(?:charged|convicted|sentenced|guilty|jailed|arrested|indicted|trial|tried|imprisoned|accused|wanted|suspected)\b[^.;]{0,60}$",
    re.I,
)
_SAID = re.compile(r"\b(?:said|says|told \w+|announced|confirmed|added|reported|revealed)(?: \w+)? (?:on )?$")
_LONG_AGO = re.compile(r"\b(?:years?|decades?) (?:ago|earlier|before)\b|\blast year\b", re.I)
_MONTH = re.compile(r"(?:last )?(?:January|February|March|April|May|June|July|August|September|October|November|December)")
_AGAIN = re.compile(r"\bagain\b", re.I)
_AFTER = re.compile(r"\bafter$", re.I)
_OWN_VERB = re.compile(
    r"\b(?:was|were|is|are|has|had|have|will|would)\b|\b[a-z]{3,}ed\b|\b(?:took|went|held|shot|stole|broke|made|left)\b"
)


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


def _dates_deed(line: Line, span: Span, markers: Markers, within: int | None = None) -> bool:
    """Whether a date stands nearer to the deed than to a step that came of it, and is not the day that somebody said so."""
    start = line.sentence.start
    if _SAID.search(line.sentence.text, 0, span.start - start):
        return False
    deed = min((_distance(span, cue.start, cue.end) for cue in line.cues), default=len(line.sentence.text))
    steps = (_distance(span, start + m.start(), start + m.end()) for m in markers.any_outcome.finditer(line.sentence.text))
    return deed <= min(steps, default=deed) and (within is None or deed <= within)


def _distance(span: Span, start: int, end: int) -> int:
    return max(start - span.end, span.start - end, 0)


def _main_date(lines: Sequence[Line], markers: Markers) -> When | None:
    """The day, or the best that the lead offers, on which the main incident happened."""
    told_later = has_outcome(lines[:2], markers)
    for precise in (True, False):
        for line in lines[: LEAD_LOOKED_AT if precise or told_later else LEAD_SENTENCES]:
            if not line.is_eventful() or line.generic or line.record:
                continue
            for span, when in line.whens:
                if _dates_deed(line, span, markers) and (not precise or when.precision in _SHORT):
                    return when
        if precise and (opening := _opening_day(lines, markers)) is not None:
            return opening
    return None


def _opening_day(lines: Sequence[Line], markers: Markers) -> When | None:
    """The day that the first sentence of the body names, where the title tells the deed and it no more than how."""
    at = next((n for n, line in enumerate(lines) if line.weight and n and line.sentence.start > lines[0].sentence.end), None)
    if at is None or not lines[0].is_eventful() or has_outcome(lines[: at + 1], markers):
        return None
    first, text = lines[at], lines[at].sentence.text
    if first.generic or first.record:
        return None
    days = (w for s, w in first.whens if w.precision in _SHORT and not _SAID.search(text, 0, s.start - first.sentence.start))
    return next(days, None)


def _day_before(document: Document, lines: Sequence[Line], markers: Markers) -> When | None:
    """The day of publication and the day before it, for a report of something recent that tells no day."""
    published = document.report.published
    if published is None or has_outcome(lines[:2], markers):
        return None
    return When(published - timedelta(days=1), published, "days")


def _is_apart(when: When, main: When) -> bool:
    """Whether a date cannot be of the main incident: weeks away, or a month or year that the main one's day is not in."""
    days = gap_days(when, main)
    return days > APART_DAYS or (days > 0 and when.precision in _LONG and main.precision in _SHORT)


def _dates_cue(line: Line, spans: Sequence[Span]) -> bool:
    """Whether one of the dates stands right at the words for the deed ("a 2008 hold-up", "the robbery in 1983")."""
    deeds = [cue for cue in line.cues if cue.group in DEEDS]
    return any(
        -BESIDE_AFTER <= cue.start - span.end <= BESIDE or 0 <= span.start - cue.end <= BESIDE for cue in deeds for span in spans
    )


@dataclass(slots=True)
class _Segmenter:
    """Shares the lines of a report out among its incidents, one line after the other."""

    document: Document
    markers: Markers
    read_when: ReadWhen
    date_: When | None  # of the main incident; None: it is recent, or long ago and its day not told yet
    recent: bool
    dated: bool  # the lead tells its day; else it is taken from the day of publication
    flat: bool  # the report kept no paragraphs
    joint: bool  # it tells what came of several deeds; those dated sentence by sentence are parted later
    main: Group = field(default_factory=lambda: Group(Role.MAIN))
    groups: list[Group] = field(default_factory=list)
    places: set[str] = field(default_factory=set)  # named in the title and the lead
    body: int = 0  # sentences after the title

    def run(self, lines: Sequence[Line]) -> list[Group]:
        self.groups = [self.main]
        current, last = self.main, lines[0]
        for line in lines:
            current = self._place(line, current, last)
            last = line
        return self.groups

    def _place(self, line: Line, current: Group, last: Line) -> Group:
        """The group that a line goes to; it is put there."""
        title = self.document.is_title(line.sentence)
        self.body += not title and not line.sentence.turned
        group = self._choose(line, current, last, title)
        if self.body <= LEAD_SENTENCES and group is self.main:
            self.places.update(self._places_of(line))
        return group

    def _choose(self, line: Line, current: Group, last: Line, title: bool) -> Group:
        if line.sentence.turned and (turned := self._turn(line, current, last)) is not None:
            return turned
        if title or self.body == 1:
            self.main.lines.append(line)
            return self.main
        if self.date_ is None and not self.recent and self._dates_main(line):
            self.date_ = line.whens[0][1]
            self.main.lines.append(line)
            return self.main
        if self._opens(line):
            return self._open(line)
        if self.markers.shift.search(line.sentence.text):
            return Group(Role.BACKGROUND, [line])  # general talk of other incidents: it and what leans on it are left out
        if current is self.main or not self._leans(line, current):
            current = self.main
        current.lines.append(line)
        return current

    def _dates_main(self, line: Line) -> bool:
        return self.body <= LEAD_LOOKED_AT and line.is_eventful() and bool(line.whens) and not line.record

    def _places_of(self, line: Line) -> set[str]:
        text = self.document.report.text
        return {text[s.start : s.end].lower() for s in self.document.spans_in("place", line.sentence.start, line.sentence.end)}

    def _open(self, line: Line) -> Group:
        anchors: list[Span | None] = [span for span, _ in listed_dates(line)]
        anchors = anchors or [line.headed_year()]
        self.groups.extend(Group(Role.BACKGROUND, [line], anchor) for anchor in anchors)
        return self.groups[-1]

    def _turn(self, line: Line, current: Group, last: Line) -> Group | None:
        """Open a scene for the later part of a sentence, None where it tells nothing of its own."""
        spans = self.document.spans_in("time", line.sentence.start, line.sentence.end)
        if not spans:
            return None
        group = Group(Role.BACKGROUND, [line], spans[0])
        if _AFTER.search(self.document.report.text, spans[0].start, spans[0].end):
            if not line.cues:
                return None
            group.when = self._count_back(spans[0])
            group.anchor = spans[0] if group.when is not None else None
        elif not line.cues:
            lends = last if last.cues else current.lines[0]
            if _OWN_VERB.search(line.sentence.text) or not lends.is_eventful():
                return None
            if not self._places_of(line) and not _AGAIN.search(line.sentence.text):
                return None
            group.lent = [lends]
        if current is self.main and self.body <= LEAD_SENTENCES and not self.recent:
            group.role = Role.FOLLOW_UP
        self.groups.append(group)
        return group

    def _count_back(self, span: Span) -> When | None:
        """The day that "two weeks after" counts back to from the main incident's."""
        if self.date_ is None:
            return None
        words = _AFTER.sub("ago", self.document.report.text[span.start : span.end])
        return self.read_when(words, 0, len(words), self.date_.latest)

    def _opens(self, line: Line) -> bool:
        """Whether a sentence turns to an incident other than the main one."""
        if line.generic and not self._is_dated_case(line):
            return False
        text, main = line.sentence.text, self.date_
        dated_start = _DATED_START.match(text) is not None
        if not line.is_eventful() and not (line.cues and dated_start):
            return False
        if main is None and not self.joint:
            far = [span for span, when in line.whens if when.precision != "day"] or self._long_ago(line)
            if not far or _dates_cue(line, far):
                return bool(far)
            clause = any(_dates_deed(line, span, self.markers, SAME_CLAUSE) for span in far)
            return not line.record and (dated_start or clause)
        if not line.record and self.markers.shift.search(text):
            return True
        if self.joint or main is None:
            return False
        if any(gap_days(when, main) == 0 for _, when in line.whens):
            return self._is_elsewhere(line)
        far = [span for span, when in line.whens if _is_apart(when, main)]
        if far and _dates_cue(line, far):
            return True
        if not far:
            return self._is_elsewhere(line)
        if line.record:
            return False
        if any(_dates_deed(line, span, self.markers, SAME_CLAUSE) for span in far):
            return True
        cue = max(line.cues, key=lambda c: c.strength)
        return _LEGAL_TIE.search(text, 0, max(0, cue.start - line.sentence.start)) is None

    def _long_ago(self, line: Line) -> list[Span]:
        """The phrases that put a deed months or years back in a report whose own day is unknown."""
        if self.document.report.published is not None or not self.recent:
            return []
        text = self.document.report.text
        spans = self.document.spans_in("time", line.sentence.start, line.sentence.end)
        other = line.sentence.paragraph != self.main.lines[-1].sentence.paragraph and is_new(line, self.document)
        return [
            span
            for span in spans
            if _LONG_AGO.search(text, span.start, span.end) or (other and _MONTH.fullmatch(text, span.start, span.end))
        ]

    def _is_dated_case(self, line: Line) -> bool:
        """Whether one deed, dated and placed, stands in a sentence of general talk ("reminded of the 2011 burglary in Genoa")."""
        strong = [cue for cue in line.cues if cue.strength >= STRONG and cue.group in DEEDS]
        spans = [span for span, when in line.whens if when.precision != "day"]
        return bool(strong) and _dates_cue(line, spans) and bool(self._places_of(line))

    def _is_elsewhere(self, line: Line) -> bool:
        """Whether a sentence tells something new of another place, of another day or said to be besides."""
        text = line.sentence.text
        if line.record or line.generic or has_outcome([line], self.markers):
            return False
        first = next((x for x in self.main.lines if not self.document.is_title(x.sentence)), None)
        if first is None or (first.sentence.paragraph == line.sentence.paragraph and self.body <= LEAD_SENTENCES):
            return False
        if not any(cue.strength >= STRONG for cue in line.cues) or not is_new(line, self.document):
            return False
        places = self._places_of(line)
        if not places or places & self.places:
            return False
        main = self.date_
        other_day = [s for s, w in line.whens if main and w.precision in _SHORT and gap_days(w, main) > 0]
        if other_day:
            return self.dated and bool(self.places) and all(_dates_deed(line, span, self.markers) for span in other_day)
        return _ELSEWHERE.match(text) is not None or _IN_TOWN.match(text) is not None

    def _leans(self, line: Line, group: Group) -> bool:
        """Whether a sentence goes on about the passing scene before it, rather than about the main one."""
        last = group.lines[-1]
        if len(group.lines) > LEANING_MAX:
            return False
        if self.date_ is not None and any(gap_days(when, self.date_) == 0 for _, when in line.whens) and line.cues:
            own = group.lines[0].whens
            if not any(gap_days(when, mine) == 0 for _, when in line.whens for _, mine in own):
                return False
        if line.sentence.paragraph == last.sentence.paragraph:
            if not self.flat:
                return True
            return _LONE_LEANING.match(line.sentence.text) is not None and len(group.lines) <= 2
        types = {cue.type for cue in line.cues}
        if types:
            own_types = {cue.type for x in group.lines for cue in x.cues}
            return types <= own_types and not types & {cue.type for x in self.main.lines for cue in x.cues}
        return line.sentence.index == last.sentence.index + 1 and _GOES_ON.match(line.sentence.text) is not None


def segment(document: Document, lines: Sequence[Line], markers: Markers, read_when: ReadWhen) -> list[Group]:
    """Share the lines out among the incidents that they tell; the first group is the main one unless it is a round-up."""
    items = find_items(lines, document, markers)
    if items:
        return items
    told = _main_date(lines, markers)
    date_ = told or _day_before(document, lines, markers)
    recent = not has_outcome(lines[:2], markers)
    flat = len({line.sentence.paragraph for line in lines}) <= 2
    groups = _Segmenter(document, markers, read_when, date_, recent, told is not None, flat, is_joint(lines, markers)).run(lines)
    return split_joint(groups, document, markers)


def _is_within(cue: Cue, line: Line, pattern: Alternation) -> bool:
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
    lines = (*group.lines, *group.lent)
    of_type = [(line, cue) for line in lines for cue in line.cues if cue.type == kind]
    strong = [(line, cue) for line, cue in of_type if cue.strength >= 0.6 and not line.generic]
    anything = [(line, cue) for line in lines for cue in line.cues]
    for found in (strong, of_type):
        if found:
            return found[0]
    return max(anything, key=lambda pair: (pair[1].strength, -pair[1].start)) if anything else None


def _is_particular(group: Group, document: Document) -> bool:
    """Whether a passing scene is one happening: dated, or placed and new, or with people or money counted."""
    if group.role is not Role.BACKGROUND:
        return True
    first = group.lines[0].sentence
    if group.lines[0].whens or group.anchor is not None:
        return True
    return bool(document.spans_in("place", first.start, first.end)) and (
        is_new(group.lines[0], document) or bool(document.spans_in("money", first.start, first.end))
    )


def _is_loose(lines: Sequence[Line], document: Document) -> bool:
    """Whether no deed is set in the world: at a place, to people, premises or valuables."""
    for line in lines:
        if line.generic or not any(cue.strength >= NAMED for cue in line.cues):
            continue
        start, end = line.sentence.start, line.sentence.end
        if is_new(line, document) or any(document.spans_in(kind, start, end) for kind in ("place", "address", "money")):
            return False
        strong = [cue for cue in line.cues if cue.group in DEEDS and cue.strength >= STRONG]
        if any(cue.group == "taken" or (cue.group == "noun" and cue.type in _LITERAL) for cue in strong):
            return False
        if strong and (names_property(line.sentence.text) or _SOMEBODY.search(line.sentence.text)):
            return False
    return True


def _tell(group: Group) -> list[tuple[float, str, tuple[Cue, ...]]]:
    """What the kind of a group's incident is judged by; a passing scene is weighed as though told by itself."""
    told = [line.told() for line in (*group.lent, *group.lines)]
    if group.role is not Role.BACKGROUND:
        return told
    return [(max(weight, BODY_WEIGHT), text, cues) for weight, text, cues in told]


def find_scenes(document: Document, finder: CueFinder, markers: Markers, read_when: ReadWhen) -> tuple[Scene, ...]:
    """Find the incidents that a report tells, each with its sentences; empty where it tells none."""
    lines = observe(document, finder, markers, read_when)
    told = sum(line.strength() * (GENERIC_WEIGHT if line.generic else 1.0) for line in lines)
    if told < GATE or not any(_tells(line, document) for line in lines):
        return ()
    texts, title = (line.sentence.text for line in lines), document.report.title or ""
    if find_genre(texts, title, loose=_is_loose(lines, document)) is not None:
        return ()
    found: list[Scene] = []
    for group in segment(document, lines, markers, read_when):
        judged = judge_type(_tell(group), markers)
        if judged is None or not _is_particular(group, document):
            continue
        picked = _pick_trigger(group, judged[0])
        if document.encoding is not None and group.role is Role.MAIN:
            heard = hear(judged, (cue for line in group.lines for cue in line.cues), document.encoding)
            again = _pick_trigger(group, heard[0])
            judged, picked = (heard, again) if again is not None else (judged, picked)
        if picked is None:
            continue
        kind, sureness = judged
        line, cue = picked
        role = group.role
        if role is Role.MAIN and has_outcome([x for x in group.lines if document.is_title(x.sentence)] or group.lines[:1], markers):
            role = Role.FOLLOW_UP
        reality = _judge_reality(group, line, document, markers)
        indices = tuple(sorted({x.sentence.index for x in group.lines}))
        anchor = (group.anchor.start, group.anchor.end) if group.anchor else None
        context = tuple(x.sentence.index for x in group.context)
        found.append(Scene(kind, role, reality, (cue.start, cue.end), indices, anchor, group.when, sureness, context))
    return tuple(found)
