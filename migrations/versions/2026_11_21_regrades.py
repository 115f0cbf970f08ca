"""Regrades: a corrected key and what followed."""

revision = "2026_11_21_regrades"
down_revision = "2026_11_21_question_reports"


def upgrade() -> None:
    pass
