"""The store's tables for SQLAlchemy, made from the columns in ``tables.py``."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Float, ForeignKeyConstraint, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.types import TypeEngine

from newsblotter.tables import TABLES

# every revision, oldest first; a test holds it against migrations/versions
REVISIONS = (
    *("0001", "0002_neighbourhood", "0003_journal", "0004_copies", "0005_waiting", "0006_overview", "0007_ties"),
    "0008_series",
)
HEAD = REVISIONS[-1]  # newest revision that this program knows

_TYPES: Mapping[str, type[TypeEngine[object]]] = {"text": Text, "integer": Integer, "real": Float}  # type: ignore[dict-item]

_KEYS: Mapping[str, tuple[str, ...]] = {
    "reports": ("number",),
    "rejected": ("source", "stage", "reason"),
    "copy_groups": ("id",),
    "copy_members": ("report_id",),
    "copy_texts": ("number",),
    "copy_anchors": ("anchor", "number"),
    "copy_lines": ("line", "number"),
    "copy_furniture": ("line",),
    "readings": ("report_id",),
    "mentions": ("id",),
    "claims": ("mention_id", "ordinal"),
    "links": ("left_id", "right_id"),
    "incidents": ("number",),
    "overview": ("number",),
    "cards": ("number",),
    "editions": ("number",),
    "gone": ("edition", "number"),
    "incident_mentions": ("incident_id", "mention_id"),
    "series": ("incident_id",),
    "series_keys": ("key", "day", "incident_id"),
    "journal": ("number",),
    "runs": ("number",),
    "link_sheets": ("number",),
    "link_keys": ("key", "day", "number"),
    "link_words": ("word",),
    "link_lines": ("line",),
    "link_pending": ("report_id",),
    "link_state": ("name",),
    "read_pending": ("report_id",),
    "redirects": ("old", "part"),
    "state": ("name",),
}
_BY_KEY_ALONE = frozenset(
    {"copy_anchors", "copy_lines", "series_keys"}
)  # the key is the whole row: half the size without row numbers
_UNIQUE: Mapping[str, tuple[str, ...]] = {"reports": ("id", "source_id"), "incidents": ("id",), "link_sheets": ("mention_id",)}
_PARENTS: Mapping[str, tuple[tuple[str, str], ...]] = {  # rows go when their parent goes
    "copy_members": (("group_id", "copy_groups.id"), ("report_id", "reports.id")),
    "readings": (("report_id", "reports.id"),),
    "mentions": (("report_id", "reports.id"),),
    "claims": (("mention_id", "mentions.id"),),
    "overview": (("number", "incidents.number"),),
    "cards": (("number", "incidents.number"),),
    "incident_mentions": (("incident_id", "incidents.id"),),
}
_INDEXES: Mapping[str, tuple[str, ...]] = {
    "copy_members": ("group_id",),
    "mentions": ("report_id",),
    "incidents": ("type", "first_day", "country"),
    "overview": ("first_day", "edition"),
    "incident_mentions": ("mention_id", "report_id"),
    "journal": ("kind", "subject"),
    "link_sheets": ("report_id",),
    "redirects": ("now",),
}


def _make_table(name: str, metadata: MetaData) -> Table:
    columns = [Column(c.name, _TYPES[c.kind], nullable=c.null) for c in TABLES[name]]
    parents = [ForeignKeyConstraint([own], [of], ondelete="CASCADE") for own, of in _PARENTS.get(name, ())]
    unique = [Unique(column) for column in _UNIQUE.get(name, ())]
    keyed = name not in _BY_KEY_ALONE
    table = Table(name, metadata, *columns, PrimaryKeyConstraint(*_KEYS[name]), *parents, *unique, sqlite_with_rowid=keyed)
    for column in _INDEXES.get(name, ()):
        Index(f"{name}_by_{column}", table.c[column])
    return table


metadata = MetaData()
_made = {name: _make_table(name, metadata) for name in TABLES}

reports = _made["reports"]
rejected = _made["rejected"]
copy_groups = _made["copy_groups"]
copy_members = _made["copy_members"]
copy_texts = _made["copy_texts"]
copy_anchors = _made["copy_anchors"]
copy_lines = _made["copy_lines"]
copy_furniture = _made["copy_furniture"]
readings = _made["readings"]
mentions = _made["mentions"]
claims = _made["claims"]
links = _made["links"]
incidents = _made["incidents"]
overview = _made["overview"]
cards = _made["cards"]
editions = _made["editions"]
gone = _made["gone"]
incident_mentions = _made["incident_mentions"]
journal = _made["journal"]
runs = _made["runs"]
link_pending = _made["link_pending"]
read_pending = _made["read_pending"]

# from either end, with all that grouping and doubts ask for: a link's row holds its features besides, of up to 2 KB
Index("links_by_left_id", links.c.left_id, links.c.right_id, links.c.probability, links.c.judgement)
Index("links_by_right_id", links.c.right_id, links.c.left_id, links.c.probability, links.c.judgement)
Index("links_judged", links.c.judgement, sqlite_where=links.c.judgement.is_not(None))  # a few among millions
