"""Reports that something is wrong with a question, and their answers; evaluations that nobody can line up.

What was said in evaluations so far is written anew: under new random keys, in their order, on SQLite in a table
that knows no order of its own, and by the month in which five or more could be counted together.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_question_reports"
down_revision = "2026_11_21_seat_time"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.Text()
FEWEST = 5  # answers to an edition that are counted together, or none of them is


def upgrade() -> None:
    _make_answers()
    _make_reports()
    _make_remarks()
    _protect("report_answer")
    _mix_evaluations()


def _belongs_to(table: str, column: str, whom: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{whom}")
    return sa.ForeignKeyConstraint([column], [f"{whom}.id"], name=name, ondelete="RESTRICT")


def _make_answers() -> None:
    table = "report_answer"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_by", ID, nullable=False),
        _belongs_to(table, "answered_by", "person"),
        sa.CheckConstraint("outcome IN ('kept', 'later', 'corrected')", name=op.f("ck_report_answer_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_answer")),
    )


def _make_reports() -> None:
    table = "question_report"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("question_id", TEXT, nullable=False),
        sa.Column("heading", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("answer_id", ID, nullable=True),
        _belongs_to(table, "edition_id", "edition"),
        _belongs_to(table, "person_id", "person"),
        _belongs_to(table, "answer_id", "report_answer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_report")),
    )
    op.create_index(op.f("ix_question_report_course_code"), table, ["course_code"], unique=False)
    still = sa.text("answer_id IS NULL")
    hers = ["person_id", "edition_id", "question_id"]
    op.create_index("uq_question_report_open", table, hers, unique=True, sqlite_where=still, postgresql_where=still)


def _make_remarks() -> None:
    table = "report_remark"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("report_id", ID, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        _belongs_to(table, "report_id", "question_report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_remark")),
    )
    op.create_index(op.f("ix_report_remark_report_id"), table, ["report_id"], unique=False)


def _mix_evaluations() -> None:
    said = sa.text(
        "SELECT edition_id, submitted_on, answers FROM evaluation_response ORDER BY edition_id, submitted_on"
    )
    kept = op.get_bind().execute(said.columns(submitted_on=sa.Date())).all()
    op.drop_table("evaluation_response")
    table = op.create_table(
        "evaluation_response",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("answers", TEXT, nullable=False),
        _belongs_to("evaluation_response", "edition_id", "edition"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_response")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_evaluation_response_edition_id"), "evaluation_response", ["edition_id"], unique=False)
    rows = [row for _, of_edition in groupby(kept, key=lambda row: row.edition_id) for row in _mixed(list(of_edition))]
    op.bulk_insert(table, sorted(rows, key=lambda row: str(row["id"])))


def _mixed(said: list[Any]) -> Iterator[dict[str, object]]:
    """Give what was said of one edition, by the month in which each five were together; a rest joins the last five."""
    whole = len(said) // FEWEST
    for number, row in enumerate(said):
        group = min(number // FEWEST, whole - 1)
        last = len(said) if group == whole - 1 else (group + 1) * FEWEST
        month: date | None = said[last - 1].submitted_on.replace(day=1) if whole else None
        yield {"id": str(uuid.uuid4()), "edition_id": row.edition_id, "counted_on": month, "answers": row.answers}


def _protect(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, act in (("keep", "DELETE"), ("fixed", "UPDATE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows are never deleted or rewritten'); END"
            )
        return
    op.execute(
        f"""
        CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} rows are never deleted or rewritten';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
