"""The first administrator, invitations, merged accounts and what a provider shows of itself."""

revision = "2026_11_30_people"
down_revision = "2026_11_30_trail"


def upgrade() -> None:
    """Change nothing yet."""
