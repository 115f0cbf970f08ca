"""Editions have a kind, a signature and an end."""

revision = "2026_11_21_editions"
down_revision = "2026_11_20_revocations_stand"


def upgrade() -> None:
    pass
