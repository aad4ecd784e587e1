"""Which reports are one text: shared shingles propose, verbatim runs decide.

The "anchor" design: a share of all 5-word shingles, chosen by hash, proposes pairs; a pair is a copy when enough of the
shorter text lies in long verbatim runs of the longer. Containment makes a cut copy as easy to find as a whole one; the
runs tell copies from texts that only share a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsblotter.copies.signatures import Hashes, Signature, hash_shingles, sign
from newsblotter.records import CopyGroup, Report, hash_id


@dataclass(frozen=True, slots=True)
class CopySettings:
    """When two texts count as copies. The defaults were chosen on heists look and planted copies in gunviolence train."""

    shingle_words: int = 5
    words_sampled_fully: int = 20_000_000  # corpora above this many words keep one shingle in eight: about 0.6 GB at the limit
    crowd: int = 48  # a shingle in more texts than this pairs each with the first only, which keeps the cost linear
    min_containment: float = 0.2  # share of the shorter text's shingles; below it the runs cannot reach min_share
    run_words: int = 20  # a verbatim run counts from this length; templates and stock phrases are shorter
    short_run_words: int = 8  # the same for texts so short that a run of 20 words is most of them
    min_share: float = 0.45  # of the shorter text, in verbatim runs: look's copies have 0.62 and more, its other pairs 0.27 at most
    short_words: int = 60  # texts under this many words must be nearly identical to be copies
    short_share: float = 0.85
    min_words: int = 12  # shorter texts say too little to be called copies unless they are identical
    far_days: int = 7  # published further apart, under titles with little in common: two texts in one frame
    title_share: float = 0.3  # of the shorter title's words, below which two titles have little in common
    dated_share: float = 0.9  # titles that name different days or numbers: a template unless this much is verbatim


def _sample(signatures: Sequence[Signature], settings: CopySettings) -> tuple[Hashes, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Sampled shingles of the corpus sorted by hash, their documents, and how many each document has."""
    every = 1 if sum(len(s.words) for s in signatures) <= settings.words_sampled_fully else 8
    kept, owners = [], []
    sizes = np.zeros(len(signatures), dtype=np.int64)
    for at, signature in enumerate(signatures):
        shingles = np.unique(hash_shingles(signature.words, settings.shingle_words))
        if every > 1:
            shingles = shingles[shingles % np.uint64(every) == 0]
        kept.append(shingles)
        owners.append(np.full(len(shingles), at, dtype=np.int64))
        sizes[at] = len(shingles)
    hashes, docs = np.concatenate(kept), np.concatenate(owners)
    order = np.lexsort((docs, hashes))
    return hashes[order], docs[order], sizes


def _propose(signatures: Sequence[Signature], settings: CopySettings) -> Iterator[tuple[int, int]]:
    """Pairs of documents that share enough shingles to be worth a look."""
    hashes, docs, sizes = _sample(signatures, settings)
    if len(hashes) < 2:
        return
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(hashes)])))
    run_length, run_start = np.repeat(lengths, lengths), np.repeat(starts, lengths)
    crowded = run_length > settings.crowd
    total = len(signatures)
    codes = [docs[run_start[crowded]] * total + docs[crowded]]  # a run's first pairs with itself too: dropped below
    position = np.arange(len(hashes))
    for step in range(1, settings.crowd):
        left = np.flatnonzero(~crowded & (position + step < run_start + run_length))
        if not len(left):
            break
        codes.append(docs[left] * total + docs[left + step])
    pairs, shared = np.unique(np.concatenate(codes), return_counts=True)
    left, right = pairs // total, pairs % total
    keep = (left != right) & (shared >= settings.min_containment * np.minimum(sizes[left], sizes[right]))
    yield from zip(left[keep].tolist(), right[keep].tolist(), strict=True)


def share_verbatim(left: Hashes, right: Hashes, run_words: int) -> float:
    """Share of the shorter text's words that lie in runs of ``run_words`` or more words of the longer, 0..1."""
    shorter, longer = sorted((left, right), key=len)
    runs = hash_shingles(shorter, run_words)
    if not len(runs):
        return 0.0
    found = np.isin(runs, hash_shingles(longer, run_words))
    edges = np.zeros(len(shorter) + 1, dtype=np.int64)
    edges[: len(found)] += found
    edges[run_words:] -= found
    return float(np.mean(np.cumsum(edges[:-1]) > 0))


