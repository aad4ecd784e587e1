"""Read files, folders, globs and standard input into raw pages. One function a format; ``FORMATS`` names them.

A broken file or line becomes a ``Rejected`` with its reason, and its neighbours are read. Hidden files (a name that
begins with a full stop) are not input and are passed over.
"""

from __future__ import annotations

import glob
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, TypeAlias

from newsblotter.collect import guard
from newsblotter.errors import BadInput, SourceError
from newsblotter.records import RawPage, Rejected, hash_id

NAMES = ("id", "url", "title", "published", "outlet", "language", "text", "html")  # what a JSON record may call its parts

# Other names that are understood without a mapping, in order of preference. A name of NAMES always wins.
ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("_id", "guid", "uid", "doc_id"),
        "url": ("link", "uri", "canonical_url"),
        "title": ("headline",),
        "published": ("published_at", "publishedAt", "datePublished", "date_published", "date_publish", "pubDate", "date"),
        "outlet": ("publisher", "source_domain", "sitename", "domain", "source"),
        "language": ("lang",),
        "text": ("body", "content", "articleBody", "maintext", "article"),
    }
)
ID_MAX = 200  # characters of an id; a longer one is cut and marked with its hash
VALUE_MAX = 2_000  # characters of any other short field
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_FRAGMENT_START = re.compile(r"\s*<(?:!doctype|html|head|body|div|p|article|section|span|h[1-6])\b[^>]{0,500}>", re.I)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]{3,}", re.I)


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How to read sources."""

    mapping: Mapping[str, str] = field(default_factory=dict)  # a record's own name → ours: {"story": "text"}
    stdin: BinaryIO | None = None  # what "-" reads; None: standard input


@dataclass(frozen=True, slots=True)
class Opened:
    """A source laid open for a reader."""

    name: str  # for messages
    stem: str | None  # file name without its ending; None for standard input
    chunks: Iterable[bytes]


Item: TypeAlias = RawPage | Rejected
Reader: TypeAlias = Callable[[Opened, ReadSettings], Iterator[Item]]


def read_pages(sources: Iterable[str], settings: ReadSettings) -> Iterator[Item]:
    """Read every report that the sources hold, in a fixed order.

    Args:
        sources: Folders (walked, sorted), files, globs, or "-" for standard input.
        settings: Names of JSON fields, and the stream that "-" stands for.

    Returns:
        An iterator of pages, each ``source_id`` given once in it, and of what could not be read.

    Raises:
        SourceError: A source does not exist, or a glob finds nothing. Raised before anything is read.
    """
    unknown = sorted(set(settings.mapping.values()) - set(NAMES))
    if unknown:
        raise SourceError(f"mapping to unknown field {unknown[0]!r}: use one of {', '.join(NAMES)}")
    done: set[str] = set()
    checked = list(_check(sources))
    return _name_once(chain.from_iterable(_open_source(path, name, settings, done) for path, name in checked))


def _check(sources: Iterable[str]) -> Iterator[tuple[Path | None, str]]:
    for source in sources:
        if source == "-":
            yield None, "-"
        elif os.path.lexists(source):
            yield Path(source), source
        elif glob.has_magic(source):
            found = sorted(glob.glob(source, recursive=True))  # noqa: PTH207 - a pattern may be absolute
            if not found:
                raise SourceError(f"{_show(source)}: no file matches; check the pattern")
            yield from ((Path(one), one) for one in found)
        else:
            raise SourceError(f"{_show(source)}: no such file or folder; check the path")


def _open_source(path: Path | None, name: str, settings: ReadSettings, done: set[str]) -> Iterator[Item]:
    if path is None:
        stream = settings.stdin if settings.stdin is not None else sys.stdin.buffer
        chunks = iter(lambda: stream.read(guard.CHUNK), b"")
        return _read(Opened("-", None, _maybe_unzip(chunks)), None, settings)
    if path.is_dir():
        return _read_folder(path, settings, done)
    return _read_file(path, settings, done, strict=False)


def _maybe_unzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    rest = chain((first,), chunks) if first else iter(())
    yield from guard.unzip(rest) if first.startswith(b"\x1f\x8b") else rest


# --- folders ----------------------------------------------------------------------------------------------------


def _read_folder(root: Path, settings: ReadSettings, done: set[str]) -> Iterator[Item]:
    waiting = [root]
    while waiting:
        path = waiting.pop()
        name = str(path)
        try:
            mode = path.lstat().st_mode if path != root else path.stat().st_mode
            if stat.S_ISDIR(mode):
                waiting.extend(sorted((p for p in path.iterdir() if not p.name.startswith(".")), reverse=True))
            elif stat.S_ISLNK(mode):
                yield _reject(name, f"link: not followed in a folder; {_where_to(path, root)}")
            elif stat.S_ISREG(mode):
                yield from _read_file(path, settings, done, strict=True)
            else:
                yield _reject(name, f"not a regular file: {guard.name_kind(path)}")
        except PermissionError:
            yield _reject(name, "permission denied: make the folder readable")
        except OSError as error:
            yield _reject(name, f"cannot be opened: {error.strerror or error}")


def _where_to(link: Path, root: Path) -> str:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "it loops or leads nowhere"
    return "it leads into the folder itself" if target.is_relative_to(root.resolve()) else "it leads out of the folder"


# --- files ------------------------------------------------------------------------------------------------------


def _read_file(path: Path, settings: ReadSettings, done: set[str], *, strict: bool) -> Iterator[Item]:
    """Read a file once, however many sources name it. ``strict``: only with an ending that is known, or none."""
    name, real = _show(str(path)), os.path.realpath(path)
    if real in done:
        return iter(())
    done.add(real)
    plain = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    stem, ending = Path(plain).stem, Path(plain).suffix
    reader = FORMATS.get(ending.lower())
    if reader is None and strict and ending:
        return iter((_reject(name, f"unknown format: {guard.scrub(ending[:20])}"),))
    return _read(Opened(name, stem if reader else plain, guard.read_chunks(path)), reader, settings)


def _read(opened: Opened, reader: Reader | None, settings: ReadSettings) -> Iterator[Item]:
    """Look at the first bytes, choose the reader if the ending does not tell, and turn every fault into a Rejected."""
    chunks = iter(opened.chunks)
    try:
        head, fault = _read_head(chunks)
        if not head:
            raise fault or BadInput("empty file: no bytes")
        binary = guard.name_binary(head)
        if binary:
            raise BadInput(f"binary: {binary}")
        rest = chain(chunks, _meet(fault))
        if reader is None:
            reader = _sniff(head)
        elif reader is read_text and _HTML_START.match(head):
            reader = read_html
        elif reader is read_html and b"<" not in head and b"<" not in (head := guard.read_whole(chain((head,), rest))):
            reader = read_text
        yield from reader(Opened(opened.name, opened.stem, chain((head,), rest)), settings)
    except BadInput as error:
        yield _reject(opened.name, str(error))


def _read_head(chunks: Iterator[bytes]) -> tuple[bytes, BadInput | None]:
    """The first bytes, and the fault that ended them early: what stands before it is still to be read."""
    head = b""
    try:
        while len(head) < guard.SNIFF and (more := next(chunks, b"")):
            head += more
    except BadInput as fault:
        return head, fault
    return head, None


def _meet(fault: BadInput | None) -> Iterator[bytes]:
    if fault is not None:
        raise fault
    yield from ()


def _sniff(head: bytes) -> Reader:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML_START.match(start):
        return read_html
    if start.startswith((b"{", b"[{")) or re.match(rb"\[\s*[\[{\"\d]", start):
        first = start.partition(b"\n")[0]
        whole = first.rstrip().endswith(b"}") and first.startswith(b"{")
        return read_jsonl if whole or len(first) >= guard.SNIFF else read_json
    return read_text


def read_text(opened: Opened, settings: ReadSettings) -> Iterator[Item]:
    """A text file is one report."""
    body = guard.read_whole(opened.chunks)
    yield RawPage(opened.name, _sound_id(opened.stem), None, body, "text/plain")


def read_html(opened: Opened, settings: ReadSettings) -> Iterator[Item]:
    """A web page is one report."""
    body = guard.read_whole(opened.chunks)
    yield RawPage(opened.name, _sound_id(opened.stem), None, body, "text/html")


def read_jsonl(opened: Opened, settings: ReadSettings) -> Iterator[Item]:
    """Every line of a JSON Lines file is one report; blank lines are nothing."""
    names = _choose_names(settings.mapping)
    seen = False
    for number, line in guard.read_lines(opened.chunks):
        source = f"{opened.name}:{number}"
        if isinstance(line, BadInput):
            yield _reject(source, str(line))
        elif line.strip():
            yield _read_record(source, line, names)
        else:
            continue
        seen = True
    if not seen:
        yield _reject(opened.name, "empty file: no line holds anything")


def read_json(opened: Opened, settings: ReadSettings) -> Iterator[Item]:
    """A JSON file holds one report, a list of them, or (whatever its ending says) one a line."""
    data = guard.read_whole(opened.chunks, guard.DOCUMENT_MAX)
    try:
        loaded = guard.parse_json(data)
    except BadInput:
        if data.lstrip().partition(b"\n")[0].rstrip().endswith(b"}"):
            yield from read_jsonl(Opened(opened.name, opened.stem, (data,)), settings)
            return
        raise
    names = _choose_names(settings.mapping)
    if not isinstance(loaded, list):
        yield _shape_record(opened.name, loaded, names, opened.stem)
        return
    if not loaded:
        yield _reject(opened.name, "empty file: a list without records")
    for number, record in enumerate(loaded, 1):
        yield _shape_record(f"{opened.name}:{number}", record, names, None)


FORMATS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": read_text,
        ".text": read_text,
        ".html": read_html,
        ".htm": read_html,
        ".xhtml": read_html,
        ".jsonl": read_jsonl,
        ".ndjson": read_jsonl,
        ".json": read_json,
    }
)

# --- JSON records -----------------------------------------------------------------------------------------------


def _choose_names(mapping: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Ours → the names to look under, the user's own first."""
    return {ours: (*(theirs for theirs, meant in mapping.items() if meant == ours), ours, *ALIASES.get(ours, ())) for ours in NAMES}


