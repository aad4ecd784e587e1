"""Copies found among reports that come in, against all that are known: only what they meet is looked at again.

An index keeps each report's anchors and lines. A new report changes which lines are furniture (rarely), finds by its anchors
the texts it shares runs with, and takes its place among heads and copies. What it displaces is decided anew, in the order
of leads, so the groups are those of ``group_copies`` over everything, in whatever order reports came. They may differ where
an anchor of the texts concerned stands in more than ``CopySettings.crowd`` reports: then only the first of those to come in
and the leads of their groups are looked at.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from newsblotter.copies.anchors import TEXT_BITS, select_anchors
from newsblotter.copies.corpus import (
    FURNITURE_BODIES,
    Corpus,
    Text,
    find_furniture,
    keep_lines,
    lines_of,
    put_together,
    read_corpus,
    scope_lines,
    strip,
    take_apart,
)
from newsblotter.copies.folding import Flags, Hashes, Shares
from newsblotter.copies.groups import CopySettings, group_corpus, make_groups, verify
from newsblotter.copies.pairing import TEXTS_MAX, least_shared, part_anchors
from newsblotter.records import CopyGroup, CopyTrace, GroupedReports, Report

_LINES_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class CopyChange:
    """What new reports change in the index and in the groups."""

    traces: tuple[CopyTrace, ...] = ()  # of new reports, and of known ones that lost a line to the furniture
    dropped: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # report → anchors that it no longer has
    furniture: tuple[int, ...] = ()  # scoped lines that are furniture from now on
    gone: tuple[str, ...] = ()  # ids of groups that are no more
    groups: tuple[CopyGroup, ...] = ()  # in their place, and new ones


@dataclass(frozen=True, slots=True)
class Grouping:
    """All reports grouped at once, and what an index keeps of them. A report goes by its place in ``ids``."""

    ids: tuple[str, ...]
    words: tuple[int, ...]
    groups: tuple[CopyGroup, ...]
    furniture: tuple[int, ...]
    anchors: Iterable[tuple[list[int], list[int]]]  # anchors and the reports that have them, a part at a time, sorted
    lines: Iterable[tuple[list[int], list[int]]]  # the same for lines


def to_signed(hashes: Hashes) -> list[int]:
    """Hashes as a database keeps them."""
    return [int(one) for one in hashes.view(np.int64)]


def _to_hashes(signed: Iterable[int]) -> Hashes:
    return np.unique(np.array(sorted(signed), dtype=np.int64).view(np.uint64))


def anchors_of(text: Text) -> tuple[int, ...]:
    """A text's different anchors, sorted."""
    found, _ = select_anchors(text.words, np.array([len(text.words)], dtype=np.int64))
    return tuple(np.unique(found).tolist())


@dataclass
class _Texts:
    """Texts without furniture, by id; those that are only in the index are read when they are asked for."""

    index: GroupedReports
    fresh: frozenset[int]  # furniture that the index does not know yet
    held: dict[str, Text] = field(default_factory=dict)
    anchors: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def get(self, ids: Iterable[str]) -> list[Text]:
        wanted = list(ids)
        missing = [name for name in wanted if name not in self.held]
        if missing:
            for text in take_apart(self.sign(self.index.reports(missing))):
                self.held[text.id] = text
        return [self.held[name] for name in wanted if name in self.held]

    def sign(self, reports: Iterable[Report], with_fresh: bool = True) -> Corpus:
        """Reports without the furniture known for them."""
        corpus = read_corpus(reports)
        scoped: set[int] = set()
        for lines, outlet in zip(lines_of(corpus), corpus.outlets.tolist(), strict=True):
            for part in scope_lines(lines, outlet):
                scoped.update(to_signed(part))
        known = self.index.find_furniture(scoped) | (self.fresh & scoped if with_fresh else frozenset())
        strip(corpus, _to_hashes(known))
        return corpus

    def lengths_of(self, ids: Iterable[str]) -> dict[str, int]:
        lengths = {name: len(self.held[name].words) for name in ids if name in self.held}
        lengths.update(self.index.lengths_of([name for name in ids if name not in lengths]))
        return lengths

    def anchors_of(self, name: str) -> tuple[int, ...]:
        if name not in self.anchors:
            self.anchors[name] = anchors_of(self.get([name])[0])
        return self.anchors[name]


# --- furniture --------------------------------------------------------------------------------------------------------


