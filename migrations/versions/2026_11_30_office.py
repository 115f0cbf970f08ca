"""Approvals that can end or be withdrawn, grievances with clocks, and mail that says what became of it."""

import sqlalchemy as sa
from alembic import op

from migrations import standing

revision = "2026_11_30_office"
down_revision = "2026_11_30_rosters"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()
PROTECTED = ("approval", "approval_end")


def upgrade() -> None:
    _make_ends()
    _make_grievances()
    _make_notes()
    _make_reminders()
    _tell_of_mail()
    with_who = sa.Column("answered_by", TEXT, nullable=False, server_default="")
    op.add_column("accommodation_request", with_who)
    for table in PROTECTED:
        standing.protect(table)


def _make_ends() -> None:
    op.create_table(
        "approval_end",
        sa.Column("id", ID, nullable=False),
        sa.Column("approval_id", ID, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_approval_end_approval_id_approval"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_end")),
    )
    op.create_index(op.f("ix_approval_end_approval_id"), "approval_end", ["approval_id"], unique=False)


def _make_grievances() -> None:
    op.create_table(
        "grievance",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_grievance_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance")),
    )
    for column in ("person_id", "email_key", "asked_at"):
        op.create_index(op.f(f"ix_grievance_{column}"), "grievance", [column], unique=False)


def _make_notes() -> None:
    op.create_table(
        "request_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_note")),
    )
    op.create_index(op.f("ix_request_note_request_id"), "request_note", ["request_id"], unique=False)


def _make_reminders() -> None:
    op.create_table(
        "reminder",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminder")),
    )


def _tell_of_mail() -> None:
    op.add_column("mail", sa.Column("token", TEXT, nullable=False, server_default=""))
    op.add_column("mail", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    for column in ("first_tried_at", "handed_at", "unsure_at", "failed_at"):
        op.add_column("mail", sa.Column(column, INSTANT, nullable=True))
    op.add_column("mail", sa.Column("last_error", TEXT, nullable=False, server_default=""))
    # Written out: Alembic would make the table anew on SQLite, only to tie it to itself.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    tie = "CONSTRAINT fk_mail_again_of_mail REFERENCES mail (id)"
    op.execute(f"ALTER TABLE mail ADD COLUMN again_of {number} {tie}")
    op.create_index(op.f("ix_mail_again_of"), "mail", ["again_of"], unique=False)
