"""What programs send, each known by its token and its key."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "sendings",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("token_id", _ID, nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("last_row", _ID, nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("sendings_token_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sendings_pkey")),
        sa.UniqueConstraint("token_id", "key", name=op.f("sendings_token_id_key_key")),
    )
    op.create_index("sendings_token", "sendings", ["token_id", "created_at"])
    op.create_index("sendings_number", "sendings", ["number", "created_at"])
