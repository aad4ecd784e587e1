"""An incident as schema.org JSON-LD, for those who read pages by machine."""

from __future__ import annotations

from typing import Any

from newsblotter.store import Record
from newsblotter.store.formats import make_linked
from newsblotter.web.links import incident_path


def describe_event(record: Record, base: str) -> dict[str, Any]:
    """An incident as a schema.org Event with its reports as NewsArticles.

    Args:
        record: The incident.
        base: Scheme and host under which the desk is reached, without a slash at the end.
    """
    event = make_linked(record)
    return {"@context": "https://schema.org", "@type": event.pop("@type"), "@id": base + incident_path(record["id"]), **event}
