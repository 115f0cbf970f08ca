"""The register of certificates, whose they are beside it, and every drawing of theirs.

A certificate's facts were one text, name and license in it, that nothing could change. They become a statement without
the person, which still nothing can change, and beside it the person with a salt, which can be erased and otherwise not
be changed. The database can hold a certificate whose enrollment was lost, so that one can be taken back from its PDF.
Entering the certificates issued before this needs keys: `app.cli.migrate` does it after this, and tells.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations import standing

revision = "2026_11_30_register"
down_revision = "2026_11_21_regrades"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()
STANDING = ("register_entry", "register_node", "register_checkpoint")
PROTECTED = (*STANDING, "certificate", "certificate_document", "certificate_correction")
REPLACED = ("certificate_pdf",)  # what an earlier migration protected and this one takes the place of
FIXED = (
    "id, number, enrollment_id, person_id, edition_id, statement, completed_at, issued_at, replaces, replaces_why"
).split(", ")
REVOCATION = ("revoked_at", "revoked_by", "revocation_class", "revocation_reason")
DECISION = ("decided_at", "decided_by", "accepted")
ASKED = ("changes", "reason")  # may name the holder: emptied once her data are erased


def upgrade() -> None:
    _make_register()
    certificates = list(_read("certificate"))
    op.execute("CREATE TABLE drawn_before AS SELECT * FROM certificate_pdf")
    _take_down()
    _make_certificates()
    _make_documents()
    _make_corrections()
    _fill(certificates)
    _move_drawings()
    if op.get_bind().dialect.name == "sqlite":
        _protect_certificates_in_sqlite()
    else:
        _protect_certificates_in_postgresql()


# --- the register --------------------------------------------------------------------------------------------------


def _make_register() -> None:
    op.create_table(
        "register_entry",
        sa.Column("seq", ID, nullable=False, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_register_entry_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_register_entry")),
    )
    op.create_index(op.f("ix_register_entry_subject"), "register_entry", ["subject"], unique=False)
    op.create_index(op.f("ix_register_entry_kind"), "register_entry", ["kind"], unique=False)
    # Of one certificate there is one entry that it was issued: two would be two certificates of one number.
    once = sa.text("kind = 'issue'")
    op.create_index(
        "uq_register_entry_issue", "register_entry", ["subject"], unique=True, sqlite_where=once, postgresql_where=once
    )
    op.create_table(
        "register_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_register_node")),
    )
    op.create_table(
        "register_checkpoint",
        sa.Column("size", ID, nullable=False, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_register_checkpoint")),
    )
    op.create_index(op.f("ix_register_checkpoint_at"), "register_checkpoint", ["at"], unique=False)
    for table in STANDING:
        standing.protect(table)


# --- certificates, made anew ---------------------------------------------------------------------------------------


def _read(table: str) -> Iterator[dict[str, Any]]:
    for row in op.get_bind().execute(sa.text(f"SELECT * FROM {table}")).mappings():
        yield dict(row)


def _take_down() -> None:
    """Take the old tables away: what they held is in memory, and this transaction either ends well or never was."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("certificate_pdf", "certificate"):
            op.execute(f"DROP TABLE {table}")
            op.execute(f"DROP FUNCTION {table}_refuse() CASCADE")
        op.execute("DROP FUNCTION certificate_revocation_refuse() CASCADE")
        return
    for trigger in ("certificate_keep", "certificate_fixed", "certificate_revocation"):
        op.execute(f"DROP TRIGGER {trigger}")
    for trigger in ("certificate_pdf_keep", "certificate_pdf_fixed"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.execute("DROP TABLE certificate_pdf")
    op.execute("DROP TABLE certificate")


def _belongs_to(table: str, column: str, whom: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{whom}")
    return sa.ForeignKeyConstraint([column], [f"{whom}.id"], name=name, ondelete="RESTRICT")


def _make_certificates() -> None:
    table = "certificate"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("enrollment_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("edition_id", ID, nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("personal", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("completed_at", INSTANT, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("replaces", ID, nullable=True),
        sa.Column("replaces_why", TEXT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_by", TEXT, nullable=True),
        sa.Column("revocation_class", TEXT, nullable=True),
        sa.Column("revocation_reason", TEXT, nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name=op.f("ck_certificate_revocation")
        ),
        sa.CheckConstraint("length(number) = 20", name=op.f("ck_certificate_number")),
        sa.CheckConstraint("(replaces IS NULL) = (replaces_why IS NULL)", name=op.f("ck_certificate_replacement")),
        sa.CheckConstraint("(personal IS NULL) = (salt IS NULL)", name=op.f("ck_certificate_personal")),
        _belongs_to(table, "edition_id", "edition"),
        _belongs_to(table, "enrollment_id", "enrollment"),
        _belongs_to(table, "person_id", "person"),
        _belongs_to(table, "replaces", "certificate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("replaces", name=op.f("uq_certificate_replaces")),
    )
    op.create_index(op.f("ix_certificate_person_id"), table, ["person_id"], unique=False)
    first = sa.text("replaces IS NULL")
    op.create_index(
        "uq_certificate_enrollment_first",
        table,
        ["enrollment_id"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )


def _make_documents() -> None:
    table = "certificate_document"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("paper", TEXT, nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("drawn_at", INSTANT, nullable=False),
        _belongs_to(table, "certificate_id", "certificate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_document")),
        sa.UniqueConstraint(
            "certificate_id", "paper", "sealed", name=op.f("uq_certificate_document_certificate_id_paper_sealed")
        ),
    )
    op.create_index(op.f("ix_certificate_document_sha256"), table, ["sha256"], unique=False)


def _make_corrections() -> None:
    table = "certificate_correction"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_certificate_correction_two")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (accepted IS NULL)",
            name=op.f("ck_certificate_correction_decision"),
        ),
        _belongs_to(table, "certificate_id", "certificate"),
        _belongs_to(table, "asked_by", "person"),
        _belongs_to(table, "decided_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_correction")),
    )
    one = sa.text("decided_at IS NULL")
    op.create_index(
        "uq_certificate_correction_open",
        table,
        ["certificate_id"],
        unique=True,
        sqlite_where=one,
        postgresql_where=one,
    )


# --- what was kept -------------------------------------------------------------------------------------------------


def _fill(certificates: list[dict[str, Any]]) -> None:
    kept = sa.table("certificate", *map(sa.column, (*FIXED, "personal", "salt", *REVOCATION)))
    for row in certificates:
        op.get_bind().execute(sa.insert(kept).values(_parted(row)))
    if certificates and op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('certificate', 'id'), (SELECT max(id) FROM certificate))")


