"""Find the journal's lines on an id, so that adding a report reads no more of the journal than it touches."""

from alembic import op

revision = "0003_journal"
down_revision = "0002_neighbourhood"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the id that each line is on, by itself, and an index on it."""
    op.execute("ALTER TABLE journal ADD COLUMN subject TEXT")
    op.execute("UPDATE journal SET subject = json_extract(data, '$.id')")
    op.execute("CREATE INDEX journal_by_subject ON journal (subject)")


def downgrade() -> None:
    """Take both away."""
    op.execute("DROP INDEX journal_by_subject")
    op.execute("ALTER TABLE journal DROP COLUMN subject")
