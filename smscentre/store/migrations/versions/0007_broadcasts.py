"""Broadcasts, and what no command understood."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    """Make room for what operators send, and for what a person is to read."""
    op.create_table(
        "broadcasts",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Integer(), nullable=False),
        sa.Column("last_row", _ID, nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("broadcasts_pkey")),
    )
    op.create_table(
        "unrecognised",
        sa.Column("inbox_id", _ID, autoincrement=False, nullable=False),
        sa.Column("done_at", sa.Double()),
        sa.PrimaryKeyConstraint("inbox_id", name=op.f("unrecognised_pkey")),
    )
    op.create_index(
        "unrecognised_open",
        "unrecognised",
        ["inbox_id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
