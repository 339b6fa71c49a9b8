"""The submissions that change a day long after it was over."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room for what sums of old days are checked against."""
    op.create_table(
        "late_changes",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("submission_id", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "form", "day", "submission_id", name=op.f("late_changes_pkey")
        ),
        sqlite_with_rowid=False,
    )
