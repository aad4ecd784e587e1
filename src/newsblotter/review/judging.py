"""From what people judged to links that clustering obeys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from newsblotter.records import Judgement, Link, Mention
from newsblotter.review.ledger import Judged, Side, Word, in_force
from newsblotter.review.references import Finder

# Mentions of each side that are held apart from one another, the leading ones first. A dozen hold two incidents apart whatever
# comes in later, as each group keeps some of them; every pair of two incidents of 200 reports would be 40,000 links.
CORE = 12


@dataclass(frozen=True, slots=True)
class Lost:
    """A judgement or correction that finds nothing to be said of in this run."""

    number: int
    why: str


def judge_links(words: Iterable[Word], finder: Finder) -> tuple[list[Link], list[Lost]]:
    """Links for what people judged, at most one a pair; a later word on a pair stands in place of an earlier one.

    SAME ties every mention of both sides to the leading one. DIFFERENT holds the leading mentions of the one side apart from
    those of the other. UNSURE only drops what was said of the two sides before.

    Returns:
        The links, by pair, and the judgements whose mentions cannot be found any more.
    """
    found: dict[tuple[str, str], Link] = {}
    lost: list[Lost] = []
    for word in in_force(words):
        if not isinstance(word, Judged):
            continue
        left, right = find_side(word.left, finder), find_side(word.right, finder)
        missing = [side.asked for side, told in ((word.left, left), (word.right, right)) if not told]
        if missing:
            lost.append(Lost(word.number, f"no report that is read tells of {' or of '.join(missing)} any more"))
            continue
        shared = {mention.id for mention in left} & {mention.id for mention in right}
        if shared and word.judgement is Judgement.DIFFERENT:
            left, right = ([m for m in side if m.id not in shared] for side in (left, right))
            if not left or not right:
                lost.append(Lost(word.number, "its report is now read as telling one incident where it told two"))
                continue
        _give_way(found, word.judgement, left, right)
        for pair in _pairs(word.judgement, left, right):
            found[pair] = _make_link(word, pair)
    return [found[pair] for pair in sorted(found)], lost


def find_side(side: Side, finder: Finder) -> list[Mention]:
    """The mentions of this run that one side of a judgement stands for, in its order, each once."""
    told = (finder.find(reference) for reference in side.mentions)
    return list({mention.id: mention for mention in told if mention is not None}.values())


def _give_way(found: dict[tuple[str, str], Link], judgement: Judgement, left: Sequence[Mention], right: Sequence[Mention]) -> None:
    """Drop what earlier words said otherwise of two sides that are judged now."""
    for one, other in product(left, right):
        pair = _order(one.id, other.id)
        if pair in found and found[pair].judgement is not judgement:
            del found[pair]


def _pairs(judgement: Judgement, left: Sequence[Mention], right: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    if judgement is Judgement.SAME:
        for other in [*left[1:], *right]:
            if other.id != left[0].id:
                yield _order(left[0].id, other.id)
    elif judgement is Judgement.DIFFERENT:
        for one, other in product(left[:CORE], right[:CORE]):
            yield _order(one.id, other.id)
    elif left[0].id != right[0].id:
        yield _order(left[0].id, right[0].id)


def _order(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _make_link(word: Judged, pair: tuple[str, str]) -> Link:
    probability = 1.0 if word.judgement is Judgement.SAME else 0.0
    return Link(*pair, probability, judgement=word.judgement, made_by=word.by, made_at=word.at)