def _move_drawings() -> None:
    op.execute(
        "INSERT INTO certificate_document (certificate_id, paper, sealed, content, sha256, drawn_at) "
        "SELECT certificate_id, 'letter', false, content, sha256, drawn_at FROM drawn_before"
    )
    op.execute("DROP TABLE drawn_before")


def _parted(row: dict[str, Any]) -> dict[str, Any]:
    """Part the facts of a certificate into what is said of the course and whose it is."""
    replaced = "corrected" if row["replaces"] else None
    more = {"replaces_why": replaced, "revocation_class": "other" if row["revoked_at"] else None}
    said = json.loads(row["statement"])
    if "holder_name" not in said:
        return {**row, **more, "personal": None, "salt": None}
    salt, whose = secrets.token_bytes(32), _canonical({"holder": said["holder_name"], "license": said["license"]})
    committed = hashlib.sha256(b"\x02" + salt + whose.encode()).hexdigest()
    return {**row, **more, "statement": _canonical(_statement(said, committed)), "personal": whose, "salt": salt}


def _statement(said: dict[str, Any], committed: str) -> dict[str, Any]:
    return {
        "version": 1,
        "kind": "issue",
        "number": said["number"],
        "commitment": committed,
        "replaces": None,  # until now no certificate was ever replaced
        "course": {"code": said["course_code"], "title": said["course_title"], "edition": said["edition"]},
        "format": said["delivery"],
        "hours": {
            "total": str(sum(map(Decimal, said["credit_hours"].values()), Decimal(0))),
            "by_type": said["credit_hours"],
        },
        "presenters": said["presenters"],
        "began_at": _instant(said["began_at"]),
        "completed_at": _instant(said["completed_at"]),
        "completed_on": _on_her_calendar(said["completed_at"], said["time_zone"]),
        "time_zone": said["time_zone"],
        "issued_at": _instant(said["issued_at"]),
        "provider": {part: said[f"provider_{part}"] for part in ("name", "address", "phone", "email")},
        "signer": {"name": said["signer_name"], "title": said["signer_title"]},
        "approvals": said["approval_statements"],
        "verify_url": said["verify_url"],
        "demonstration": said["demonstration"],
    }


