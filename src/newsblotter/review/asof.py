"""What was known on an earlier day: the incidents that the reports published by then support, under the ids of today.

Nothing is stored: the mentions of those reports are grouped anew by the links between them, and their incidents derived anew.
People's judgements of what is one incident hold for every day, and so do corrections, but those of what grows with time.
"""

from __future__ import annotations

from datetime import date

from newsblotter.errors import UnknownIncident
from newsblotter.link import LinkSettings
from newsblotter.review.deriving import Settled, derive, group_mentions, recall
from newsblotter.review.judging import judge_links
from newsblotter.review.material import limit_to, load_material, put_judgements
from newsblotter.review.references import Finder
from newsblotter.store import Record, Store
from newsblotter.taxonomy import load_taxonomy


def list_as_of(store: Store, day: date, min_probability: float | None = None) -> list[Record]:
    """Every incident as the reports published by the end of a day support it, by id.

    Args:
        store: The store.
        day: The last day of publication that counts.
        min_probability: The weakest average link that joins; None: as ``LinkSettings`` has it.
    """
    material = limit_to(load_material(store), day)
    past, finder = recall(store), Finder(material.mentions, material.reports)
    judged, _ = judge_links(past.words, finder)
    present = {mention.id for mention in material.mentions}
    links = [link for link in put_judgements(store.links(), judged) if link.left_id in present and link.right_id in present]
    least = LinkSettings().min_probability if min_probability is None else min_probability
    clusters = group_mentions(material.mentions, material.reports, links, least)
    settled = Settled(clusters, material.reports, material.groups, load_taxonomy(), day)
    return [entry.record for entry in derive(settled, past, finder).entries]


def show_as_of(store: Store, incident_id: str, day: date) -> Record:
    """One incident as the reports published by the end of a day support it.

    Args:
        store: The store.
        incident_id: A living incident's id.
        day: The last day of publication that counts.

    Raises:
        UnknownIncident: No report of it had been published; the message says when the first was.
    """
    found = next((record for record in list_as_of(store, day) if record["id"] == incident_id), None)
    if found is not None:
        return found
    record = store.get_incident(incident_id).record
    first = min((report["published"] for report in record["reports"] if report["published"]), default=None)
    known = f"the first is of {first}" if first else "none of them is dated"
    raise UnknownIncident(f"incident {incident_id}: no report of it had been published by {day}; {known}")