def _read_record(source: str, line: bytes, names: Mapping[str, tuple[str, ...]]) -> Item:
    try:
        return _shape_record(source, guard.parse_json(line), names, None)
    except BadInput as error:
        return _reject(source, str(error))


def _shape_record(source: str, record: Any, names: Mapping[str, tuple[str, ...]], stem: str | None) -> Item:
    if not isinstance(record, dict):
        return _reject(source, f"not a record: a JSON object is wanted, this is {_name_type(record)}")
    text, html = _pick(record, names["text"]), _pick(record, names["html"])
    if html is None and isinstance(text, str) and _FRAGMENT_START.match(text) and "</" in text:
        text, html = None, text
    body, media_type = (html, "text/html") if isinstance(html, str) and html else (text, "text/plain")
    if body is None:
        found = ", ".join(sorted(guard.scrub(str(name))[:30] for name in record)[:8])
        return _reject(source, f"no text: no field of that name; the record has {found or 'no fields'}")
    if not isinstance(body, str):
        return _reject(source, f"text is not a string: it is {_name_type(body)}")
    given = {
        name: value
        for name in ("title", "published", "outlet", "language")
        if (value := _read_short(_pick(record, names[name]), VALUE_MAX))
    }
    given["charset"] = "utf-8"
    url = _read_short(_pick(record, names["url"]), VALUE_MAX)
    return RawPage(
        source=source,
        source_id=_sound_id(_read_short(_pick(record, names["id"]), guard.PAGE_MAX)) or _sound_id(stem),
        url=url if url and _WEB_ADDRESS.match(url) else None,
        body=guard.scrub(body).encode("utf-8"),
        media_type=media_type,
        given=given,
    )


