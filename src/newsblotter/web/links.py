"""Addresses: of our pages, and which of other people's may be linked to."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

OUTWARD_SCHEMES = ("http", "https")


def incident_path(incident_id: str, form: str = "") -> str:
    """The page of an incident, or its twin: ``json``, ``jsonld``."""
    return f"/incidents/{quote(incident_id, safe='')}" + (f".{form}" if form else "")


def report_path(report_id: str, start: int | None = None, end: int | None = None) -> str:
    """The page of a report (our id), with some of its words shown where start and end are given."""
    path = f"/reports/{quote(report_id, safe='')}"
    return path if start is None or end is None else f"{path}?at={start}-{end}#w{start}"


def outward(url: str | None) -> str | None:
    """A link to somebody else's page, None if it is not one to follow: escaping alone does not stop ``javascript:``."""
    if not url or any(ord(c) <= 32 or ord(c) == 127 for c in url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in OUTWARD_SCHEMES and parts.netloc else None


def inward(path: str | None, otherwise: str = "/") -> str:
    """A path of this desk to go on to; anything that could lead elsewhere becomes ``otherwise``."""
    if not path or not path.startswith("/") or path[1:2] in ("/", "\\") or any(ord(c) < 32 for c in path) or "\\" in path:
        return otherwise
    return path
