"""Approvals that can end or be withdrawn, grievances with clocks, and mail that could not be sent."""

revision = "2026_11_30_office"
down_revision = "2026_11_30_rosters"


def upgrade() -> None:
    """Change nothing yet."""
