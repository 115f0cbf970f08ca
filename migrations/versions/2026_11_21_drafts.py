"""Drafts: what authors write in the Studio, every version of it."""

revision = "2026_11_21_drafts"
down_revision = "2026_11_21_editions"


def upgrade() -> None:
    pass
