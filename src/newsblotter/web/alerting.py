"""Whose saved search is whose, and where its feed lies: for pages and API alike."""

from __future__ import annotations

from fastapi import Request

from newsblotter.web.access import UserRole, Visitor
from newsblotter.web.alerts import SavedSearch, get_search
from newsblotter.web.desk import Desk
from newsblotter.web.faults import Refusal


def find_own(desk: Desk, visitor: Visitor, search_id: str) -> SavedSearch:
    """A search, when it is this visitor's, or the visitor an admin.

    Raises:
        UnknownIncident: There is none.
        Refusal: It is somebody else's; said in the words of one that is not there.
    """
    with desk.people.reading() as connection:
        search = get_search(connection, search_id)
    if search.owner != visitor.name and not visitor.may(UserRole.ADMIN):
        raise Refusal(404, f"there is no saved search {search_id[:40]}")
    return search


def feed_url(request: Request, search: SavedSearch) -> str:
    """Where a search's feed lies; whoever knows the address can read it."""
    base = request.app.state.settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/feeds/{search.id}.{search.secret}.rss"
