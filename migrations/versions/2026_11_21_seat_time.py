"""Seat time: one clock for each person or reader, and her sittings.

The sittings of a person stand for ever. Those of a reader without an account are lent: they become a person's, or
are forgotten with the reader.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_seat_time"
down_revision = "2026_11_21_exams"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.Text()
REFUSAL = "sitting rows of a person are never deleted or rewritten"
OF_A_PERSON = "SELECT 1 FROM enrollment WHERE id = OLD.enrollment_id AND person_id IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "seat_clock",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reader_id", ID, nullable=True),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("module_slug", TEXT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("counted_until", INSTANT, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("keys", TEXT, nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (reader_id IS NULL)", name=op.f("ck_seat_clock_somebodys")),
        sa.CheckConstraint("seconds >= 0 AND began_at <= counted_until", name=op.f("ck_seat_clock_forward")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_seat_clock_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["reader.id"], name=op.f("fk_seat_clock_reader_id_reader"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_seat_clock_enrollment_id_enrollment"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_clock")),
        sa.UniqueConstraint("person_id", name=op.f("uq_seat_clock_person_id")),
        sa.UniqueConstraint("reader_id", name=op.f("uq_seat_clock_reader_id")),
    )
    op.create_index(op.f("ix_seat_clock_enrollment_id"), "seat_clock", ["enrollment_id"], unique=False)
    op.create_table(
        "sitting",
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("module_slug", TEXT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds > 0 AND began_at <= ended_at", name=op.f("ck_sitting_forward")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_sitting_enrollment_id_enrollment"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
    )
    op.create_index(op.f("ix_sitting_enrollment_id"), "sitting", ["enrollment_id"], unique=False)
    _protect()


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, act in (("keep", "DELETE"), ("fixed", "UPDATE")):
            op.execute(
                f"CREATE TRIGGER sitting_{name} BEFORE {act} ON sitting WHEN EXISTS ({OF_A_PERSON}) "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        f"""
        CREATE FUNCTION sitting_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' OR EXISTS ({OF_A_PERSON}) THEN
                RAISE EXCEPTION '{REFUSAL}';
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER sitting_keep BEFORE UPDATE OR DELETE ON sitting FOR EACH ROW EXECUTE FUNCTION sitting_refuse()"
    )
    op.execute(
        "CREATE TRIGGER sitting_whole BEFORE TRUNCATE ON sitting FOR EACH STATEMENT EXECUTE FUNCTION sitting_refuse()"
    )
