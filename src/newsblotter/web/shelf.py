"""Answers that are asked for again: kept as they were sent, until anything in the store changes.

At 300,000 incidents a page of the list takes 20 milliseconds to make and a tenth of one to take from the shelf. What is kept is
kept for the same person, language and cookies only, and under the store's version, so it can never be stale or somebody else's.
Whoever asks for what is being made for somebody else waits for that: a hundred visitors after a build cost as much as one.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsblotter.errors import NewsblotterError
from newsblotter.web.access import UserRole, recognise
from newsblotter.web.desk import desk_of

# Pages that show what stands in the store and nothing else.
KEPT = re.compile(r"/|/search|/incidents/[^/]+|/reports/[^/]+|/api/(incidents|facets|points|timeline|search|reports|stats)(/.*)?")
LONGEST = 256 << 10  # bytes of an answer that is kept: a page of a list has 60 KB
SHELF_BYTES = 64 << 20  # of all of them

_Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str


class Shelf:
    """The layer between the guard and the routers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()
        self._made: dict[_Key, asyncio.Event] = {}  # answers that are being made → set once they are
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not KEPT.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        key = await self._name(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        if key in self._made:
            await self._made[key].wait()
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
            await _give(answer, Headers(scope=scope), send)
            return
        made = self._made.setdefault(key, asyncio.Event())
        try:
            await self._app(scope, receive, _Copy(send, lambda found: self._keep(key, found)).send)
        finally:
            made.set()
            self._made.pop(key, None)

    async def _name(self, scope: Scope) -> _Key | None:
        """All that an answer hangs on; None where nothing may be kept."""
        request = Request(scope)
        headers = Headers(scope=scope)
        desk = desk_of(request)
        if not desk.is_open:
            return None
        try:
            visitor = await recognise(request)
            if not visitor.may(UserRole.READER):
                return None
            version = desk.store.version()
        except NewsblotterError:
            return None  # the router says what is wrong
        if not version[0]:
            return None  # no incident yet: the first page shows how an import goes on
        told = tuple(headers.get(name, "") for name in ("accept", "accept-language", "cookie", "host"))
        return scope["path"], scope.get("query_string", b""), *told, visitor.name, visitor.role, visitor.how, version

    def _keep(self, key: _Key, answer: _Answer) -> None:
        if key not in self._answers:
            self._answers[key] = answer
            self._size += len(answer.body)
        while self._size > SHELF_BYTES:
            _, oldest = self._answers.popitem(last=False)
            self._size -= len(oldest.body)


async def _give(answer: _Answer, asked: Headers, send: Send) -> None:
    """Send a kept answer, or say that whoever asks has it already."""
    tags = {one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")}
    known = answer.tag in tags
    headers = [(name, value) for name, value in answer.headers if not (known and name in (b"content-length", b"content-type"))]
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known else answer.body})


class _Copy:
    """Takes down an answer while it is sent, and gives those that were made without one an ETag."""

    def __init__(self, send: Send, keep: Any) -> None:
        self._send = send
        self._keep = keep
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on; one that comes whole is kept."""
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            if (
                message["status"] == 200
                and "set-cookie" not in headers
                and int(headers.get("content-length", LONGEST + 1)) <= LONGEST
            ):
                self._start = message  # held back until the body is here, for its tag
            else:
                await self._send(message)
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body"):
                self._keep(self._finish(start, message.get("body", b"")))
            await self._send(start)
        await self._send(message)

    @staticmethod
    def _finish(start: Message, body: bytes) -> _Answer:
        headers = MutableHeaders(raw=start["headers"])
        if "etag" not in headers:
            headers["etag"] = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        start["headers"] = headers.raw
        return _Answer(list(headers.raw), body, headers["etag"])
