"""What ties incidents into series, so that a new one finds those of its series and they find it, without a rebuild."""

from alembic import op

revision = "0008_series"
down_revision = "0007_ties"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE series (incident_id TEXT NOT NULL PRIMARY KEY, day INTEGER NOT NULL, keys TEXT NOT NULL, traits TEXT NOT NULL);
CREATE TABLE series_keys (
    key INTEGER NOT NULL, day INTEGER NOT NULL, incident_id TEXT NOT NULL, PRIMARY KEY (key, day, incident_id)){by_key};
DELETE FROM link_state WHERE name = 'linker'
"""


def upgrade() -> None:
    """Make the tables; the next build links everything anew and fills them."""
    by_key = " WITHOUT ROWID" if op.get_bind().dialect.name == "sqlite" else ""
    for statement in TABLES.format(by_key=by_key).split(";"):
        op.execute(statement.strip())


def downgrade() -> None:
    """The tables hold nothing that cannot be made again."""
    for name in ("series", "series_keys"):
        op.execute(f"DROP TABLE {name}")
