"""The trained encoder's view of a report: what part each word plays, what kind of incident it is, and how many were hurt.

The encoder finds no fact by itself. It weighs the phrases that the rules found, so that every fact keeps its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsblotter.extract.wordpiece import Pieces, WordPiece, load_wordpiece

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float32]

WINDOW = 256  # word pieces, the two marks included; what the encoder was trained on
# Of a report, one window: news tells its facts first. Two windows raised the F1 of victims from 0.785 to 0.794 on the tenth of
# gunviolence train that the encoder never saw, changed nothing else, and cost a third of the speed of reading.
READ_PIECES = WINDOW - 2
READ_CHARS = 12 * READ_PIECES  # enough for so many pieces, which have four to five characters on average
WINDOWS_REMEMBERED = 256  # windows whose answers a process keeps, for copies of one text: 4 MB
PARTS = (
    "other",
    "victim",
    "suspect",
    "person",  # named, neither victim nor suspect: officials, relatives, witnesses
    "scene",  # where the incident was
    "place",  # any other place
    "day",  # when the incident was
    "time",  # any other time
    "count",  # so many people were killed, hurt, sought or arrested
    "target",
    "weapon",
    "vehicle",
    "goods",
    "loot",  # the worth of what was taken
    "money",  # any other amount
)
TYPES = (
    "none",
    "accident",
    "arson",
    "assault",
    "attack",
    "bombing",
    "burglary",
    "escape",
    "fraud",
    "homicide",
    "kidnapping",
    "other_crime",
    "robbery",
    "shooting",
    "theft",
)
ASKED = ["part", "type", "killed", "injured"]  # of the outputs of the file
_PART_ROW = {part: row for row, part in enumerate(PARTS)}


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the encoder says of one report."""

    pieces: Pieces  # as many as were read
    part: Floats  # (pieces, parts) log-probabilities
    type: Floats  # (15,) log-probabilities of TYPES for the report's main incident
    killed: Floats  # (7,) probabilities of 0 … 5, 6 and more
    injured: Floats  # (9,) probabilities of 0 … 7, 8 and more

    def weigh(self, start: int, end: int, parts: Sequence[str]) -> Mapping[str, float] | None:
        """How likely each of some parts is for the words ``start:end``, one of them taken for granted.

        Args:
            start: Code points into the report's text, half-open with ``end``.
            parts: Of PARTS, for instance ("victim", "suspect", "person") for a name.

        Returns:
            Probabilities that sum to 1, or None for words that were not read.
        """
        first = int(np.searchsorted(self.pieces.starts, start))
        last = int(np.searchsorted(self.pieces.ends, end, side="right"))
        if first >= last:
            return None
        rows = [_PART_ROW[part] for part in parts]
        shares = _softmax(self.part[first:last][:, rows].mean(0))
        return dict(zip(parts, map(float, shares), strict=True))


class LateEncoding(Encoding):
    """What the encoder says of a report, asked when it is first needed: a report that leaves nothing to choose is never read."""

    __slots__ = ("_made", "_read")
    _made: Encoding | None
    _read: Callable[[], Encoding]

    def __init__(self, read: Callable[[], Encoding]) -> None:
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_made", None)

    def _make(self) -> Encoding:
        if self._made is None:
            object.__setattr__(self, "_made", self._read())
        made = self._made
        assert made is not None
        return made

    @property
    def pieces(self) -> Pieces:
        return self._make().pieces

    @property
    def part(self) -> Floats:
        return self._make().part

    @property
    def type(self) -> Floats:
        return self._make().type

    @property
    def killed(self) -> Floats:
        return self._make().killed

    @property
    def injured(self) -> Floats:
        return self._make().injured


class Encoder:
    """Runs the ONNX file. One thread a process: the pipeline reads in as many processes as there are processors."""

    def __init__(self, session: InferenceSession, pieces: WordPiece) -> None:
        self.version = session.get_modelmeta().custom_metadata_map.get("version", "unnamed")
        self._session = session
        self._pieces = pieces
        self._answer = lru_cache(maxsize=WINDOWS_REMEMBERED)(self._run)

    def read(self, text: str) -> Encoding:
        """Read the first READ_PIECES word pieces of a text."""
        cut = self._pieces.cut(text[:READ_CHARS], READ_PIECES)
        return Encoding(cut, *self._answer(cut.ids.tobytes()))

    def _run(self, window: bytes) -> tuple[Floats, Floats, Floats, Floats]:
        """The answers for the pieces of a window, as their rows' bytes."""
        ids = np.array([[self._pieces.opening, *np.frombuffer(window, np.int32), self._pieces.closing]], np.int64)
        part, kind, killed, injured = (answer[0] for answer in self._session.run(ASKED, {"ids": ids}))
        return _log_softmax(part[1:-1]), _log_softmax(kind), _softmax(killed), _softmax(injured)


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(-1, keepdims=True)
    out: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return out


def _softmax(logits: Floats) -> Floats:
    out: Floats = np.exp(_log_softmax(logits))
    return out


def load_encoder() -> Encoder:
    """Open the encoder that ships with the package; about 0.2 s."""
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    with as_file(files("newsblotter").joinpath("_data/model/reader.onnx")) as path:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return Encoder(session, load_wordpiece())
