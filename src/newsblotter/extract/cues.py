"""Find the words that evoke an incident, and the words that tell how a sentence stands to it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.stems import Alternation, Headed, StemIndex, stems_of
from newsblotter.lexicon import load_lexicon
from newsblotter.taxonomy import Taxonomy, expand

# How much one cue of each group speaks for its type. Nouns and verbs name the deed; actors and weak cues lean on others.
# "taking" words (heist, raid) leave open whether it was robbery, burglary or theft, and so do "taken" ones, which name the goods
# ("took 40 watches"); "loose" words (killed) go with other types too.
STRENGTHS: Mapping[str, float] = {"noun": 1.0, "verb": 1.0, "taken": 1.0, "taking": 0.9, "actor": 0.6, "loose": 0.5, "weak": 0.35}
# Groups whose words name a deed; the others name who or what goes with one.
DEEDS = frozenset({"noun", "verb", "taken", "taking", "loose"})
# A bare plural ("robberies are rare") rarely tells one happening.
PLURAL_STRENGTH = 0.4

_PLURAL = re.compile(r"(?:ies|[^s]s)$")
_POLICE_RAID = re.compile(
    r"(?:police|officers|detectives|agents|investigators|authorities|troops|soldiers)\W+(?:\w+\W+){0,2}$", re.I
)
_CAPITALISED = re.compile(r" [A-ZÀ-Þ]")
_CAPITALISED_BEFORE = re.compile(r"\b[A-ZÀ-Þ]\S* $")


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of a text that evokes an incident type."""

    start: int
    end: int
    type: str
    group: str  # noun, verb, taken, taking, actor, loose, weak
    strength: float  # 0..1


