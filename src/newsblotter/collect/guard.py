"""Limits on hostile or broken input: what may be opened, how much of it is read, and what its characters may be."""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from newsblotter.errors import BadInput

PAGE_MAX = 20_000_000  # bytes of one page or line; the largest news page met in the wild is below 6 MB
DOCUMENT_MAX = 100_000_000  # bytes of a .json file that holds many reports; parsing takes about five times as much memory
GZIP_RATIO_MAX = 200  # times; gzip of news text gives 3 to 8, of repeated JSON Lines up to 60, a bomb about 1,000
GZIP_FREE = 8_000_000  # bytes of output before the ratio counts: small files of blanks are no danger
GZIP_OUTPUT_MAX = 50_000_000_000  # bytes; about 20 million reports: a larger file is better cut in parts
CHUNK = 1 << 16  # bytes read at a time
DETECT_MAX = 20_000  # bytes shown to the charset detector, whose cost grows with them
SNIFF = 4_096  # bytes looked at to tell what a file is
CONTROL_SHARE = 0.05  # of control bytes in the first SNIFF bytes: above it a file is no text
REPLACED_MAX = 0.005  # of characters that may be broken before a text no longer counts as UTF-8

_BINARY_STARTS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG image",
    b"\xff\xd8\xff": "JPEG image",
    b"GIF8": "GIF image",
    b"PK\x03\x04": "zip archive or office document",
    b"\x7fELF": "program",
    b"MZ\x90": "program",
    b"SQLite format 3": "SQLite database",
    b"PAR1": "Parquet",
    b"BZh": "bzip2 archive",
    b"\xfd7zXZ": "xz archive",
    b"\x28\xb5\x2f\xfd": "zstd archive",
    b"7z\xbc\xaf": "7z archive",
    b"Rar!": "rar archive",
    b"\xd0\xcf\x11\xe0": "old office document",
    b"OggS": "sound",
    b"ID3": "sound",
    b"RIFF": "sound or film",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252"}
# A codec that a page may name. Anything else (zip, base64, punycode, idna, unicode_escape, …) is no charset of a page.
_CHARSET = re.compile(
    r"utf-?(?:8|16|32)(?:-?[lb]e)?|(?:cp|windows-?)\d{3,4}|iso-?8859-\d{1,2}|latin-?1|(?:us-)?ascii|koi8-[rut]|gb2312|gbk"
    r"|gb18030|big5(?:-?hkscs)?|euc-?(?:jp|kr)|shift[-_]?jis|mac-?roman"
)
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)|\x1b[ -/]{0,4}[0-~]")
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def scrub(text: str) -> str:
    """Take out of a text what could harm a terminal, a database or an offset; line ends become ``\\n``.

    Gone are NUL and other control characters (not the newline and the tab), terminal escapes, marks that turn the
    writing direction, byte order marks and lone surrogates. Everything else stays as it is. Call it before any offset
    exists.
    """
    if _UNWANTED.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPES.sub("", text)
    return _UNWANTED.sub("", text)


def decode(body: bytes, declared: str | None = None) -> tuple[str, str]:
    """Turn bytes into text and say which charset was chosen: mark, then what is declared, then UTF-8, then a guess.

    Args:
        body: The bytes of a page.
        declared: A charset that the page or its server names; ignored when it is unknown or does not fit.

    Raises:
        BadInput: The bytes are no text.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), f"{charset} (mark)"
    name = _WEB_NAMES.get((declared or "").strip().lower(), (declared or "").strip().lower())
    if name and _CHARSET.fullmatch(name) and name not in ("utf-8", "utf8"):
        try:
            return body.decode(name), f"{name} (declared)"
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    wide = _guess_wide(body)
    if wide:
        return body.decode(wide, "replace"), f"{wide} (detected)"
    patched = body.decode("utf-8", "replace")
    broken = patched.count("\ufffd")
    if any(character > "\x7f" and character != "\ufffd" for character in patched[:DETECT_MAX]) and (
        broken <= max(1, int(REPLACED_MAX * len(patched)))
    ):
        return patched, f"utf-8 ({broken} broken)"
    return _detect(body)


def _guess_wide(body: bytes) -> str | None:
    head = body[:SNIFF]
    if len(head) < 4 or len(body) % 2:
        return None
    half = len(head) // 2
    if head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _detect(body: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:DETECT_MAX]).best()
    if best is not None:
        try:
            return body.decode(best.encoding), f"{best.encoding} (detected)"
        except (UnicodeDecodeError, LookupError):
            pass
    return body.decode("cp1252", "replace"), "cp1252 (assumed)"


def name_binary(head: bytes) -> str | None:
    """Say what kind of binary file these first bytes belong to; None if they look like text."""
    for start, name in _BINARY_STARTS.items():
        if head.startswith(start):
            return name
    head = head[:SNIFF]
    if not head or any(head.startswith(mark) for mark, _ in _BOMS) or _guess_wide(head[: len(head) // 2 * 2]):
        return None
    controls = sum(head.count(bytes((code,))) for code in (*range(9), 14, 15, 16, *range(17, 27), 28, 29, 30, 31, 127))
    return "unknown binary format" if controls > CONTROL_SHARE * len(head) else None


def open_regular(path: Path) -> int:
    """Open a regular file for reading and give its descriptor; a pipe or device is never opened, nor waited for.

    Raises:
        BadInput: It is something else, or may not be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput(f"not a regular file: {name_kind(path)}")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except PermissionError as error:
        raise BadInput("permission denied: make the file readable") from error
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInput("not a regular file: it changed while it was opened")
    return descriptor


