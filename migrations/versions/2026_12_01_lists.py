"""Lists of people in the order of their names follow an index, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_lists"
down_revision = "2026_11_30_office"

MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    listed = sa.text("lower(coalesce(legal_name, email))")
    op.create_index("ix_person_listed", "person", [listed, "id", "merged_into"], unique=False)
    # Hardly any account is merged: an index over those that are not led the planner away from every other one.
    op.drop_index("ix_person_merged_into", table_name="person")
    op.create_index(
        "ix_person_merged_into", "person", ["merged_into"], sqlite_where=MERGED, postgresql_where=MERGED, unique=False
    )