def _differ_by_title(left: Signature, right: Signature, settings: CopySettings) -> bool:
    """Whether titles and days tell that two texts are about different things, whatever frame they share."""
    first, second = left.report.published, right.report.published
    if not (left.title_words and right.title_words and first and second):
        return False
    common = len(left.title_words & right.title_words) / min(len(left.title_words), len(right.title_words))
    return common < settings.title_share and abs((first - second).days) > settings.far_days


def compare_texts(left: Signature, right: Signature, settings: CopySettings) -> float:
    """How sure it is that two reports are one text: the share of the shorter that is verbatim, 0.0 when they are not copies."""
    if np.array_equal(left.words, right.words) and len(left.words):
        return 1.0
    size = min(len(left.words), len(right.words))
    if size < settings.min_words:
        return 0.0
    run_words = int(np.clip(size // 6, settings.short_run_words, settings.run_words))
    share = share_verbatim(left.words, right.words, run_words)
    needed = settings.short_share if size < settings.short_words else settings.min_share
    if _differ_by_title(left, right, settings):
        needed = settings.dated_share
    if left.title_day and right.title_day and not left.title_day & right.title_day:
        needed = max(needed, settings.dated_share)
    return share if share >= needed else 0.0


def _identical(signatures: Sequence[Signature]) -> Iterator[tuple[int, int]]:
    """Texts with exactly the same words, even those too short for a shingle."""
    first: dict[bytes, int] = {}
    for at, signature in enumerate(signatures):
        if len(signature.words):
            found = first.setdefault(signature.words.tobytes(), at)
            if found != at:
                yield found, at


def _lead_key(signature: Signature) -> tuple[int, str, str]:
    published = signature.report.published
    return (-len(signature.words), published.isoformat() if published else "9999", signature.report.id)


def _join(signatures: Sequence[Signature], settings: CopySettings) -> list[list[int]]:
    """Join the surest pairs first; two groups join only when their fullest texts are copies of each other themselves."""
    checked: dict[tuple[int, int], float] = {}

    def check(left: int, right: int) -> float:
        pair = (min(left, right), max(left, right))
        if pair not in checked:
            checked[pair] = compare_texts(signatures[pair[0]], signatures[pair[1]], settings)
        return checked[pair]

    proposed = {*_propose(signatures, settings), *_identical(signatures)}
    copies = sorted((-check(*pair), pair) for pair in proposed if check(*pair) > 0)
    group_of = {at: [at] for _, pair in copies for at in pair}
    lead_of = {at: at for at in group_of}  # of the group that a member belongs to
    for _, (left, right) in copies:
        ours, theirs = group_of[left], group_of[right]
        if ours is theirs or not check(lead_of[left], lead_of[right]):
            continue
        lead = min(lead_of[left], lead_of[right], key=lambda at: _lead_key(signatures[at]))
        ours.extend(theirs)
        for member in ours:
            group_of[member], lead_of[member] = ours, lead
    return [group for at, group in sorted(group_of.items()) if len(group) > 1 and at == min(group)]


def group_copies(reports: Iterable[Report], settings: CopySettings | None = None) -> tuple[CopyGroup, ...]:
    """Find the reports that are the same text: re-crawled, syndicated, cut, appended to or lightly edited.

    Args:
        reports: The whole corpus; ids are unique.
        settings: When two texts count as copies; None for the defaults.

    Returns:
        Groups of two or more, disjoint, sorted by their first report's id, the same in any order of input. The lead is the
        fullest text; ties go to the earlier date, then to the lower id.
    """
    settings = settings or CopySettings()
    signatures = sign(sorted(reports, key=lambda report: report.id))
    if len(signatures) < 2:
        return ()
    groups = []
    for members in _join(signatures, settings):
        ids = tuple(sorted(signatures[at].report.id for at in members))
        lead = min((signatures[at] for at in members), key=_lead_key)
        groups.append(CopyGroup(hash_id("g", *ids), ids, lead.report.id))
    return tuple(sorted(groups, key=lambda group: group.report_ids))
