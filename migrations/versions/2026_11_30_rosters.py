"""Rosters that were sent, and what came of each row."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_rosters"
down_revision = "2026_11_30_licenses"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("id", ID, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("sent_by", TEXT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("done_by", TEXT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("counts", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
    )
    op.create_index(op.f("ix_roster_done_at"), "roster", ["done_at"], unique=False)
