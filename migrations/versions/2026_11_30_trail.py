"""The audit trail as a chain, and its personal part beside it."""

revision = "2026_11_30_trail"
down_revision = "2026_11_30_signing_in"


def upgrade() -> None:
    """Change nothing yet."""
