"""The octets of what was sent and of its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the last attempt at a part wrote, and what the carrier answered."""
    op.add_column("outbox", sa.Column("submit_pdu", sa.LargeBinary(), nullable=True))
    op.add_column("outbox", sa.Column("answer_pdu", sa.LargeBinary(), nullable=True))
