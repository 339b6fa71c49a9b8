"""Registration by a code, PINs, and the failures with both."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REFUSED_CODE = "outcome IN ('bad_code', 'code_locked') AND reason = ''"


def upgrade() -> None:
    """Make room for what officers prove themselves by."""
    op.create_table(
        "pins",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["officers.number"], name=op.f("pins_number_fkey")
        ),
        sa.PrimaryKeyConstraint("number", "subject", name=op.f("pins_pkey")),
    )
    op.create_table(
        "invitations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double()),
        sa.Column("number", sa.Text()),
        sa.Column("revoked_at", sa.Double()),
        sa.ForeignKeyConstraint(
            ["unit"], ["units.code"], name=op.f("invitations_unit_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("invitations_pkey")),
        sa.UniqueConstraint("code_hash", name=op.f("invitations_code_hash_key")),
    )
    op.create_table(
        "attempts",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", "subject", name=op.f("attempts_pkey")),
    )
    op.create_index(
        "inbox_refused_code",
        "inbox",
        ["arrived_at"],
        sqlite_where=sa.text(_REFUSED_CODE),
        postgresql_where=sa.text(_REFUSED_CODE),
    )