def compile_cues(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for many, case ignored, at word boundaries; an empty list matches nothing."""
    joined = "|".join(patterns)
    return re.compile(rf"\b(?:{joined})(?!\w)" if joined else r"(?!)", re.IGNORECASE)


class PatternSet:
    """Many expressions searched as one; those whose letters a text lacks are not tried."""

    def __init__(self, patterns: Iterable[str]) -> None:
        always: list[str] = []
        self._lazy: list[tuple[tuple[str, ...], Headed]] = []
        for pattern in patterns:
            stems = stems_of(pattern)
            if stems is None:
                always.append(pattern)
            else:
                self._lazy.append((tuple(sorted(stems)), Headed(compile_cues([pattern]))))
        self._always = Headed(compile_cues(always)) if always else None

    def may_stand(self, lower: str) -> bool:
        """Whether any of the expressions can match at all; ``lower`` is the text in lower case."""
        return self._always is not None or any(stem in lower for stems, _ in self._lazy for stem in stems)

    def stands_in(self, text: str, lower: str) -> bool:
        """Whether any of the expressions matches somewhere; ``lower`` is the text in lower case."""
        if self._always is not None and self._always.stands_in(text, lower):
            return True
        for stems, pattern in self._lazy:
            for stem in stems:
                if stem in lower:
                    if pattern.stands_in(text, lower):
                        return True
                    break
        return False

    def find(self, text: str, lower: str) -> list[tuple[int, int]]:
        """Offsets of the matches, none overlapping, the leftmost and longest first; ``lower`` is the text in lower case."""
        found = [match.span() for match in self._always.find_all(text, lower)] if self._always else []
        for stems, pattern in self._lazy:
            for stem in stems:
                if stem in lower:
                    found.extend(match.span() for match in pattern.find_all(text, lower))
                    break
        return _keep_apart(found)

    def parts(self) -> Iterator[tuple[frozenset[str] | None, Headed]]:
        """The compiled expressions, each with its stems; None where it may match any text."""
        if self._always is not None:
            yield None, self._always
        for stems, pattern in self._lazy:
            yield frozenset(stems), pattern


def _keep_apart(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of matches that overlap, the leftmost and longest."""
    if len(found) < 2:
        return found
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


class CueFinder:
    """Finds the cues of every type of a taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        sets = [
            (name, group, PatternSet(kind.cues[group]))
            for name, kind in taxonomy.types.items()
            for group in STRENGTHS
            if kind.cues.get(group)
        ]
        self._masks_from = len(sets)  # those numbered so or higher are words that are never a cue of their type
        sets += [(name, "not", PatternSet(kind.cues["not"])) for name, kind in taxonomy.types.items() if kind.cues.get("not")]
        self._owners = [(name, group) for name, group, _ in sets]
        parts = [(owner, *part) for owner, (*_, patterns) in enumerate(sets) for part in patterns.parts()]
        self._patterns = [(owner, pattern) for owner, _, pattern in parts]
        self._index = StemIndex(stems for _, stems, _ in parts)

    def find(self, text: str, offset: int = 0) -> tuple[Cue, ...]:
        """Cues in a text, sorted by place. Within one type the strongest of two overlapping cues stays.

        Args:
            offset: Added to the cues' places: where the text stands in its report.
        """
        lower = text.lower()
        found: dict[int, list[tuple[int, int]]] = {}
        for number in sorted(self._index.find(lower)):
            owner, pattern = self._patterns[number]
            if owner >= self._masks_from and not found:
                break
            spans = [match.span() for match in pattern.find_all(text, lower)]
            if spans:
                found.setdefault(owner, []).extend(spans)
        if not found:
            return ()
        masks = [(self._owners[owner][0], _keep_apart(spans)) for owner, spans in found.items() if owner >= self._masks_from]
        told: dict[str, list[Cue]] = {}
        for owner, spans in found.items():
            if owner >= self._masks_from:
                break
            name, group = self._owners[owner]
            for start, end in _keep_apart(spans):
                if _is_masked(start, end, name, masks):
                    continue
                words = lower[start:end]
                if _is_somebody_elses(text, start, end):
                    continue
                strength = STRENGTHS[group]
                if group == "noun" and _PLURAL.search(words):
                    strength = PLURAL_STRENGTH
                told.setdefault(name, []).append(Cue(start + offset, end + offset, name, group, strength))
        kept = (cue for cues in told.values() for cue in _keep_strongest(cues))
        return tuple(sorted(kept, key=lambda c: (c.start, -c.end, c.type)))


def _is_somebody_elses(text: str, start: int, end: int) -> bool:
    """Whether words that look like a robber's are the police's ("officers raided") or a name ("said Rob Ford")."""
    words = text[start:end]
    if words[:4].lower() == "raid":
        return _POLICE_RAID.search(text, max(0, start - 40), start) is not None
    named = words == "Rob" and _CAPITALISED.match(text, end) is not None
    return named and _CAPITALISED_BEFORE.search(text, 0, start) is None


def _is_masked(start: int, end: int, name: str, masks: Iterable[tuple[str, list[tuple[int, int]]]]) -> bool:
    """Whether words that are never a cue lie across these; a longer or equal cue of another type outdoes them ("gas explosion")."""
    for owner, spans in masks:
        at = bisect_left(spans, (end, 0)) - 1
        if at < 0 or spans[at][1] <= start:
            continue
        low, high = spans[at]
        if owner == name or not (start <= low and high <= end):
            return True
    return False


def _keep_strongest(cues: list[Cue]) -> list[Cue]:
    """Of cues of one type that overlap, the strongest; of equals the one whose group comes first, then the leftmost."""
    if len(cues) < 2:
        return cues
    kept: list[tuple[int, int]] = []
    chosen: list[Cue] = []
    for cue in sorted(cues, key=lambda c: -c.strength):
        at = bisect_left(kept, (cue.start, cue.end))
        clear_left = at == 0 or kept[at - 1][1] <= cue.start
        clear_right = at == len(kept) or kept[at][0] >= cue.end
        if clear_left and clear_right:
            kept.insert(at, (cue.start, cue.end))
            chosen.append(cue)
    return chosen


@dataclass(frozen=True, slots=True)
class Markers:
    """Compiled word lists of cues.yaml; see that file for what each holds."""

    shift: Alternation
    item: Alternation
    plural: Alternation
    column: Alternation
    record: PatternSet
    generic: PatternSet
    attempted: Alternation
    planned: Alternation
    denied: Alternation
    hypothetical: Alternation
    completed: Alternation
    force_sure: Alternation
    force: Alternation
    stealth_sure: Alternation
    stealth: Alternation
    sneak_sure: Alternation
    sneak: Alternation
    outcome: Mapping[str, re.Pattern[str]]
    any_outcome: Alternation


@lru_cache(maxsize=4)
def load_markers(language: str = "en") -> Markers:
    """Load the word lists that tell how a sentence stands to an incident."""
    words = {**dict.fromkeys(load_lexicon("cues"), ()), **load_lexicon("cues", language)}  # a list that it lacks finds nothing
    outcome = {kind: compile_cues([pattern]) for kind, pattern in words["outcome"].items()}
    lists = {
        name: Alternation([compile_cues([expand(pattern)]) for pattern in patterns])
        for name, patterns in words.items()
        if name not in ("outcome", "generic", "record")
    }
    return Markers(
        outcome=outcome,
        any_outcome=Alternation([compile_cues([pattern]) for pattern in words["outcome"].values()]),
        generic=PatternSet(words["generic"]),
        record=PatternSet(words["record"]),
        **lists,
    )
