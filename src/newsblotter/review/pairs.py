"""The pairs of mentions that people judged, with what linking measured of them: for measuring linking, and for training it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from newsblotter.records import Judgement, Link, Mention
from newsblotter.review.explaining import compare_now
from newsblotter.review.judging import find_side
from newsblotter.review.ledger import WORD_KINDS, Judged, in_force, read_words
from newsblotter.review.revising import find_mentions_of
from newsblotter.review.sides import find_homes
from newsblotter.store import Store
from newsblotter.tables import encode_instant


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One judgement as a pair: the leading mention of either side."""

    word: Judged
    left: Mention
    right: Mention


def find_judged_pairs(store: Store) -> tuple[list[JudgedPair], list[int]]:
    """One pair for each judgement in force, and the numbers of those whose mentions cannot be found any more.

    A judgement is one decision and counts once, however many reports stand on its sides: "these two incidents of a hundred
    reports are one" would else outweigh everything else that was said. Of several judgements on one pair the last counts.
    """
    words = [word for word in in_force(read_words(store.journal(*WORD_KINDS))) if isinstance(word, Judged)]
    finder = find_mentions_of(store, words)
    pairs: dict[frozenset[str], JudgedPair] = {}
    lost = []
    for word in words:
        left, right = find_side(word.left, finder), find_side(word.right, finder)
        shared = {mention.id for mention in left} & {mention.id for mention in right}
        if shared and word.judgement is Judgement.DIFFERENT:
            left, right = ([mention for mention in side if mention.id not in shared] for side in (left, right))
        if not left or not right or left[0].id == right[0].id:
            lost.append(word.number)
            continue
        pairs[frozenset((left[0].id, right[0].id))] = JudgedPair(word, left[0], right[0])
    return list(pairs.values()), lost


def find_joined(store: Store, pairs: Iterable[JudgedPair]) -> set[int]:
    """The numbers of the judgements whose two mentions are of one incident in a store."""
    joined = set()
    for pair in pairs:
        ours = find_homes(store, pair.left.report_id).get(pair.left.id)
        if ours is not None and find_homes(store, pair.right.report_id).get(pair.right.id) == ours:
            joined.add(pair.word.number)
    return joined


def describe_pairs(store: Store, pairs: Iterable[JudgedPair]) -> Iterator[dict[str, Any]]:
    """Judged pairs as plain data, each with every feature that linking could measure: what a linker can be trained on."""
    sources = store.source_ids()
    for pair in pairs:
        link = compare_now(store, pair.left, pair.right)
        yield {
            "label": pair.word.judgement.value,
            "left": _describe(pair.left, sources.get(pair.left.report_id)),
            "right": _describe(pair.right, sources.get(pair.right.report_id)),
            "features": _list_features(link),
            "probability": link.probability if link is not None else None,
            "number": pair.word.number,
            "by": pair.word.by,
            "why": pair.word.why,
            "at": encode_instant(pair.word.at),
        }


def _describe(mention: Mention, source: str | None) -> dict[str, Any]:
    return {"mention": mention.id, "report": source, "type": mention.type, "role": mention.role.value}


def _list_features(link: Link | None) -> dict[str, float] | None:
    return {feature.name: feature.value for feature in link.features} if link is not None else None