def _canonical(value: dict[str, Any]) -> str:
    """RFC 8785 for what is here: names in plain letters, and neither floats nor lone surrogates."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _instant(written: str) -> str:
    return datetime.fromisoformat(written).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _on_her_calendar(written: str, zone: str) -> str:
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(written).astimezone(ZoneInfo(zone)).date().isoformat()


# --- what the database refuses -------------------------------------------------------------------------------------


def _protect_certificates_in_sqlite() -> None:
    never = "rows are never deleted or rewritten"
    for table in ("certificate", "certificate_document", "certificate_correction"):
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} {never}'); END"
        )
    fixed = {
        "certificate": FIXED,
        "certificate_document": ["id", "certificate_id", "paper", "sealed", "sha256", "drawn_at"],
        "certificate_correction": ["id", "certificate_id", "asked_at", "asked_by"],
    }
    for table, columns in fixed.items():
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {', '.join(columns)} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} {never}'); END"
        )
    _once("certificate", "revocation", REVOCATION, "OLD.revoked_at IS NOT NULL", "a revocation is never changed")
    _once("certificate", "whose", ("personal", "salt"), "NEW.personal IS NOT NULL", f"certificate {never}, but erased")
    _once(
        "certificate_document", "held", ("content",), "NEW.content IS NOT NULL", f"certificate_document {never}, but erased"
    )
    for column in ASKED:
        _once(
            "certificate_correction",
            f"{column}_asked",
            (column,),
            f"NEW.{column} <> ''",
            f"certificate_correction {never}, but erased",
        )
    _once("certificate_correction", "decided", DECISION, "OLD.decided_at IS NOT NULL", "a decision is never changed")


def _once(table: str, name: str, columns: tuple[str, ...], when: str, refusal: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _protect_certificates_in_postgresql() -> None:
    _guard("certificate", REVOCATION, erasable=("personal", "salt"))
    _guard("certificate_document", (), erasable=("content",))
    _guard("certificate_correction", DECISION, erasable=ASKED)
    _once_in_postgresql("certificate", "revocation", REVOCATION, "revoked_at", "a revocation is never changed")
    _once_in_postgresql("certificate_correction", "decided", DECISION, "decided_at", "a decision is never changed")


def _once_in_postgresql(table: str, name: str, columns: tuple[str, ...], once: str, refusal: str) -> None:
    op.execute(
        f"""
        CREATE FUNCTION {table}_{name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{refusal}';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH ROW WHEN (OLD.{once} IS NOT NULL) EXECUTE FUNCTION {table}_{name}_refuse()"
    )


def _guard(table: str, changeable: tuple[str, ...], *, erasable: tuple[str, ...]) -> None:
    """Let a row change in nothing but these columns, and those that may be erased only by being emptied."""
    without = " - ".join(["to_jsonb({row})", *(f"'{one}'" for one in (*changeable, *erasable))])
    kept = [f"({without.format(row='OLD')}) = ({without.format(row='NEW')})"]
    empty = {one: f"NEW.{one} = ''" if one in ASKED else f"NEW.{one} IS NULL" for one in erasable}
    kept += [f"({empty[one]} OR NEW.{one} IS NOT DISTINCT FROM OLD.{one})" for one in erasable]
    op.execute(
        f"""
        CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND {" AND ".join(kept)} THEN
                RETURN NEW;
            END IF;
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
    # By rights as well, which hold for whoever is no superuser: only what may change can be written at all.
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    op.execute(f"GRANT UPDATE ({', '.join((*changeable, *erasable))}) ON {table} TO CURRENT_USER")
