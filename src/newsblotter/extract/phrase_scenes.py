"""The incident of a report in a language read by its word lists: one a report, told by cue words and dates.

The grammar that tells several incidents of an English report apart does not know these languages; a sentence that is dated far
from the main incident is left out, and nothing is made of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from newsblotter.extract.cues import DEEDS, STRENGTHS, Cue, CueFinder, Markers, compile_cues, load_markers
from newsblotter.extract.document import Document, ReadWhen, Scene, Sentence
from newsblotter.extract.genre import find_genre
from newsblotter.extract.kinds import judge_type
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Reality, Role, When, gap_days
from newsblotter.taxonomy import Taxonomy

GATE = 0.9  # cues that a report must hold: one that names a taking
SURE = 0.6  # strength of a cue that alone may evoke the incident
TITLE_WEIGHT, LEAD_WEIGHT, BODY_WEIGHT, GENERIC_WEIGHT = 2.5, 2.0, 1.0, 0.15
LEAD_SENTENCES = 3
APART_DAYS = 21  # a date further than this from the main one is another incident's; as in English
_PRECISE = ("day", "days", "weekend", "week", "month")


@dataclass(frozen=True, slots=True)
class _Line:
    sentence: Sentence
    cues: tuple[Cue, ...]
    weight: float
    generic: bool
    law: bool
    whens: tuple[When, ...]

    def tells(self) -> bool:
        return not self.generic and any(cue.group in DEEDS and cue.strength >= SURE - 0.1 for cue in self.cues)


class PhraseScenes:
    """Finds the incident of a report in one language. Stateless once built; safe to share."""

    def __init__(self, taxonomy: Taxonomy, language: str) -> None:
        cues: Mapping[str, Mapping[str, Sequence[str]]] = load_lexicon("types", language)
        types = {
            name: replace(kind, cues={group: tuple(patterns) for group, patterns in cues.get(name, {}).items()})
            for name, kind in taxonomy.types.items()
        }
        self._finder = CueFinder(replace(taxonomy, types=types))
        self._markers: Markers = load_markers(language)
        self._authority = compile_cues(load_lexicon("genre", language)["authority"])
        self._language = language

    def find(self, document: Document, read_when: ReadWhen) -> tuple[Scene, ...]:
        """The report's incident, with the sentences that speak of it; empty where it tells none."""
        lines = self._observe(document, read_when)
        told = sum(sum(cue.strength for cue in line.cues) * (GENERIC_WEIGHT if line.generic else 1.0) for line in lines)
        if told < GATE or not any(
            line.tells() and _is_set(lines[max(0, at - 1) : at + 2], document) for at, line in enumerate(lines)
        ):
            return ()
        if not self._is_borne_out(lines, document):
            return ()
        title = document.report.title or ""
        if find_genre((line.sentence.text for line in lines), title, language=self._language) is not None:
            return ()
        kept = _drop_far(lines, document)
        judged = judge_type(((line.weight, line.sentence.text, line.cues) for line in kept), self._markers)
        if judged is None:
            return ()
        kind, sureness = judged
        if kind == "attack" and any(cue.type == "bombing" and cue.group in DEEDS for line in kept for cue in line.cues):
            kind = "bombing"  # the word for an attack is the word for a bombing as well
        picked = _pick_trigger(kept, kind)
        if picked is None:
            return ()
        line, cue = picked
        head = [x for x in kept if document.is_title(x.sentence)] or kept[:1]
        role = Role.FOLLOW_UP if any(x.law for x in head) else Role.MAIN
        indices = tuple(x.sentence.index for x in kept)
        return (Scene(kind, role, self._judge_reality(kept, line), (cue.start, cue.end), indices, sureness=sureness),)

    def _observe(self, document: Document, read_when: ReadWhen) -> list[_Line]:
        lines: list[_Line] = []
        report, body = document.report, 0
        for sentence in document.sentences:
            if not sentence.readable:
                continue
            title = document.is_title(sentence)
            body += not title
            lower = sentence.text.lower()
            generic = self._markers.generic.stands_in(sentence.text, lower)
            weight = TITLE_WEIGHT if title else LEAD_WEIGHT if body <= LEAD_SENTENCES else BODY_WEIGHT
            # the strength anew: the finder takes an English plural's ending for weaker
            found = tuple(replace(c, strength=STRENGTHS[c.group]) for c in self._finder.find(sentence.text, sentence.start))
            times = document.spans_in("time", sentence.start, sentence.end)
            whens = (read_when(report.text, span.start, span.end, report.published) for span in times)
            dated = tuple(when for when in whens if when is not None)
            law = self._markers.any_outcome.search(sentence.text) is not None
            lines.append(_Line(sentence, found, weight * (GENERIC_WEIGHT if generic else 1.0), generic, law, dated))
        return lines

    def _is_borne_out(self, lines: Sequence[_Line], document: Document) -> bool:
        """Whether more than one word speaks of a deed: another cue, the law or the ambulance at work, or its day and its place.

        "A theft from the pensioners", said of a budget, is the one such word of its report.
        """
        words = {(cue.end - cue.start, cue.type, cue.group) for line in lines if not line.generic for cue in line.cues}
        return (
            len(words) > 1
            or any(self._authority.search(line.sentence.text) for line in lines)
            or any(
                line.tells() and line.whens and document.spans_in("place", line.sentence.start, line.sentence.end) for line in lines
            )
        )

    def _judge_reality(self, lines: Sequence[_Line], trigger: _Line) -> Reality:
        markers, text = self._markers, trigger.sentence.text
        done = any(markers.completed.search(line.sentence.text) for line in lines)
        if markers.hypothetical.search(text):
            return Reality.HYPOTHETICAL
        if markers.denied.search(text):
            return Reality.DENIED
        if not done and markers.attempted.search(text):
            return Reality.ATTEMPTED
        return Reality.PLANNED if not done and markers.planned.search(text) else Reality.ACTUAL


def _is_set(lines: Sequence[_Line], document: Document) -> bool:
    """Whether sentences say when or where, or count people or money."""
    start, end = lines[0].sentence.start, lines[-1].sentence.end
    return any(document.spans_in(kind, start, end) for kind in ("time", "place", "count", "money"))


def _drop_far(lines: Sequence[_Line], document: Document) -> list[_Line]:
    """Leave out the sentences that are dated far from the main incident; title and first sentence stay."""
    title = [line for line in lines if document.is_title(line.sentence)]
    body = [line for line in lines if not document.is_title(line.sentence)]
    main = next(
        (w for line in (*title, *body[:LEAD_SENTENCES]) if line.tells() for w in line.whens if w.precision in _PRECISE), None
    )
    if main is None:
        return list(lines)
    near = [line for line in body[1:] if not line.whens or any(gap_days(w, main) <= APART_DAYS for w in line.whens)]
    return [*title, *body[:1], *near]


def _pick_trigger(lines: Sequence[_Line], kind: str) -> tuple[_Line, Cue] | None:
    """The first sure cue of the type that was judged, else the strongest of any type."""
    told = [(line, cue) for line in lines for cue in line.cues]
    sure = [(line, cue) for line, cue in told if cue.type == kind and cue.strength >= SURE and not line.generic]
    if sure:
        return sure[0]
    return max(told, key=lambda pair: (pair[1].type == kind, pair[1].strength, -pair[1].start), default=None)
