"""The first shape: reports, copies, readings, links, incidents, journal, runs; full text and points."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE reports (
    number INTEGER NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, source_id TEXT NOT NULL UNIQUE, url TEXT, outlet TEXT,
    title TEXT NOT NULL, text TEXT NOT NULL, language TEXT, published TEXT, fetched TEXT);
CREATE TABLE rejected (
    source TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (source, stage, reason));
CREATE TABLE copy_groups (id TEXT NOT NULL PRIMARY KEY, lead_id TEXT NOT NULL);
CREATE TABLE copy_members (
    report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES copy_groups (id) ON DELETE CASCADE);
CREATE INDEX copy_members_by_group_id ON copy_members (group_id);
CREATE TABLE readings (
    report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE, reader TEXT NOT NULL,
    published TEXT, seconds FLOAT NOT NULL, refused INTEGER NOT NULL);
CREATE TABLE mentions (
    id TEXT NOT NULL PRIMARY KEY, report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    type TEXT NOT NULL, role TEXT NOT NULL, reality TEXT NOT NULL,
    trigger_start INTEGER NOT NULL, trigger_end INTEGER NOT NULL, trigger_text TEXT NOT NULL);
CREATE INDEX mentions_by_report_id ON mentions (report_id);
CREATE TABLE claims (
    mention_id TEXT NOT NULL REFERENCES mentions (id) ON DELETE CASCADE, ordinal INTEGER NOT NULL, id TEXT NOT NULL,
    field TEXT NOT NULL, quote_start INTEGER NOT NULL, quote_end INTEGER NOT NULL, quote_text TEXT NOT NULL,
    value TEXT, said_by TEXT, score FLOAT NOT NULL, PRIMARY KEY (mention_id, ordinal));
CREATE TABLE links (
    left_id TEXT NOT NULL, right_id TEXT NOT NULL, probability FLOAT NOT NULL, features TEXT NOT NULL, judgement TEXT,
    made_by TEXT NOT NULL, made_at TEXT, retired_at TEXT, PRIMARY KEY (left_id, right_id));
CREATE INDEX links_by_right_id ON links (right_id);
CREATE TABLE incidents (
    number INTEGER NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, reality TEXT NOT NULL,
    title TEXT NOT NULL, target TEXT, first_day TEXT, last_day TEXT, latitude FLOAT, longitude FLOAT, country TEXT,
    voices INTEGER NOT NULL, record TEXT NOT NULL, fingerprint TEXT NOT NULL);
CREATE INDEX incidents_by_type ON incidents (type);
CREATE INDEX incidents_by_first_day ON incidents (first_day);
CREATE INDEX incidents_by_country ON incidents (country);
CREATE TABLE incident_mentions (
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE, mention_id TEXT NOT NULL,
    report_id TEXT NOT NULL, type TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (incident_id, mention_id));
CREATE INDEX incident_mentions_by_mention_id ON incident_mentions (mention_id);
CREATE INDEX incident_mentions_by_report_id ON incident_mentions (report_id);
CREATE TABLE journal (number INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL, data TEXT NOT NULL, at TEXT);
CREATE INDEX journal_by_kind ON journal (kind);
CREATE TABLE runs (
    number INTEGER NOT NULL PRIMARY KEY, started TEXT NOT NULL, finished TEXT NOT NULL, seconds TEXT NOT NULL,
    counters TEXT NOT NULL);
"""

SQLITE_ONLY = """
CREATE VIRTUAL TABLE reports_fts USING fts5 (
    title, text, content='reports', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE incidents_fts USING fts5 (
    title, target, place, people, tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE incidents_points USING rtree (number, south, north, west, east);
PRAGMA application_id = 1315064948;
"""


def upgrade() -> None:
    """Make every table, and on SQLite the indexes for full text and points."""
    script = TABLES
    if op.get_bind().dialect.name == "sqlite":
        script += SQLITE_ONLY
    for statement in script.split(";"):
        if statement.strip():
            op.execute(statement.strip())


def downgrade() -> None:
    """There is nothing before the first shape."""
    raise NotImplementedError("a store cannot be taken back before its first shape; make a new one")
