"""What is sent by the clock: rounds that were done, and whom they told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for rounds and notices."""
    op.create_table(
        "rounds",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(
            "purpose", "zone", "day", "time", name=op.f("rounds_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column(
            "outbox_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint(
            "purpose",
            "zone",
            "day",
            "time",
            "place",
            "number",
            name=op.f("notices_pkey"),
        ),
        sqlite_with_rowid=False,
    )
