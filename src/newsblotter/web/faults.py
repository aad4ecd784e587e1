"""What goes wrong, said in one shape: JSON to programs, a plain page to people.

{"error": {"status": 404, "code": "unknown", "message": "…"}}
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from newsblotter.errors import NewsblotterError, StoreBusy, StoreError, StoreSlow, UnknownIncident, UsageError

_log = logging.getLogger("newsblotter.web")

RETRY_S = 2  # seconds after which a client may ask again when the store is being written, or a question took too long
CODES: Mapping[int, str] = {
    300: "split",
    400: "bad_request",
    401: "not_logged_in",
    403: "not_allowed",
    404: "unknown",
    405: "wrong_method",
    409: "changed_meanwhile",
    410: "withdrawn",
    412: "changed_meanwhile",
    413: "too_large",
    415: "wrong_kind",
    421: "wrong_host",
    422: "bad_request",
    428: "not_seen",
    429: "too_many",
    500: "failed",
    503: "busy",
}


PLAIN: Mapping[int, str] = {  # in place of the bare phrase of the protocol
    404: "no page has this address",
    405: "this address does not take such a request",
}


class Refusal(NewsblotterError):
    """A request that is not served, with the status to answer.

    Args:
        status: HTTP status.
        message: What went wrong and what to do about it, for a person.
        detail: More for programs: goes into the JSON beside the message.
        headers: Further headers of the answer.
    """

    def __init__(
        self, status: int, message: str, *, detail: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail
        self.headers = dict(headers or {})


def error_body(status: int, message: str, detail: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The one shape of an error."""
    body: dict[str, Any] = {"status": status, "code": CODES.get(status, "failed"), "message": message}
    if detail:
        body["detail"] = dict(detail)
    return {"error": body}


def wants_json(path: str, accept: str) -> bool:
    """Whether a program asks: by the path, or as it takes JSON and no HTML."""
    return path.startswith("/api/") or path.endswith((".json", ".jsonld")) or ("json" in accept and "html" not in accept)


def answer(request: Request, refusal: Refusal) -> Response:
    """A refusal as an answer."""
    headers = dict(refusal.headers)
    if wants_json(request.url.path, request.headers.get("accept", "")):
        return JSONResponse(error_body(refusal.status, refusal.message, refusal.detail), refusal.status, headers)
    from newsblotter.web.render import render

    if refusal.status == 401 and request.method == "GET":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(here, safe='/')}", 303)
    try:
        phrase = HTTPStatus(refusal.status).phrase
    except ValueError:
        phrase = ""
    response = render(request, "error.html", status_code=refusal.status, refusal=refusal, phrase=phrase)
    response.headers.update(headers)
    return response


def translate(error: NewsblotterError) -> Refusal:
    """One of our errors as a refusal."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, UnknownIncident):
        return Refusal(404, str(error))
    if isinstance(error, UsageError):
        return Refusal(400, str(error))
    if isinstance(error, (StoreBusy, StoreSlow)):
        return Refusal(503, str(error), headers={"Retry-After": str(RETRY_S)})
    if isinstance(error, StoreError):
        return Refusal(503, str(error))
    return Refusal(500, "the desk failed; its log says more")


def install(app: FastAPI) -> None:
    """Answer every error in the one shape."""

    def on_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, NewsblotterError)
        refusal = translate(error)
        where = str(request.app.state.desk.path)
        if refusal.message.startswith(f"{where}: "):  # where the store lies is the business of this machine alone
            refusal = Refusal(
                refusal.status, refusal.message.removeprefix(f"{where}: "), detail=refusal.detail, headers=refusal.headers
            )
        if refusal.status >= 500 and not isinstance(error, (StoreBusy, StoreSlow)):
            _log.error("%s %s: %s", request.method, request.url.path, error)
        return answer(request, refusal)

    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        message = (
            PLAIN.get(error.status_code, error.detail) if error.detail == HTTPStatus(error.status_code).phrase else error.detail
        )
        return answer(request, Refusal(error.status_code, str(message), headers=error.headers))

    def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        parts = [f"{'.'.join(str(step) for step in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
        return answer(request, Refusal(422, "; ".join(parts) or "the request is not understood"))

    def on_anything(request: Request, error: Exception) -> Response:
        _log.error("%s %s", request.method, request.url.path, exc_info=error)
        return answer(request, Refusal(500, "the desk failed; its log says more"))

    app.add_exception_handler(NewsblotterError, on_ours)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_anything)
