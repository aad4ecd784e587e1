"""Take the report out of a web page, in a child process that can be stopped: a page may be made to hang its reader."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from html import unescape
from types import TracebackType
from typing import Any, BinaryIO

from newsblotter.errors import BadInput

TIME_LIMIT_S = 10.0  # the slowest of 95 real pages took 0.2 s
MEMORY_LIMIT = 1 << 30  # bytes of address space of the child; a 6 MB page needs about 300 MB
START_LIMIT_S = 60.0  # seconds for the child to import its libraries, on a busy machine
SHORT_BODY = 120  # characters: below it the page's own paragraphs are tried as well
HTML_MAX = 10_000_000  # characters of page after decoding
LANGUAGE_WITHIN = 5_000  # characters of a page in which its <html lang> stands
TAGS_MAX = 400_000  # "<" in a page; the longest of 95 real pages has 9,000. Above it parsing cannot end in time

_CHILD = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from newsblotter.collect.pages import serve; serve(float(sys.argv[2]), int(sys.argv[3]))"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a web page says of itself, as it says it."""

    text: str  # paragraphs parted by blank lines
    title: str | None = None
    published: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None


class PageReader:
    """Reads web pages one after another, in one child process that is started at the first page and after each kill."""

    def __init__(self, time_limit_s: float = TIME_LIMIT_S, memory_limit: int = MEMORY_LIMIT) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PageReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except OSError:
                        continue  # what was still to be written is lost with the child, as it should be

    def read(self, html: str, url: str | None = None) -> Page:
        """Give a page's main text and what it says of itself.

        Raises:
            BadInput: It took too long, too much memory, or holds no text.
        """
        if len(html) > HTML_MAX:
            raise BadInput(f"page too large: {len(html)} characters, at most {HTML_MAX}")
        if (tags := html.count("<")) > TAGS_MAX:
            raise BadInput(f"page too large: {tags} tags, at most {TAGS_MAX}")
        try:
            answer = self._ask(html, url)
        except (OSError, EOFError) as error:
            self.close()
            raise BadInput("page could not be read: its parser ran out of memory or died") from error
        except BaseException:  # an interrupt too: the child's answer would be taken for the next page's
            self.close()
            raise
        if "error" in answer:
            raise BadInput(str(answer["error"]))
        return Page(**answer)

    def _ask(self, html: str, url: str | None) -> dict[str, Any]:
        child = self._start()
        assert child.stdin is not None and child.stdout is not None
        _write(child.stdin, {"html": html, "url": url})
        _wait(child.stdout, self._time_limit_s, f"page took too long: more than {self._time_limit_s:g} s")
        return _read(child.stdout)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        self._child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, json.dumps(sys.path), str(self._time_limit_s), str(self._memory_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._child.stdout is not None
        _wait(self._child.stdout, START_LIMIT_S, "page reader did not start")
        _read(self._child.stdout)
        return self._child


def _write(stream: Any, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode("ascii")
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _read(stream: Any) -> dict[str, Any]:
    size = stream.read(8)
    data = stream.read(int.from_bytes(size, "big")) if len(size) == 8 else b""
    if not data:
        raise EOFError
    loaded: dict[str, Any] = json.loads(data)
    return loaded


def _wait(stream: Any, limit_s: float, complaint: str) -> None:
    if os.name == "posix" and not select.select([stream], [], [], limit_s)[0]:
        raise BadInput(complaint)


# --- the child --------------------------------------------------------------------------------------------------


def serve(time_limit_s: float, memory_limit: int) -> None:
    """Answer page after page until the parent closes the pipe. Runs in the child only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes nowhere
    import trafilatura  # noqa: F401 - loaded before the limit is set, so that the first page is not charged for it

    _limit_memory(memory_limit)
    _write(answers, {"ready": time.monotonic()})
    while True:
        try:
            asked = _read(sys.stdin.buffer)
        except EOFError:
            return
        if hasattr(signal, "alarm"):  # should the parent die, the child does not hang on for ever
            signal.alarm(int(time_limit_s) + 20)
        _write(answers, _answer(asked["html"], asked["url"]))
        if hasattr(signal, "alarm"):
            signal.alarm(0)


def _limit_memory(memory_limit: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit still holds
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory_limit if hard == resource.RLIM_INFINITY else min(memory_limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _answer(html: str, url: str | None) -> dict[str, Any]:
    try:
        page = extract_page(html, url)
    except MemoryError:
        return {"error": "page took too much memory"}
    except RecursionError:
        return {"error": "page nested too deeply"}
    except Exception as error:  # noqa: BLE001 - the worker's boundary: a library's fault costs one page, not the run
        return {"error": f"page could not be read: {type(error).__name__}"}
    return {name: getattr(page, name) for name in Page.__slots__}


def extract_page(html: str, url: str | None = None) -> Page:
    """Give a page's main text and what it says of itself, with no limit on time: use ``PageReader`` for others' pages."""
    from trafilatura import bare_extraction, baseline

    if "<body" not in html[:200_000].lower():
        html = f"<html><body>{html}</body></html>"
    options = {"extensive_search": False, "original_date": True, "max_date": "9999-12-31"}
    found = bare_extraction(html, url=url, fast=True, include_comments=False, with_metadata=True, date_extraction_params=options)
    text = (found.text or "") if found is not None and not isinstance(found, dict) else ""
    if len(text) < SHORT_BODY:
        text = max(text, baseline(html)[1] or "", strip_tags(html)[:100_000] if not text else "", key=len)
    stated = _LANGUAGE.search(html, 0, LANGUAGE_WITHIN)
    language = stated[1] if stated else None
    if found is None or isinstance(found, dict):
        return Page(_part(text), language=language)
    return Page(_part(text), found.title, found.date, found.sitename, found.url, language)


_LANGUAGE = re.compile(r"<html\b[^>]{0,500}?\slang\s?=\s?[\"']?([A-Za-z]{2,3}\b)", re.I)


def _part(text: str) -> str:
    return "\n\n".join(line.strip() for line in text.split("\n") if line.strip())


_UNSEEN = re.compile(r"<(script|style|noscript|template|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_BLOCK = re.compile(r"<(?:/?(?:p|div|h[1-6]|li|tr|section|article)|br)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[^<>]*>")


def strip_tags(html: str) -> str:
    """What is left when the tags are gone: the last resort for a page that no parser makes sense of."""
    bare = unescape(_TAG.sub(" ", _BLOCK.sub("\n", _UNSEEN.sub(" ", html))))
    lines = (" ".join(line.split()) for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)
