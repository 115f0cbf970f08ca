"""Reports that something is wrong with a question, and their answers."""

revision = "2026_11_21_question_reports"
down_revision = "2026_11_21_seat_time"


def upgrade() -> None:
    pass
