"""Passkeys, authenticators and how each sign-in was proved."""

revision = "2026_11_30_signing_in"
down_revision = "2026_11_30_register"


def upgrade() -> None:
    """Change nothing yet."""
