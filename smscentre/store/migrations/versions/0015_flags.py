"""No query goes by the days of reports that were marked."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Marks are read with the reports that they belong to."""
    op.drop_index("submissions_flagged", "submissions")
