"""Undone, flagged and pending reports."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room in the history for undos, and for reports that are not stored yet."""
    op.add_column("submissions", sa.Column("flags", sa.Text()))
    for name in ("replaces", "undoes", "restores"):
        op.add_column("submissions", sa.Column(name, _ID))
    for name, column in (("flagged", "day"), ("undoes", "undoes")):
        known = "flags" if name == "flagged" else name
        op.create_index(
            f"submissions_{name}",
            "submissions",
            [column],
            sqlite_where=sa.text(f"{known} IS NOT NULL"),
            postgresql_where=sa.text(f"{known} IS NOT NULL"),
        )
    op.create_table(
        "confirmations",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("inbox_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("new_values", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("settled_at", sa.Double()),
        sa.Column("settled_by", _ID),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("confirmations_pkey")),
    )
    op.create_index("confirmations_number", "confirmations", ["number"])
