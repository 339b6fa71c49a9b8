"""Messages found by number and day, and replies sent once more by an operator."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNASKED = sa.text("inbox_id IS NULL")


def upgrade() -> None:
    """Index what pages search by; make room for what is sent once more."""
    op.create_index("inbox_number", "inbox", ["number", "arrived_at"])
    op.create_index("submissions_inbox_id", "submissions", ["inbox_id"])
    op.create_index("outbox_inbox_id", "outbox", ["inbox_id"])
    op.create_index("outbox_created", "outbox", ["created_at"])
    op.create_index(
        "outbox_unasked",
        "outbox",
        ["number", "created_at"],
        sqlite_where=_UNASKED,
        postgresql_where=_UNASKED,
    )
    op.create_index("receipts_outbox_id", "receipts", ["outbox_id"])
    op.create_table(
        "resends",
        sa.Column("first_row", _ID, autoincrement=False, nullable=False),
        sa.Column("of_row", _ID, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("first_row", name=op.f("resends_pkey")),
        sa.UniqueConstraint("of_row", name=op.f("resends_of_row_key")),
    )
