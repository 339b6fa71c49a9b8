"""Arrivals that name themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the fingerprints of what may come again by any link."""
    op.create_table(
        "keyed_arrivals",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "inbox_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("shelf", sa.Text()),
        sa.Column("slot", sa.Integer()),
        sa.PrimaryKeyConstraint(
            "fingerprint", "inbox_id", name=op.f("keyed_arrivals_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "keyed_arrivals_shelf",
        "keyed_arrivals",
        ["shelf"],
        sqlite_where=sa.text("shelf IS NOT NULL"),
        postgresql_where=sa.text("shelf IS NOT NULL"),
    )
