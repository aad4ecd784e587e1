-- A saved search and what it tells: events wait in the outbox, are bundled once they are due, and a bundle is sent until it arrives.

CREATE TABLE searches (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    secret TEXT NOT NULL,
    watch TEXT NOT NULL,
    hours TEXT NOT NULL,
    active INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    since INTEGER NOT NULL,
    looked INTEGER NOT NULL
) STRICT;
CREATE INDEX searches_owner ON searches (owner);

CREATE TABLE told (
    search_id TEXT NOT NULL REFERENCES searches(id) ON DELETE CASCADE,
    incident TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (search_id, incident)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundles (
    id TEXT PRIMARY KEY,
    search_id TEXT NOT NULL REFERENCES searches(id) ON DELETE CASCADE,
    attempts INTEGER NOT NULL,
    next_at TEXT NOT NULL,
    claimed_until TEXT,
    sent_at TEXT,
    failed_at TEXT,
    error TEXT
) STRICT;
CREATE INDEX bundles_waiting ON bundles (next_at) WHERE sent_at IS NULL AND failed_at IS NULL;

CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    search_id TEXT NOT NULL REFERENCES searches(id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    made_at TEXT NOT NULL,
    due TEXT NOT NULL,
    bundle TEXT REFERENCES bundles(id) ON DELETE SET NULL
) STRICT;
CREATE INDEX events_search ON events (search_id, number);
CREATE INDEX events_unbundled ON events (search_id, due) WHERE bundle IS NULL;
CREATE INDEX events_bundle ON events (bundle) WHERE bundle IS NOT NULL;
