"""Pages drawn once for an edition of the store: who asks again gets the same bytes, or is told that nothing has changed.

A page hangs on its address, the store's edition, and on who asks in which language and theme. Drawing one takes some 15 ms, a look
here under one.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response

from newsblotter.web.access import identify
from newsblotter.web.desk import Desk

MOST_BYTES = 48 << 20  # of pages kept: a thousand lists of 40 kB


class PageCache:
    """The pages last asked for. Any thread may use it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[str, Response] = OrderedDict()
        self._bytes = 0
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._salt = secrets.token_hex(4)  # another program's pages are others

    def answer(self, request: Request, desk: Desk, draw: Callable[[], Response]) -> Response:
        """The page that ``draw`` makes, or made at the same edition for somebody like this visitor."""
        tag = self._tag(request, desk)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": tag})
        with self._lock:
            page = self._pages.get(tag)
            if page is not None:
                self._pages.move_to_end(tag)
        if page is None:
            page = draw()
            if page.status_code == 200:
                page.headers["ETag"] = tag
                self._keep(tag, page)
        return Response(page.body, page.status_code, dict(page.headers))

    def _tag(self, request: Request, desk: Desk) -> str:
        visitor = identify(request)
        parts = (
            self._salt,
            desk.store.edition(),
            request.url.path,
            request.url.query,
            request.headers.get("host"),
            request.headers.get("accept-language"),
            request.cookies.get("lang"),
            request.cookies.get("theme"),
            visitor.name,
            visitor.role,
            visitor.how,
        )
        return f'"{hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()}"'

    def _keep(self, tag: str, page: Response) -> None:
        with self._lock:
            if tag in self._pages:
                return
            self._pages[tag] = page
            self._bytes += len(page.body)
            while self._bytes > self._most_bytes:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)


def cache_of(request: Request) -> PageCache:
    """The pages kept by the desk that serves a request."""
    cache: PageCache = request.app.state.pages
    return cache
