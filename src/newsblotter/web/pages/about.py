"""What the desk's words mean and how its common tasks go, and what became of the incidents lately."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from newsblotter.review.changes import Changed, page_changes
from newsblotter.web.access import UserRole, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.render import render, words_of
from newsblotter.web.words import Words

router = APIRouter(dependencies=[require(UserRole.READER)], include_in_schema=False)

MOST_LINES = 400  # lines of the journal that the page looks back over: a day's news of a busy store


@router.get("/help")
def show_help(request: Request) -> HTMLResponse:
    """The words and the tasks."""
    return render(request, "help.html")


@router.get("/changes")
def show_changes(request: Request, desk: Annotated[Desk, Depends(desk_of)]) -> HTMLResponse:
    """New, changed, merged, split and withdrawn incidents, the newest first."""
    after = max(0, desk.store.last_number() - MOST_LINES)
    found = page_changes(desk.store, None, after, MOST_LINES)
    days = list(_by_day(found.changes, words_of(request)))
    return render(request, "changes.html", days=days, older=after > 0)


def _by_day(changes: tuple[Changed, ...], words: Words) -> Iterator[tuple[str, list[Changed]]]:
    """The changes under the day they were written, the newest day and the newest change first."""
    for day, several in groupby(reversed(changes), key=lambda change: change.at.date() if change.at else None):
        yield words.day(day), list(several)
