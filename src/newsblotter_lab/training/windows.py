"""Examples cut into windows of word pieces with their labels as numbers, kept in one file so that training starts at once."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from newsblotter.extract.encoder import WINDOW
from newsblotter.extract.wordpiece import Pieces, WordPiece
from newsblotter_lab.training.labels import MUC_LABELS, PARTS, TOPICS, TYPES, Example

INNER = WINDOW - 2  # word pieces of a window between its marks
STRIDE = 192  # from one window's first piece to the next one's
MAX_WINDOWS = 6  # of one text
IGNORED = -100  # a label that teaches nothing

Number = TypeVar("Number", np.int16, np.int32, np.float32)

_PART_BIT = {part: 1 << number for number, part in enumerate(PARTS)}
_MUC = {label: number for number, label in enumerate(MUC_LABELS)}
_TOPIC = {topic: number for number, topic in enumerate(TOPICS)}
_TYPE = {kind: number for number, kind in enumerate(TYPES)}


@dataclass(slots=True)
class Window:
    """A stretch of one text, at most WINDOW pieces, with what is known of each."""

    example: str
    source: str
    first: bool  # of its text: only then are the labels of the whole text given
    ids: NDArray[np.int32]  # (pieces,)
    allowed: NDArray[np.int32]  # (pieces,) bits over PARTS; 0 teaches nothing
    weight: NDArray[np.float32]  # (pieces,) of the parts
    muc: NDArray[np.int16]  # (pieces,) row of MUC_LABELS or IGNORED
    topic: NDArray[np.int16]  # (pieces,) row of TOPICS or IGNORED
    type: int = IGNORED
    killed: int = IGNORED
    injured: int = IGNORED
    incident: str | None = None


def find_starts(count: int) -> Sequence[int]:
    """The first piece of each window of a text of so many pieces; what two windows share is read twice."""
    return range(0, max(STRIDE, count - (INNER - STRIDE)), STRIDE)[:MAX_WINDOWS]


def cut_windows(example: Example, pieces: WordPiece) -> Iterator[Window]:
    """Cut an example into overlapping windows with numbered labels."""
    cut = pieces.cut(example.text)
    allowed, weight = _label_parts(example, cut)
    muc = _label_muc(example, cut)
    topic = np.full(len(cut), IGNORED, np.int16)
    for start, end, name in example.topics:
        topic[_covered(cut, start, end)] = _TOPIC[name]
    for number, start in enumerate(find_starts(len(cut))):
        here = slice(start, start + INNER)
        window = Window(
            example.id,
            example.source,
            number == 0,
            _frame(cut.ids[here], pieces.opening, pieces.closing),
            _frame(allowed[here], 0, 0),
            _frame(weight[here], 0, 0),
            _frame(muc[here], IGNORED, IGNORED),
            _frame(topic[here], IGNORED, IGNORED),
        )
        if number == 0:
            window.type = IGNORED if example.type is None else _TYPE[example.type]
            window.killed = IGNORED if example.killed is None else example.killed
            window.injured = IGNORED if example.injured is None else example.injured
            window.incident = example.incident
        yield window


def _frame(values: NDArray[Number], first: float, last: float) -> NDArray[Number]:
    """The values with one for the opening mark and one for the closing."""
    return np.concatenate([[first], values, [last]]).astype(values.dtype)


def _covered(cut: Pieces, start: int, end: int) -> slice:
    """The pieces that lie within ``start:end``."""
    return slice(int(np.searchsorted(cut.starts, start)), int(np.searchsorted(cut.ends, end, side="right")))


def _label_parts(example: Example, cut: Pieces) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    plain = example.plain_weight
    allowed = np.full(len(cut), _PART_BIT["other"] if plain else 0, np.int32)
    weight = np.full(len(cut), plain, np.float32)
    for marked in example.marked:
        here = _covered(cut, marked.start, marked.end)
        allowed[here] = sum(_PART_BIT[part] for part in marked.parts)
        weight[here] = marked.weight
    return allowed, weight


def _label_muc(example: Example, cut: Pieces) -> NDArray[np.int16]:
    if example.muc is None:
        return np.full(len(cut), IGNORED, np.int16)
    labels = np.zeros(len(cut), np.int16)
    for start, end, role in example.muc:
        here = _covered(cut, start, end)
        labels[here] = _MUC[f"I-{role}"]
        if here.start < here.stop:
            labels[here.start] = _MUC[f"B-{role}"]
    return labels


def save_windows(path: Path, windows: Sequence[Window]) -> None:
    """Keep the windows; the file is this program's own, and is read by nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(list(windows), protocol=5))


def load_windows(path: Path) -> list[Window]:
    """What ``save_windows`` kept."""
    kept: list[Window] = pickle.loads(path.read_bytes())
    return kept


def cut_all(examples: Iterable[Example], pieces: WordPiece) -> list[Window]:
    """All windows of all examples, in their order."""
    return [window for example in examples for window in cut_windows(example, pieces)]
