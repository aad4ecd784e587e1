"""Which loops do the work: numpy's, or for a pile and where numba is at hand (the extra ``fast``) compiled ones, which agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

from newsblotter.copies import anchors, folding, pairing
from newsblotter.copies.anchors import Texts
from newsblotter.copies.folding import Block, Hashes, Numbers, Openers, Shares, Words
from newsblotter.copies.pairing import Bar, Pairs

COMPILED_FROM = 2_000  # texts; numba takes about a second to start, in which numpy gets through ten thousand


@dataclass(frozen=True, slots=True)
class Loops:
    """What is done to every text, anchor or pair."""

    fold_block: Callable[[Sequence[str], Openers], Block]
    pack_anchors: Callable[[Words, Numbers, Numbers], Hashes]
    sort_anchors: Callable[[list[Hashes]], Hashes]
    propose: Callable[[Hashes, Numbers, Bar], Pairs]
    share_verbatim: Callable[[Texts, Numbers, Numbers, Numbers], Shares]


PLAIN = Loops(folding.fold_block, anchors.pack_anchors, pairing.sort_anchors, pairing.propose, anchors.share_verbatim)


@lru_cache(maxsize=1)
def can_compile() -> bool:
    """Whether numba is at hand."""
    return find_spec("numba") is not None


def choose_loops(texts: int) -> Loops:
    """The loops for so many texts; once the compiled ones are loaded they serve any number."""
    if load_compiled.cache_info().currsize or (texts >= COMPILED_FROM and can_compile()):
        return load_compiled()
    return PLAIN


@lru_cache(maxsize=1)
def load_compiled() -> Loops:
    """The compiled loops."""
    from newsblotter.copies import kernels, pair_kernels

    return Loops(
        kernels.fold_block, pair_kernels.pack_anchors, pair_kernels.sort_anchors, pair_kernels.propose, pair_kernels.share_verbatim
    )
