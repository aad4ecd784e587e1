"""Which reports wait to be read, where ids went that are no more, and running totals: adding a report counts and scans nothing."""

from alembic import op

revision = "0005_waiting"
down_revision = "0004_copies"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE read_pending (report_id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE redirects (old TEXT NOT NULL, part INTEGER NOT NULL, now TEXT, PRIMARY KEY (old, part));
CREATE INDEX redirects_by_now ON redirects (now);
CREATE TABLE state (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO redirects
    SELECT line.subject, coalesce(part.key, 0), part.value
    FROM journal AS line LEFT JOIN json_each(line.data, '$.now') AS part
    WHERE line.kind = 'redirected' AND line.number = (
        SELECT max(number) FROM journal AS other WHERE other.subject = line.subject AND other.kind IN ('redirected', 'revived'));
INSERT INTO state SELECT 'mentions', count(*) FROM mentions;
INSERT INTO state SELECT 'incidents', count(*) FROM incidents;
INSERT INTO state SELECT 'copies', (SELECT count(*) FROM copy_members) - (SELECT count(*) FROM copy_groups)
"""


def upgrade() -> None:
    """Make the tables and fill them from what is there; the next build looks at every report once."""
    for statement in TABLES.split(";"):
        op.execute(statement.strip())


def downgrade() -> None:
    """They hold nothing that cannot be made again."""
    for name in ("read_pending", "redirects", "state"):
        op.execute(f"DROP TABLE {name}")