def _find_new_furniture(new: Sequence[Report], index: GroupedReports) -> tuple[frozenset[int], list[Report]]:
    """Scoped lines that become furniture by the new reports, and the known reports that lose a line to it."""
    corpus = read_corpus(new)
    printed = Counter(line for lines in lines_of(corpus) for line in to_signed(lines))
    everywhere = dict(zip(printed, to_signed(scope_lines(_as_hashes(printed), 0)[0]), strict=True))
    shared = index.find_furniture(everywhere.values())
    hosts = index.find_hosts(line for line in printed if everywhere[line] not in shared)
    wanted = {name for line, names in hosts.items() if len(names) + printed[line] >= FURNITURE_BODIES for name in names} - {
        report.id for report in new
    }
    known = list(index.reports(wanted)) if wanted else []
    if not known and max(printed.values(), default=0) < FURNITURE_BODIES:
        return frozenset(), []
    found = to_signed(find_furniture(read_corpus([*known, *new])))
    fresh = frozenset(found) - index.find_furniture(found)
    if not fresh:
        return fresh, []
    corpus = read_corpus(known)
    losing = [
        report
        for report, lines, outlet in zip(known, lines_of(corpus), corpus.outlets.tolist(), strict=True)
        if any(not fresh.isdisjoint(to_signed(part)) for part in scope_lines(lines, outlet))
    ]
    return fresh, losing


def _as_hashes(signed: Iterable[int]) -> Hashes:
    return np.array(list(signed), dtype=np.int64).view(np.uint64)


# --- heads ------------------------------------------------------------------------------------------------------------


class _Heads:
    """Which head each text belongs to, decided anew for what changed; the rest is as the index has it."""

    def __init__(self, texts: _Texts, changed: Mapping[str, tuple[int, ...]], settings: CopySettings) -> None:
        self._texts = texts
        self._settings = settings
        self._changed = changed  # new texts and those that lost a line, with their anchors
        self._by_anchor: dict[int, list[str]] = {}
        for name, anchors in changed.items():
            texts.anchors[name] = anchors
            for anchor in anchors:
                self._by_anchor.setdefault(anchor, []).append(name)
        self._groups: dict[str, CopyGroup | None] = {}  # as the index has them
        self.decided: dict[str, str] = {}  # text → head, its own id for a head
        self._queue: list[tuple[tuple[int, int, str], str]] = []
        self._waiting: set[str] = set()

    def group_of(self, name: str) -> CopyGroup | None:
        """The group that a text was in before."""
        if name not in self._groups:
            self._look_up([name])
        return self._groups[name]

    def _look_up(self, names: Iterable[str]) -> None:
        unknown = [name for name in names if name not in self._groups]
        found = self._texts.index.groups_of(unknown) if unknown else {}
        self._groups.update({name: found.get(name) for name in unknown})

    def _was_head(self, name: str) -> bool:
        group = self.group_of(name)
        return name not in self._changed and (group is None or group.lead_id == name)

    def _is_head(self, name: str) -> bool:
        if name in self.decided:
            return self.decided[name] == name
        return self._was_head(name)

    def _push(self, names: Iterable[str]) -> None:
        for text in self._texts.get([name for name in names if name not in self._waiting]):
            self._waiting.add(text.id)
            heapq.heappush(self._queue, (text.lead_key, text.id))

    def settle(self) -> None:
        """Decide every text that is new, changed, or met by what changes."""
        self._look_up(self._changed)
        self._push(self._changed)
        for name in self._changed:
            self._push_copies_of(name)
        while self._queue:
            _, name = heapq.heappop(self._queue)
            self._waiting.discard(name)
            self._decide(name)

    def _push_copies_of(self, name: str) -> None:
        """Texts that had this one for their head look for another."""
        group = self.group_of(name)
        if group is not None and group.lead_id == name:
            self._push(one for one in group.report_ids if one != name)

    def _decide(self, name: str) -> None:
        before, after = self._find_kin(name)
        heads = [text for text in before if self._is_head(text.id)]
        own = self._texts.held[name]
        head = name
        if heads:
            copies, shares = self._verify(heads, [own] * len(heads))
            order = [(-share, len(text.words), text.lead_key) for share, text in zip(shares.tolist(), heads, strict=True)]
            fitting = [(key, text.id) for key, text, fits in zip(order, heads, copies.tolist(), strict=True) if fits]
            head = min(fitting)[1] if fitting else name
        was_head, new = self._is_head(name), name in self._changed and name not in self.decided
        self.decided[name] = head
        if head == name and (new or not was_head):
            copies, _ = self._verify([own] * len(after), after) if after else (np.zeros(0, dtype=np.bool_), None)
            self._push(text.id for text, fits in zip(after, copies.tolist(), strict=True) if fits)
        elif head != name and was_head:
            self._push_copies_of(name)
            self._push(one for one, its in self.decided.items() if its == name and one != name)

    def _verify(self, left: Sequence[Text], right: Sequence[Text]) -> tuple[Flags, Shares]:
        corpus = put_together([*left, *right])
        numbers = np.arange(len(left))
        return verify(corpus, numbers, numbers + len(left), self._settings)

    def _find_kin(self, name: str) -> tuple[list[Text], list[Text]]:
        """Texts that share enough anchors with one, before and after it in the order of leads."""
        crowd = self._settings.crowd
        anchors = self._texts.anchors_of(name)
        own = self._texts.get([name])[0]
        shared: Counter[str] = Counter()
        found = self._texts.index.meet(anchors, crowd)
        for names in found.values():
            shared.update(one for one in names if one not in self._changed)
        for anchor in anchors:
            shared.update(self._by_anchor.get(anchor, ()))
        del shared[name]
        self._look_up(shared)
        leads = {group.lead_id for one in shared if (group := self._groups[one]) is not None}
        leads.update(self.decided[one] for one in shared if one in self.decided)
        leads.discard(name)
        mine = set(anchors)
        if any(len(names) == crowd for names in found.values()):  # for leads what was cut off counts: a crowd keeps to one of them
            self._texts.get(leads)
            shared |= Counter({lead: len(mine.intersection(self._texts.anchors_of(lead))) for lead in leads})
        lengths = self._texts.lengths_of(shared)
        own_words = len(own.words)
        names = list(shared)
        words = np.array([lengths[one] for one in names], dtype=np.int64)
        least = least_shared(np.minimum(words, own_words), np.maximum(words, own_words), self._settings.bar)
        enough = [one for one, count in zip(names, least.tolist(), strict=True) if shared[one] >= count]
        kin = self._texts.get(enough)
        return [text for text in kin if text.lead_key < own.lead_key], [text for text in kin if text.lead_key > own.lead_key]

    def regroup(self) -> tuple[tuple[str, ...], tuple[CopyGroup, ...]]:
        """Ids of the groups that are no more, and the groups in their place."""
        touched = dict(self.decided)
        self._look_up([*touched, *touched.values()])
        olds = {group.id: group for name in [*touched, *touched.values()] if (group := self._groups[name]) is not None}
        head_of = {
            one: group.lead_id for group in olds.values() for one in group.report_ids if one != group.lead_id and one not in touched
        }
        head_of.update({name: head for name, head in touched.items() if head != name})
        news = {group.id: group for group in make_groups(head_of.items())}
        same = {name for name, group in news.items() if olds.get(name) == group}
        return tuple(sorted(olds.keys() - same)), tuple(group for name, group in news.items() if name not in same)


