"""What the encoder is taught to say, and an example of it.

The heads:

- ``part``: what each word piece plays in the report's main incident, one of PARTS;
- ``muc``: the five roles of MUC-4, begun (B) or gone on with (I), over every incident of a text;
- ``topic``: whether a word piece's sentence tells of the main incident, a step that followed, another incident or none;
- ``type``: the main incident's type, "none" where there is none; ``killed``, ``injured``: how many, the last class open above;
- ``vector``: 64 numbers, closer for two reports of one incident than for two of different ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from newsblotter.extract.encoder import PARTS as PARTS  # what the product reads is what the lab teaches
from newsblotter.extract.encoder import TYPES as TYPES

MUC_ROLES = ("perp_individual", "perp_organization", "target", "victim", "weapon")
MUC_LABELS = ("O", *(f"{mark}-{role}" for role in MUC_ROLES for mark in "BI"))
TOPICS = ("main", "follow_up", "background", "none")
KILLED_CLASSES = 7  # 0 … 5, 6 and more
INJURED_CLASSES = 9  # 0 … 7, 8 and more
VECTOR_SIZE = 64


@dataclass(frozen=True, slots=True)
class Marked:
    """Words whose part is known, or narrowed down."""

    start: int  # code points, half-open
    end: int
    parts: tuple[str, ...]  # of PARTS; several mean that it is one of them
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """A text and all that is known of it; None and empty mean unknown, and teach nothing."""

    id: str
    source: str
    text: str
    marked: tuple[Marked, ...] = ()
    plain_weight: float = 0.0  # of "every word that is not marked is other"; 0 where words may be unmarked by oversight
    muc: tuple[tuple[int, int, str], ...] | None = None  # start, end, role
    topics: tuple[tuple[int, int, str], ...] = ()
    type: str | None = None
    killed: int | None = None
    injured: int | None = None
    incident: str | None = field(default=None)  # two examples of one incident are to be near each other