def name_kind(path: Path) -> str:
    """Say in a word what a path is that is neither a file nor a folder."""
    mode = path.lstat().st_mode
    kinds = (("link", stat.S_ISLNK), ("named pipe", stat.S_ISFIFO), ("socket", stat.S_ISSOCK), ("device", stat.S_ISBLK))
    return next((name for name, test in kinds if test(mode)), "device" if stat.S_ISCHR(mode) else "special file")


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes piece by piece, unpacked if it is gzip.

    Raises:
        BadInput: It cannot be read, is a gzip bomb, or its gzip stream is cut short or damaged.
    """
    with os.fdopen(open_regular(path), "rb", buffering=0) as stream:
        try:
            first = stream.read(CHUNK)
            chunks = _chain(first, iter(lambda: stream.read(CHUNK), b""))
            yield from unzip(chunks) if first.startswith(b"\x1f\x8b") else chunks
        except OSError as error:
            raise BadInput(f"reading failed: {error.strerror or error}") from error


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def unzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip (several members too) piece by piece, with a bound on how much it may grow.

    Raises:
        BadInput: It is a bomb, cut short, or damaged; all that could be unpacked was yielded before.
    """
    unpacker = zlib.decompressobj(wbits=31)
    taken = given = 0
    for chunk in chunks:
        taken += len(chunk)
        data = chunk
        while data:
            if unpacker.eof:
                data = data.lstrip(b"\x00")  # padding between members
                if not data:
                    break
                unpacker = zlib.decompressobj(wbits=31)
            try:
                piece = unpacker.decompress(data, CHUNK)
            except zlib.error as error:
                raise BadInput(f"gzip damaged: {error} after {given} bytes") from error
            given += len(piece)
            if given > GZIP_OUTPUT_MAX or (given > GZIP_FREE and given > GZIP_RATIO_MAX * taken):
                raise BadInput(f"gzip bomb: {taken} bytes grew to more than {given}")
            if piece:
                yield piece
            data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        rest = unpacker.flush()
        if rest:
            yield rest
        raise BadInput(f"gzip cut short: {given} bytes could be unpacked")


def read_whole(chunks: Iterable[bytes], limit: int = PAGE_MAX) -> bytes:
    """Gather pieces into one, up to ``limit`` bytes.

    Raises:
        BadInput: There is more, or the pieces could not be read to their end.
    """
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BadInput(f"too large: more than {limit} bytes")
        parts.append(chunk)
    return b"".join(parts)


def read_lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes | BadInput]]:
    """Yield (number from 1, line) pairs; a line too long, and an end cut off, come as the error that says so."""
    number, pending, size, overlong = 1, [], 0, False  # type: int, list[bytes], int, bool
    try:
        for chunk in chunks:
            pieces = chunk.split(b"\n")
            for at, piece in enumerate(pieces):
                size += len(piece)
                if not overlong:
                    pending.append(piece)
                if size > PAGE_MAX:
                    overlong, pending = True, []
                if at < len(pieces) - 1:
                    yield number, _end_line(pending, size, overlong)
                    number, pending, size, overlong = number + 1, [], 0, False
    except BadInput as error:
        yield number, error
        return
    if size:
        yield number, _end_line(pending, size, overlong)


def _end_line(pending: list[bytes], size: int, overlong: bool) -> bytes | BadInput:
    if overlong:
        return BadInput(f"line too long: {size} bytes, at most {PAGE_MAX}")
    return b"".join(pending)


def parse_json(data: bytes) -> Any:
    """Read one JSON value, whatever was put into it.

    Raises:
        BadInput: It is broken, nested too deeply, or holds a number too long to be one.
    """
    try:
        return json.loads(data if data[:3] != codecs.BOM_UTF8 else data[3:])
    except RecursionError as error:
        raise BadInput("json too deep: nested beyond what can be read") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"json not utf-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise BadInput(f"json broken: {error.msg} at character {error.pos}") from error
    except ValueError as error:
        raise BadInput("json number too long: more digits than a number may have") from error
