"""Theme and language, remembered in two cookies that say nothing of who somebody is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from newsblotter.web.access import open_to_all
from newsblotter.web.links import inward
from newsblotter.web.render import COOKIE_S, THEMES
from newsblotter.web.words import LANGUAGES

router = APIRouter(dependencies=[open_to_all()], include_in_schema=False)


@router.post("/preferences")
def prefer(
    theme: Annotated[str | None, Form()] = None,
    lang: Annotated[str | None, Form()] = None,
    on: Annotated[str | None, Form(alias="next")] = None,
) -> RedirectResponse:
    """Remember a choice and go back to where it was made."""
    response = RedirectResponse(inward(on), 303)
    if theme is not None:
        if theme in THEMES:
            response.set_cookie("theme", theme, max_age=COOKIE_S, samesite="lax")
        else:
            response.delete_cookie("theme", samesite="lax")
    if lang in LANGUAGES:
        response.set_cookie("lang", str(lang), max_age=COOKIE_S, samesite="lax")
    return response
