"""What the copy finder keeps of each report, so that a new one is held against what it meets and nothing else."""

from alembic import op

revision = "0004_copies"
down_revision = "0003_journal"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE copy_texts (number INTEGER NOT NULL PRIMARY KEY, words INTEGER NOT NULL, grouper TEXT NOT NULL);
CREATE TABLE copy_anchors (anchor INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (anchor, number)){by_key};
CREATE TABLE copy_lines (line INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (line, number)){by_key};
CREATE TABLE copy_furniture (line INTEGER NOT NULL PRIMARY KEY);
"""


def upgrade() -> None:
    """Make the tables; the next build fills them."""
    by_key = " WITHOUT ROWID" if op.get_bind().dialect.name == "sqlite" else ""
    for statement in TABLES.format(by_key=by_key).split(";"):
        if statement.strip():
            op.execute(statement.strip())


def downgrade() -> None:
    """The tables hold nothing that cannot be made again."""
    for name in ("copy_texts", "copy_anchors", "copy_lines", "copy_furniture"):
        op.execute(f"DROP TABLE {name}")
