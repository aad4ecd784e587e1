"""Map tiles out of one file: PMTiles, version 3, read a tile at a time.

Source: Protomaps, PMTiles Version 3 Specification, 2022: a header of 127 bytes, directories of delta-coded varints, tiles numbered
along a Hilbert curve.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsblotter.errors import UsageError

SUFFIX = ".pmtiles"
MOST_DEPTH = 4  # directories below one another; writers use two
MOST_BYTES = 64 << 20  # of a directory or tile once unpacked
KINDS: Mapping[int, str] = {
    1: "application/vnd.mapbox-vector-tile",
    2: "image/png",
    3: "image/jpeg",
    4: "image/webp",
    5: "image/avif",
}
_HEADER_BYTES = 127
_PLAIN, _GZIP = 1, 2


@dataclass(frozen=True, slots=True)
class _Entry:
    """A run of equal tiles, or where a further directory lies (run 0)."""

    first: int
    offset: int
    length: int
    run: int


class TileFile:
    """The tiles of a .pmtiles file. Any thread may read."""

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            UsageError: It cannot be read, or is no such file.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            self._file = path.open("rb")
            header = self._file.read(_HEADER_BYTES)
        except OSError as error:
            raise UsageError(f"--tiles {path}: cannot be read: {error.strerror}") from error
        if len(header) < _HEADER_BYTES or header[:7] != b"PMTiles" or header[7] != 3:
            raise UsageError(f"--tiles {path}: not a PMTiles file of version 3")
        numbers = [int.from_bytes(header[at : at + 8], "little") for at in range(8, 8 + 11 * 8, 8)]
        self._root = (numbers[0], numbers[1])
        self._metadata = (numbers[2], numbers[3])
        self._leaves = numbers[4]
        self._data = numbers[6]
        self._packing, self.packing, kind, self.least_zoom, self.most_zoom = (
            header[97],
            header[98],
            header[99],
            header[100],
            header[101],
        )
        if self._packing not in (_PLAIN, _GZIP) or self.packing not in (_PLAIN, _GZIP) or kind not in KINDS:
            raise UsageError(
                f"--tiles {path}: packed in a way, or of a kind, that is not read (gzip or plain; MVT, PNG, JPEG, WebP, AVIF)"
            )
        self.kind = KINDS[kind]
        self._directory = lru_cache(maxsize=256)(self._read_directory)
        self._directory(*self._root)

    @property
    def is_vector(self) -> bool:
        """Whether the tiles are shapes to be drawn, no images."""
        return self.kind == KINDS[1]

    def describe(self) -> dict[str, Any]:
        """What the file says of itself: name, attribution, layers."""
        found = json.loads(_unpack(self._read(*self._metadata), self._packing) or b"{}")
        return found if isinstance(found, dict) else {}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """A tile as it is packed in the file (see ``packing``), None where there is none."""
        if not (self.least_zoom <= zoom <= self.most_zoom and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return None
        wanted = number_tile(zoom, x, y)
        where = self._root
        for _ in range(MOST_DEPTH):
            entries = self._directory(*where)
            at = bisect_right(entries, wanted, key=lambda entry: entry.first) - 1
            if at < 0:
                return None
            entry = entries[at]
            if entry.run:
                return self._read(self._data + entry.offset, entry.length) if wanted < entry.first + entry.run else None
            where = (self._leaves + entry.offset, entry.length)
        return None

    def _read(self, offset: int, length: int) -> bytes:
        if length > MOST_BYTES:
            raise UsageError(f"--tiles {self._path}: damaged: a part of {length:,} bytes")
        with self._lock:
            self._file.seek(offset)
            return self._file.read(length)

    def _read_directory(self, offset: int, length: int) -> Sequence[_Entry]:
        try:
            return _decode_directory(_unpack(self._read(offset, length), self._packing))
        except (IndexError, ValueError, OSError, EOFError, zlib.error) as error:
            raise UsageError(f"--tiles {self._path}: damaged: a directory at {offset} cannot be read") from error


def number_tile(zoom: int, x: int, y: int) -> int:
    """A tile's place on the Hilbert curve through all zooms."""
    number = ((1 << 2 * zoom) - 1) // 3  # tiles of the zooms before
    side = 1 << zoom
    step = side >> 1
    while step:
        right, down = int(bool(x & step)), int(bool(y & step))
        number += step * step * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return number


def _unpack(data: bytes, packing: int) -> bytes:
    return gzip.decompress(data) if packing == _GZIP and data else data


def _decode_directory(data: bytes) -> Sequence[_Entry]:
    """Numbers of entries, then the columns first, run, length and offset."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number is too long")

    count = varint()
    if count > len(data):
        raise ValueError("more entries than bytes")
    firsts, last = [], 0
    for _ in range(count):
        last += varint()
        firsts.append(last)
    runs = [varint() for _ in range(count)]
    lengths = [varint() for _ in range(count)]
    offsets: list[int] = []
    for index in range(count):
        value = varint()
        offsets.append(offsets[-1] + lengths[index - 1] if value == 0 and index else value - 1)
    return [_Entry(*row) for row in zip(firsts, offsets, lengths, runs, strict=True)]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the map draws below the incidents, where it is not the world that is packed in."""

    url: str  # with {z}, {x} and {y}
    kind: str  # raster, vector
    least_zoom: int
    most_zoom: int
    credit: str  # whose it is, as plain words

    @classmethod
    def of_url(cls, url: str, credit: str) -> Ground:
        """Images of a server.

        Raises:
            UsageError: The address does not say where zoom and place go.
        """
        if not url.startswith(("https://", "http://")) or not all(part in url for part in ("{z}", "{x}", "{y}")):
            raise UsageError(f"--tiles {url}: give https://…/{{z}}/{{x}}/{{y}}.png, or a file ending in {SUFFIX}")
        return cls(url, "raster", 0, 19, credit)

    @classmethod
    def of_file(cls, tiles: TileFile, credit: str) -> Ground:
        """The tiles of a file that the desk serves itself."""
        named = tiles.describe().get("attribution")
        words = credit or re.sub(r"<[^>]*>", "", named if isinstance(named, str) else "")
        return cls("/tiles/{z}/{x}/{y}", "vector" if tiles.is_vector else "raster", tiles.least_zoom, tiles.most_zoom, words)


def open_ground(tiles: str | None, credit: str) -> tuple[Ground | None, TileFile | None]:
    """What ``--tiles`` names: nothing, a server, or a file with its reader.

    Raises:
        UsageError: It is neither an address of tiles nor a sound file of them.
    """
    if not tiles:
        return None, None
    if not tiles.lower().endswith(SUFFIX) or "://" in tiles:
        return Ground.of_url(tiles, credit), None
    file = TileFile(Path(tiles).expanduser())
    return Ground.of_file(file, credit), file
