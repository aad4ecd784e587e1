"""How often linking, left to itself, decides as people did: over the pairs that they judged, without labelled incidents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Linking's decisions held against people's.

    What reviewers are asked is what linking is least sure of: the figures tell how it does on hard pairs, not on all.
    """

    same_joined: int  # judged the same, joined by linking alone
    same_apart: int
    different_joined: int
    different_apart: int
    unsure: int  # counted, never scored
    lost: int  # judgements whose reports are read otherwise now, or are no more

    @property
    def judged(self) -> int:
        """How many pairs count."""
        return self.same_joined + self.same_apart + self.different_joined + self.different_apart

    @property
    def agreement(self) -> float | None:
        """The share decided alike; None where no pair counts."""
        return _share(self.same_joined + self.different_apart, self.judged)

    @property
    def precision(self) -> float | None:
        """Of the pairs that linking joined, the share judged the same."""
        return _share(self.same_joined, self.same_joined + self.different_joined)

    @property
    def recall(self) -> float | None:
        """Of the pairs judged the same, the share that linking joined."""
        return _share(self.same_joined, self.same_joined + self.same_apart)

    def as_dict(self) -> dict[str, float | None]:
        """Every figure by name, rounded to four places."""
        counts = {name: float(getattr(self, name)) for name in ("same_joined", "same_apart", "different_joined", "different_apart")}
        shares = {name: getattr(self, name) for name in ("agreement", "precision", "recall")}
        told = {name: None if share is None else round(share, 4) for name, share in shares.items()}
        return {"judged": self.judged, **told, **{n: int(c) for n, c in counts.items()}, "unsure": self.unsure, "lost": self.lost}


def measure_agreement(judgements: Mapping[int, str], joined: Collection[int], lost: int = 0) -> Agreement:
    """Hold linking's decisions against people's.

    Args:
        judgements: By number: same, different or unsure.
        joined: The numbers of those whose pair linking joined.
        lost: How many judgements could not be held against anything.
    """
    counts = {(verdict, together): 0 for verdict in (SAME, DIFFERENT, UNSURE) for together in (True, False)}
    for number, verdict in judgements.items():
        counts[verdict, number in joined] += 1
    return Agreement(
        counts[SAME, True],
        counts[SAME, False],
        counts[DIFFERENT, True],
        counts[DIFFERENT, False],
        counts[UNSURE, True] + counts[UNSURE, False],
        lost,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
