"""Links are looked up from either end by indexes that hold all that grouping asks for."""

from alembic import op

revision = "0007_ties"
down_revision = "0006_overview"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    op.execute("DROP INDEX links_by_right_id")
    op.execute("CREATE INDEX links_by_left_id ON links (left_id, right_id, probability, judgement)")
    op.execute("CREATE INDEX links_by_right_id ON links (right_id, left_id, probability, judgement)")


def downgrade() -> None:
    """Only the column."""
    op.execute("DROP INDEX links_by_left_id")
    op.execute("DROP INDEX links_by_right_id")
    op.execute("CREATE INDEX links_by_right_id ON links (right_id)")
