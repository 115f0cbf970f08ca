"""Seat time: coarse beats of reading."""

revision = "2026_11_21_seat_time"
down_revision = "2026_11_21_exams"


def upgrade() -> None:
    pass
