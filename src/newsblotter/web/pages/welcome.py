"""The first screen of an empty store: what this is, and the two ways to begin."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from newsblotter.web.desk import desk_of
from newsblotter.web.render import render


def show_welcome(request: Request) -> HTMLResponse:
    """Teach how to fill the store."""
    return render(request, "welcome.html", store=str(desk_of(request).path))
