"""A narrow row of every incident for filters and counts, a card for lists, and the editions in which incidents changed."""

from alembic import op

revision = "0006_overview"
down_revision = "0005_waiting"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE overview (
    number INTEGER NOT NULL PRIMARY KEY REFERENCES incidents (number) ON DELETE CASCADE, type TEXT NOT NULL,
    reality TEXT NOT NULL, status TEXT, country TEXT, first_day TEXT, last_day TEXT, latitude FLOAT, longitude FLOAT,
    radius_km FLOAT, precision TEXT, loot_low FLOAT, loot_high FLOAT, currency TEXT, voices INTEGER NOT NULL,
    disputed INTEGER NOT NULL, review FLOAT NOT NULL, edition INTEGER NOT NULL);
CREATE INDEX overview_by_first_day ON overview (first_day);
CREATE INDEX overview_by_edition ON overview (edition);
CREATE TABLE cards (number INTEGER NOT NULL PRIMARY KEY REFERENCES incidents (number) ON DELETE CASCADE, card TEXT NOT NULL);
CREATE TABLE editions (number INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE gone (edition INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (edition, number))
"""


def upgrade() -> None:
    """Make the tables; the store fills them from the records as soon as it is opened."""
    for statement in TABLES.split(";"):
        op.execute(statement.strip())


def downgrade() -> None:
    """The tables hold nothing that cannot be made again."""
    for name in ("gone", "editions", "cards", "overview"):
        op.execute(f"DROP TABLE {name}")