def update_copies(new: Sequence[Report], index: GroupedReports, settings: CopySettings | None = None) -> CopyChange:
    """Group reports with those that were grouped before, looking only at what they meet.

    Args:
        new: Reports that the index does not know.
        index: What is kept of the others.
        settings: The same as before; None for the defaults.

    Returns:
        What changes in the index and in the groups; nothing is written here.
    """
    fresh, losing = _find_new_furniture(new, index)
    texts = _Texts(index, fresh)
    dropped = {text.id: anchors_of(text) for text in take_apart(texts.sign(losing, with_fresh=False))} if losing else {}
    changed = [*new, *losing]
    lines = _kept_lines(changed, texts)
    for text in take_apart(texts.sign(changed)):
        texts.held[text.id] = text
    anchors = {report.id: anchors_of(texts.held[report.id]) for report in changed}
    heads = _Heads(texts, anchors, settings or CopySettings())
    heads.settle()
    gone, groups = heads.regroup()
    traces = tuple(CopyTrace(name, len(texts.held[name].words), anchors[name], lines[name]) for name in sorted(anchors))
    return CopyChange(traces, dropped, tuple(sorted(fresh)), gone, groups)


def _kept_lines(reports: Sequence[Report], texts: _Texts) -> dict[str, tuple[int, ...]]:
    """The lines of each report that may still become furniture somewhere."""
    corpus = read_corpus(reports)
    each = [to_signed(lines) for lines in lines_of(corpus)]
    different = sorted({line for lines in each for line in lines})
    scoped = to_signed(scope_lines(_as_hashes(different), 0)[0])
    shared = texts.index.find_furniture(scoped) | texts.fresh
    kept = {line for line, one in zip(different, scoped, strict=True) if one not in shared}
    return {name: tuple(line for line in lines if line in kept) for name, lines in zip(corpus.ids, each, strict=True)}


# --- all at once ------------------------------------------------------------------------------------------------------


def group_all(reports: Iterable[Report], settings: CopySettings | None = None) -> Grouping:
    """Group reports as ``group_copies`` does, and keep what ``update_copies`` needs later.

    Args:
        reports: All of them, read once.
        settings: None for the defaults.
    """
    corpus = read_corpus(reports)
    furniture = find_furniture(corpus)
    lines, hosts = keep_lines(corpus, furniture)
    strip(corpus, furniture)
    groups, by_rank, anchors = group_corpus(corpus, settings or CopySettings())

    def tell_anchors() -> Iterator[tuple[list[int], list[int]]]:
        for part in part_anchors(anchors):
            ranks = (part & np.uint64(TEXTS_MAX)).astype(np.int64)
            yield (part >> np.uint64(TEXT_BITS)).tolist(), by_rank[ranks].tolist()

    def tell_lines() -> Iterator[tuple[list[int], list[int]]]:
        for at in range(0, len(lines), _LINES_AT_ONCE):
            yield to_signed(lines[at : at + _LINES_AT_ONCE]), hosts[at : at + _LINES_AT_ONCE].tolist()

    words = tuple(corpus.lengths.tolist())
    return Grouping(tuple(corpus.ids), words, groups, tuple(to_signed(furniture)), tell_anchors(), tell_lines())
