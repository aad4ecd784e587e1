"""An incident as schema.org JSON-LD, for those who read pages by machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsblotter.store import Record
from newsblotter.store.present import plain
from newsblotter.web.links import incident_path, outward


def describe_event(record: Record, base: str) -> dict[str, Any]:
    """An incident as a schema.org Event with its reports as NewsArticles.

    Args:
        record: The incident.
        base: Scheme and host under which the desk is reached, without a slash at the end.
    """
    date: Mapping[str, Any] = record.get("date") or {}
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": base + incident_path(record["id"]),
        "identifier": record["id"],
        "name": plain(record["title"]),
        "additionalType": record["type"],
        "startDate": date.get("start"),
        "endDate": date.get("end"),
        "location": _describe_place(record.get("place")),
        "subjectOf": [_describe_report(report) for report in record.get("reports") or ()],
    }
    return {name: value for name, value in event.items() if value not in (None, [])}


def _describe_place(place: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not place:
        return None
    found: dict[str, Any] = {"@type": "Place", "name": place.get("name")}
    address = {"addressRegion": place.get("admin1"), "addressCountry": place.get("country"), "streetAddress": place.get("address")}
    if any(address.values()):
        found["address"] = {"@type": "PostalAddress", **{name: value for name, value in address.items() if value}}
    if place.get("lat") is not None and place.get("lon") is not None:
        metres = None if place.get("radius_km") is None else round(place["radius_km"] * 1000)
        middle = {"@type": "GeoCoordinates", "latitude": place["lat"], "longitude": place["lon"]}
        found["geo"] = {"@type": "GeoCircle", "geoMidpoint": middle, "geoRadius": metres} if metres else middle
    return found


def _describe_report(report: Mapping[str, Any]) -> dict[str, Any]:
    article = {
        "@type": "NewsArticle",
        "identifier": report["id"],
        "url": outward(report.get("url")),
        "datePublished": report.get("published"),
        "publisher": {"@type": "Organization", "name": report["outlet"]} if report.get("outlet") else None,
    }
    return {name: value for name, value in article.items() if value is not None}
