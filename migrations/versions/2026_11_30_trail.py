"""The audit trail as a chain, and its personal part beside it.

Every line that is there takes its place, in order, and gets the salt that commits the chain to what it tells of people.
From here on that can be erased, and otherwise not be changed; a place in the chain can be neither.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations import standing

revision = "2026_11_30_trail"
down_revision = "2026_11_30_signing_in"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()
PROTECTED = ("audit_link", "audit_line")
FIXED = ("id", "at", "actor_id", "act")
TOLD = ("actor_label", "subject", "detail", "salt")
NETWORK = ("network", "network_salt")
LOOKED = "certificate.evidence-seen"
ERASED = "NEW.salt IS NULL AND NEW.actor_label = '' AND NEW.detail = '{}' AND NEW.subject IN ('', OLD.subject)"
FORGOTTEN = "NEW.network IS NULL AND NEW.network_salt IS NULL"


def upgrade() -> None:
    _take_guards_down()
    for name, kind in (("salt", sa.LargeBinary()), ("network", TEXT), ("network_salt", sa.LargeBinary())):
        op.add_column("audit_line", sa.Column(name, kind, nullable=True))
    _make_links()
    _carry_over()
    standing.protect("audit_link")
    if op.get_bind().dialect.name == "sqlite":
        _guard_in_sqlite()
    else:
        _guard_in_postgresql()


def _take_guards_down() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("audit_line_keep", "audit_line_fixed"):
            op.execute(f"DROP TRIGGER {trigger}")
    else:
        op.execute("DROP FUNCTION audit_line_refuse() CASCADE")


def _make_links() -> None:
    op.create_table(
        "audit_link",
        sa.Column("seq", ID, nullable=False, autoincrement=False),
        sa.Column("line", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("about", ID, nullable=True),
        sa.Column("named", TEXT, nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_audit_link_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("line", name=op.f("uq_audit_link_line")),
    )
    op.create_index(op.f("ix_audit_link_about"), "audit_link", ["about"], unique=False)


# --- the lines that are there --------------------------------------------------------------------------------------


def _carry_over() -> None:
    line = sa.table("audit_line", sa.column("id", ID), sa.column("at", INSTANT), *map(sa.column, (*FIXED[2:], *TOLD)))
    plain = ("seq", "line", "act", "actor_id", "about", "named", "told", "network", "hash")
    link = sa.table("audit_link", sa.column("at", INSTANT), *map(sa.column, plain))
    people, holders = _people(), _holders()
    before = b"\x00" * 32
    for seq, row in enumerate(op.get_bind().execute(sa.select(line).order_by(line.c.id)).mappings().all(), 1):
        salt = secrets.token_bytes(32)
        op.get_bind().execute(sa.update(line).where(line.c.id == row["id"]).values(salt=salt))
        about = people.get(row["subject"].lower()) or (holders.get(row["subject"]) if row["act"] == LOOKED else None)
        place = _place(dict(row), seq=seq, salt=salt, about=about)
        before = place["hash"] = _hashed(before, place)
        op.get_bind().execute(sa.insert(link).values(place))


def _people() -> dict[str, int]:
    return {email.lower(): number for email, number in op.get_bind().execute(sa.text("SELECT email, id FROM person"))}


def _holders() -> dict[str, int]:
    held = "SELECT number, person_id FROM certificate WHERE person_id IS NOT NULL"
    return dict(tuple(row) for row in op.get_bind().execute(sa.text(held)))  # type: ignore[arg-type]


def _place(row: dict[str, Any], *, seq: int, salt: bytes, about: int | None) -> dict[str, Any]:
    told = {"actor": row["actor_label"], "detail": row["detail"], "subject": row["subject"]}
    return {
        "seq": seq,
        "line": row["id"],
        "at": row["at"],
        "act": row["act"],
        "actor_id": row["actor_id"],
        "about": about,
        "named": "" if "@" in row["subject"] else row["subject"],
        "told": hashlib.sha256(salt + _canonical(told)).digest(),
        "network": None,
    }


def _hashed(before: bytes, place: dict[str, Any]) -> bytes:
    said = {
        **{name: place[name] for name in ("seq", "line", "act", "actor_id", "about", "named", "network")},
        "at": _instant(place["at"]),
        "told": place["told"].hex(),
    }
    return hashlib.sha256(before + _canonical(said)).digest()


def _instant(at: datetime) -> str:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)  # SQLite keeps it as a text in UTC
    return aware.astimezone(UTC).isoformat(timespec="microseconds")


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# --- what the database refuses -------------------------------------------------------------------------------------


def _guard_in_sqlite() -> None:
    never = "audit_line rows are never deleted or rewritten"
    op.execute(f"CREATE TRIGGER audit_line_keep BEFORE DELETE ON audit_line BEGIN SELECT RAISE(ABORT, '{never}'); END")
    op.execute(
        f"CREATE TRIGGER audit_line_fixed BEFORE UPDATE OF {', '.join(FIXED)} ON audit_line "
        f"BEGIN SELECT RAISE(ABORT, '{never}'); END"
    )
    for name, columns, allowed in (("told", TOLD, ERASED), ("network", NETWORK, FORGOTTEN)):
        op.execute(
            f"CREATE TRIGGER audit_line_{name} BEFORE UPDATE OF {', '.join(columns)} ON audit_line "
            f"WHEN NOT ({allowed}) BEGIN SELECT RAISE(ABORT, '{never}, but erased'); END"
        )


def _guard_in_postgresql() -> None:
    same = "ROW({new}) IS NOT DISTINCT FROM ROW({old})"
    fixed, told, network = (
        same.format(new=", ".join(f"NEW.{one}" for one in columns), old=", ".join(f"OLD.{one}" for one in columns))
        for columns in (FIXED, TOLD, NETWORK)
    )
    op.execute(
        f"""
        CREATE FUNCTION audit_line_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND {fixed} AND ({told} OR ({ERASED})) AND ({network} OR ({FORGOTTEN})) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'audit_line rows are never deleted or rewritten';
        END $$
        """
    )
    for name, when, each in (("keep", "UPDATE OR DELETE", "ROW"), ("whole", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER audit_line_{name} BEFORE {when} ON audit_line "
            f"FOR EACH {each} EXECUTE FUNCTION audit_line_refuse()"
        )
    # By rights as well, which hold for whoever is no superuser: only what may be erased can be written at all.
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_line FROM PUBLIC, CURRENT_USER")
    op.execute(f"GRANT UPDATE ({', '.join((*TOLD, *NETWORK))}) ON audit_line TO CURRENT_USER")
