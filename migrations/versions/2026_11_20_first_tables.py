"""The first tables: people, the shelf, learning, exams, certificates, and the trail of who did what."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_20_first_tables"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", ID, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("provider_number", TEXT, nullable=False),
        sa.Column("course_code", TEXT, nullable=True),
        sa.Column("course_number", TEXT, nullable=False),
        sa.Column("formats", TEXT, nullable=False),
        sa.Column("hour_types", TEXT, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("statement", TEXT, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_approval_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_table(
        "audit_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("actor_label", TEXT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )
    op.create_index(op.f("ix_audit_line_act"), "audit_line", ["act"], unique=False)
    op.create_index(op.f("ix_audit_line_subject"), "audit_line", ["subject"], unique=False)
    op.create_table(
        "edition",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("descends_from", ID, nullable=True),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("compiled", TEXT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["descends_from"], ["edition.id"], name=op.f("fk_edition_descends_from_edition"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_edition_content_hash")),
    )
    op.create_index(op.f("ix_edition_course_code"), "edition", ["course_code"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", TEXT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_done_at"), "job", ["done_at"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", ID, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("is_secret", sa.Boolean(), nullable=False),
        sa.Column("queued_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("legal_name", TEXT, nullable=True),
        sa.Column("legal_name_attested_at", INSTANT, nullable=True),
        sa.Column("time_zone", TEXT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_key", name=op.f("uq_person_email_key")),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("phone", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("signer_name", TEXT, nullable=False),
        sa.Column("signer_title", TEXT, nullable=False),
        sa.Column("refund_policy", TEXT, nullable=False),
        sa.Column("grievance_policy", TEXT, nullable=False),
        sa.Column("accommodations_policy", TEXT, nullable=False),
        sa.Column("privacy_policy", TEXT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_provider_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_table(
        "reader",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reader_token_hash")),
    )
    op.create_index(op.f("ix_reader_seen_at"), "reader", ["seen_at"], unique=False)
    op.create_table(
        "sign_in_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("code_hash", TEXT, nullable=False),
        sa.Column("browser_hash", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
    )
    op.create_index(op.f("ix_sign_in_code_email_key"), "sign_in_code", ["email_key"], unique=False)
    op.create_table(
        "enrollment",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reader_id", ID, nullable=True),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (reader_id IS NULL)", name=op.f("ck_enrollment_somebodys")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_enrollment_edition_id_edition"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_enrollment_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["reader.id"], name=op.f("fk_enrollment_reader_id_reader"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
    )
    op.create_index(
        "uq_enrollment_open_person",
        "enrollment",
        ["person_id", "course_code"],
        unique=True,
        sqlite_where=sa.text("completed_at IS NULL"),
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_index("uq_enrollment_reader", "enrollment", ["reader_id", "course_code"], unique=True)
    op.create_table(
        "evaluation_response",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("answers", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_evaluation_response_edition_id_edition"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_response")),
    )
    op.create_index(op.f("ix_evaluation_response_edition_id"), "evaluation_response", ["edition_id"], unique=False)
    op.create_table(
        "kept_form",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("content_type", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("replayed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_kept_form_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
        sa.UniqueConstraint("ticket", name=op.f("uq_kept_form_ticket")),
    )
    op.create_index(op.f("ix_kept_form_person_id"), "kept_form", ["person_id"], unique=False)
    op.create_table(
        "license",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_license_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_license")),
        sa.UniqueConstraint(
            "person_id", "state", "type", "number", name=op.f("uq_license_person_id_state_type_number")
        ),
    )
    op.create_index(op.f("ix_license_person_id"), "license", ["person_id"], unique=False)
    op.create_table(
        "offering",
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("edition_id", ID, nullable=True),
        sa.Column("problems", TEXT, nullable=False),
        sa.Column("conflict", TEXT, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_offering_edition_id_edition"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("course_code", name=op.f("pk_offering")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", TEXT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("score", TEXT, nullable=True),
        sa.Column("possible", TEXT, nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name=op.f("ck_attempt_graded")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_attempt_number")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_attempt_edition_id_edition"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_attempt_enrollment_id_enrollment"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("enrollment_id", "number", name=op.f("uq_attempt_enrollment_id_number")),
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("statement", TEXT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("replaces", ID, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_by", TEXT, nullable=True),
        sa.Column("revocation_reason", TEXT, nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name=op.f("ck_certificate_revocation")
        ),
        sa.CheckConstraint("length(number) = 20", name=op.f("ck_certificate_number")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_certificate_edition_id_edition"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_certificate_enrollment_id_enrollment"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["certificate.id"], name=op.f("fk_certificate_replaces_certificate"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"], unique=False)
    op.create_index(
        "uq_certificate_enrollment_first",
        "certificate",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text("replaces IS NULL"),
        postgresql_where=sa.text("replaces IS NULL"),
    )
    op.create_table(
        "evaluation",
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_evaluation_enrollment_id_enrollment"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_evaluation")),
    )
    op.create_table(
        "module_mark",
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("module_slug", TEXT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_module_mark_enrollment_id_enrollment"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_mark")),
        sa.UniqueConstraint("enrollment_id", "module_slug", name=op.f("uq_module_mark_enrollment_id_module_slug")),
    )
    op.create_table(
        "place",
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("module_slug", TEXT, nullable=False),
        sa.Column("block", TEXT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_place_enrollment_id_enrollment"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_place")),
    )
    op.create_table(
        "answer_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("question_id", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_answer_event_attempt_id_attempt"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_event")),
        sa.UniqueConstraint("attempt_id", "key", name=op.f("uq_answer_event_attempt_id_key")),
    )
    op.create_index(op.f("ix_answer_event_attempt_id"), "answer_event", ["attempt_id"], unique=False)
    op.create_table(
        "certificate_pdf",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("drawn_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_pdf_certificate_id_certificate"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_pdf")),
    )
