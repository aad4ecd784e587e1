"""Templates to answers: one Jinja environment a language, escaping always on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from newsblotter import __version__
from newsblotter.store.present import SHORT_ID, plain, shorten
from newsblotter.web import access
from newsblotter.web.filters import list_pairs, toggle, without, write_query
from newsblotter.web.links import incident_path, outward, report_path
from newsblotter.web.words import LANGUAGES, Words, choose_language, load_words

THEMES = ("light", "dark")
MOST_REASONS = 3  # for and against, as a sentence tells them; the picture below has all
COOKIE_S = 365 * 24 * 3600  # how long a browser remembers theme and language


@cache
def load_environment(language: str) -> Environment:
    """The templates in a language."""
    environment = Environment(
        loader=PackageLoader("newsblotter.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    words = load_words(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # comes with the extension
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(plain=plain, shorten=shorten, outward=outward, clause=words.clause)
    environment.globals.update(
        w=words,
        static=static_url,
        languages=LANGUAGES,
        version=__version__,
        short_id=SHORT_ID,
        most_reasons=MOST_REASONS,
        incident_path=incident_path,
        report_path=report_path,
        write_query=write_query,
        list_pairs=list_pairs,
        toggle=toggle,
        without=without,
        UserRole=access.UserRole,
    )
    return environment


@cache
def static_url(name: str) -> str:
    """The address of a file of ours, which changes when the file does."""
    data = (files("newsblotter.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.blake2b(data, digest_size=6).hexdigest()}"


def words_of(request: Request) -> Words:
    """The words in the language of whoever asks."""
    return load_words(choose_language(request.cookies.get("lang"), request.headers.get("accept-language", "")))


def render(
    request: Request, template: str, *, status_code: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """A page.

    Args:
        request: Whose language, theme and role it is made for.
        template: Its file below ``templates``.
        status_code: HTTP status.
        headers: Further headers.
        context: What the template shows.
    """
    words = words_of(request)
    theme = request.cookies.get("theme")
    page = load_environment(words.language).get_template(template)
    body = page.render(
        request=request,
        theme=theme if theme in THEMES else "",
        visitor=access.identify(request),
        settings=request.app.state.settings,
        ground=request.app.state.ground,
        here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        **context,
    )
    return HTMLResponse(
        body, status_code, {"Vary": "Cookie, Accept-Language", "Content-Language": words.language, **(headers or {})}
    )
