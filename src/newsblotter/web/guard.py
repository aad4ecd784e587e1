"""What every request passes before a router sees it, and what every answer carries: plain ASGI.

Host names are held against a list (DNS rebinding), bodies have a size, an unsafe method has to come from a page of ours
(cross-site request forgery), and the answer's headers tell the browser to run nothing but our own files.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsblotter.web.faults import Refusal, answer
from newsblotter.web.settings import WebSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
UPLOADS = ("/import", "/api/import")  # paths whose bodies may be as large as an upload
LONGEST_QUERY = 8_000  # characters of a query string: the longest filter has some hundred

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def origin_of(url: str | None) -> str | None:
    """Scheme, name and port of a URL, for a policy."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else None


def write_policy(tiles: str | None = None) -> str:
    """The content security policy; the tiles' server is let in where one is set."""
    policy = dict(_POLICY)
    origin = origin_of(tiles)
    if origin and not any(c in origin for c in " ;,'\""):
        for name in ("img-src", "connect-src"):
            policy[name] += f" {origin}"
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def is_same_origin(headers: Headers) -> bool:
    """Whether an unsafe request comes from one of our pages, or from no browser at all.

    Browsers say so by ``Sec-Fetch-Site``; older ones send ``Origin`` with every unsafe request. Neither: no browser, so there
    are no cookies that somebody else could abuse.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


class _TooLargeError(Exception):
    """The body is larger than allowed."""


class Guard:
    """The outermost layer of the desk."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._settings = settings
        self._policy = write_policy(settings.tiles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message))
            await send(message)

        refusal = self._refuse(scope)
        if refusal is None:
            body = _Body(receive, self._most_bytes(scope["path"]))
            with suppress(_TooLargeError):
                await self._app(scope, body.receive, body.watch(send_guarded))
            if not body.cut:
                return
            refusal = self._too_large(body.most)
        await answer(Request(scope), refusal)(scope, receive, send_guarded)

    def _most_bytes(self, path: str) -> int:
        large = any(path == prefix or path.startswith(prefix + "/") for prefix in UPLOADS)
        return self._settings.upload_bytes if large else self._settings.body_bytes

    @staticmethod
    def _too_large(most: int) -> Refusal:
        return Refusal(
            413, f"that is more than the {most / (1 << 20):,.0f} MiB that are taken at once", headers={"Connection": "close"}
        )

    def _refuse(self, scope: Scope) -> Refusal | None:
        """Why a request is not let in, by its headers."""
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or _host_name(named[0]) not in self._settings.hosts:
            return Refusal(421, "this desk does not answer to that host name; --allow-host lets one in")
        if len(scope.get("query_string", b"")) > LONGEST_QUERY:
            return Refusal(400, "the address is too long")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return Refusal(400, "the length of the body is not a number")
        if int(length) > self._most_bytes(scope["path"]):
            return self._too_large(self._most_bytes(scope["path"]))
        if scope["method"] not in SAFE_METHODS and not is_same_origin(headers):
            return Refusal(403, "that came from another site's page; do it from a page of this desk")
        return None

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers.setdefault("content-security-policy", self._policy)
        headers.setdefault("cache-control", "private, no-cache")
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)


def _host_name(host: str) -> str:
    """The name of a ``Host`` header without its port; empty for what is no such header."""
    host = host.strip().lower()
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    if port and not port.isdigit():
        return ""
    return name.strip("[]").rstrip(".")


class _Body:
    """A request's body, cut off where it grows too large; what the application answers to the stump is thrown away."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._seen = 0
        self._answered = False
        self.most = most
        self.cut = False

    async def receive(self) -> Message:
        """The next part.

        Raises:
            _TooLargeError: That would be too much.
        """
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self.most and not self._answered:
            self.cut = True
            raise _TooLargeError
        return message

    def watch(self, send: Send) -> Send:
        """``send``, which says nothing once the body was cut off."""

        async def send_unless_cut(message: Message) -> None:
            if not self.cut:
                self._answered = True
                await send(message)

        return send_unless_cut
