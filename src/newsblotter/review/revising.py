"""What a person's word does to the incidents: derived anew from the links at hand, without reading or comparing anything again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsblotter.records import Link
from newsblotter.review.deriving import Derived, Past, Settled, derive, group_mentions, recall
from newsblotter.review.judging import Lost, judge_links
from newsblotter.review.ledger import WORD_KINDS, read_words
from newsblotter.review.material import Material, load_material, put_judgements
from newsblotter.review.references import Finder
from newsblotter.store import JournalEntry, Store
from newsblotter.store.incidents import list_changed
from newsblotter.taxonomy import load_taxonomy


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one incident."""

    kind: str  # new, changed, merged, split, withdrawn, revived
    incident: str
    now: tuple[str, ...] = ()  # where it went: merged or split
    fields: tuple[str, ...] = ()  # parts of the record that say something else: changed
    title: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """What a word did, or would do."""

    numbers: tuple[int, ...]  # of the lines in the journal; none when nothing was written
    effects: tuple[Effect, ...]
    lost: tuple[Lost, ...]  # words that find nothing to be said of


@dataclass(frozen=True, slots=True)
class Rederived:
    """The incidents and links that a store would hold."""

    derived: Derived
    links: Sequence[Link]
    lost: tuple[Lost, ...]


def rederive(
    store: Store,
    min_probability: float,
    further: Iterable[JournalEntry] = (),
    *,
    material: Material | None = None,
    links: Iterable[Link] | None = None,
) -> Rederived:
    """Derive all incidents from the links and what people said.

    Args:
        store: The store.
        min_probability: The weakest average link that joins two groups.
        further: Lines that are not in the journal, to see what they would do.
        material: What to derive them from; None: what the store holds.
        links: The links between its mentions; None: those that the store holds.
    """
    material, past = material or load_material(store), recall(store)
    further = list(further)
    if further:
        said = [entry for entry in store.journal() if entry.kind in WORD_KINDS]
        past = Past(past.ids, read_words([*said, *further]), past.homes, past.focus)
    finder = Finder(material.mentions, material.reports)
    judged, lost = judge_links(past.words, finder)
    tied = put_judgements(store.links() if links is None else links, judged)
    clusters = group_mentions(material.mentions, material.reports, tied, min_probability)
    derived = derive(Settled(clusters, material.reports, material.groups, load_taxonomy()), past, finder)
    return Rederived(derived, tied, (*lost, *derived.lost))


def list_effects(store: Store, derived: Derived) -> tuple[Effect, ...]:
    """How the incidents differ from those that the store holds."""
    before = {record["id"]: record for record in store.records()}
    titles = {entry.incident.id: entry.incident.title for entry in derived.entries}
    effects = []
    for line in derived.journal:
        name = str(line.data["id"])
        title = titles.get(name) or str(before.get(name, {}).get("title") or "")
        if line.kind == "minted":
            effects.append(Effect("new", name, title=title))
        elif line.kind == "revived":
            effects.append(Effect("revived", name, title=title))
        elif line.kind in ("redirected", "split"):
            now = tuple(line.data["now"])
            kind = "withdrawn" if not now else "merged" if len(now) == 1 else "split"
            effects.append(Effect(kind, name, now, title=title))
    told = {effect.incident for effect in effects if effect.kind != "split"}
    for entry in derived.entries:
        old = before.get(entry.incident.id)
        if old is not None and entry.incident.id not in told:
            fields = tuple(list_changed(old, entry.record))
            if fields:
                effects.append(Effect("changed", entry.incident.id, fields=fields, title=entry.incident.title))
    return tuple(effects)
