"""Rosters that were read, and what came of each row."""

revision = "2026_11_30_rosters"
down_revision = "2026_11_30_licenses"


def upgrade() -> None:
    """Change nothing yet."""
