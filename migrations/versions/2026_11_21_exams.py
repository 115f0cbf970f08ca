"""Exams: time limits, accommodations, and what each paper was drawn with."""

revision = "2026_11_21_exams"
down_revision = "2026_11_21_drafts"


def upgrade() -> None:
    pass
