"""A saved search as an RSS 2.0 feed, for readers that cannot log in: the address carries a secret word."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from newsblotter.store.present import plain
from newsblotter.web.alerts.events import Event
from newsblotter.web.alerts.searches import SavedSearch

_ATOM = "http://www.w3.org/2005/Atom"


def write_feed(search: SavedSearch, events: Sequence[Event], link: str) -> bytes:
    """The feed as XML.

    Args:
        search: The search.
        events: Newest first.
        link: Where the feed itself lies.
    """
    ET.register_namespace("atom", _ATOM)
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", search.name)
    _add(channel, "link", link.split("/feeds/")[0] + "/")
    _add(channel, "description", f"Incidents that the saved search “{search.name}” tells of")
    ET.SubElement(channel, f"{{{_ATOM}}}link", href=link, rel="self", type="application/rss+xml")
    if events:
        _add(channel, "lastBuildDate", format_datetime(events[0].at))
    for event in events:
        item = ET.SubElement(channel, "item")
        _add(item, "title", str(event.data.get("title") or event.data["id"]))
        if event.data.get("link"):
            _add(item, "link", str(event.data["link"]))
        _add(item, "description", str(event.data["why"]))
        ET.SubElement(item, "guid", isPermaLink="false").text = event.key
        _add(item, "pubDate", format_datetime(event.at))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, name).text = plain(words)
