"""Licenses with their history, and what privacy asks for: exports, erasures, retention."""

revision = "2026_11_30_licenses"
down_revision = "2026_11_30_people"


def upgrade() -> None:
    """Change nothing yet."""
