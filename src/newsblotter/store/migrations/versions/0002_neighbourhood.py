"""What linking keeps of every mention, so that a new report is linked to those it may belong with and to no others."""

from alembic import op

revision = "0002_neighbourhood"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE link_sheets (
    number INTEGER NOT NULL PRIMARY KEY, mention_id TEXT NOT NULL UNIQUE, report_id TEXT NOT NULL, voice TEXT NOT NULL,
    sheet TEXT NOT NULL);
CREATE INDEX link_sheets_by_report_id ON link_sheets (report_id);
CREATE TABLE link_keys (
    key INTEGER NOT NULL, day INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, day, number)) WITHOUT ROWID;
CREATE TABLE link_words (word TEXT NOT NULL PRIMARY KEY, voices INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE link_lines (line INTEGER NOT NULL PRIMARY KEY, voices INTEGER NOT NULL);
CREATE TABLE link_pending (report_id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE link_state (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX links_judged ON links (judgement) WHERE judgement IS NOT NULL
"""


def upgrade() -> None:
    """Make the tables; they are filled by the next build, which links everything once."""
    for statement in TABLES.split(";"):
        op.execute(statement.strip())


def downgrade() -> None:
    """Drop them: they hold nothing that cannot be made again."""
    op.execute("DROP INDEX links_judged")
    for name in ("link_sheets", "link_keys", "link_words", "link_lines", "link_pending", "link_state"):
        op.execute(f"DROP TABLE {name}")