def _pick(record: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _read_short(value: Any, limit: int) -> str | None:
    if isinstance(value, dict):  # {"id": …, "name": "The Outlet"}, as news services write it
        value = value.get("name")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    text = " ".join(guard.scrub(value if isinstance(value, str) else json.dumps(value)).split())
    return text[:limit] or None


def _sound_id(name: str | None) -> str | None:
    """An id that can be shown, stored and typed: no control characters, at most ID_MAX characters."""
    if not name:
        return None
    shown = " ".join(_show(name).split())
    return shown if len(shown) <= ID_MAX else f"{shown[: ID_MAX - 20]}~{hash_id('n', shown)}"


def _name_type(value: Any) -> str:
    kinds: tuple[tuple[Any, str], ...] = (
        (type(None), "null"),
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "a string"),
        (list, "a list"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "an object")


# --- names that are given once ----------------------------------------------------------------------------------


def _name_once(items: Iterable[Item]) -> Iterator[Item]:
    """Give the second report of an id its path or number as well, so that each id names one report of the run."""
    taken: set[str] = set()
    for item in items:
        if isinstance(item, RawPage) and item.source_id is not None:
            name, tries = item.source_id, 1
            while name in taken:
                tail = f" ({item.source})" if tries == 1 else f" ({item.source} #{tries})"
                name, tries = _sound_id(item.source_id + tail) or item.source_id, tries + 1
            taken.add(name)
            if name != item.source_id:
                item = RawPage(item.source, name, item.url, item.body, item.media_type, item.fetched, item.given)
        yield item


def _show(source: str) -> str:
    """A path as it can be printed: its bytes may be no text, and hold commands to a terminal."""
    return guard.scrub(source if source.isascii() else os.fsencode(source).decode("utf-8", "replace"))


def _reject(source: str, reason: str) -> Rejected:
    return Rejected(_show(source), "read", guard.scrub(reason))
