"""Arrivals are filed by number a moment after they came."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_FILED = sa.text("filed")
_UNFILED = sa.text("NOT filed")


def upgrade() -> None:
    """What is there is found as before; what comes is not filed yet."""
    op.add_column(
        "inbox",
        sa.Column("filed", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.drop_index("inbox_number", "inbox")
    op.create_index(
        "inbox_number",
        "inbox",
        ["number", "arrived_at"],
        sqlite_where=_FILED,
        postgresql_where=_FILED,
    )
    op.create_index(
        "inbox_unfiled",
        "inbox",
        ["arrived_at"],
        sqlite_where=_UNFILED,
        postgresql_where=_UNFILED,
    )
