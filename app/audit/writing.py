"""Writing the trail: an act says what it did, and its transaction takes its places in the chain as the last thing.

Whoever takes a place holds the chain until her transaction ends. So all wait until there is nothing else left to wait
for: no two acts can ever stand in each other's way, whatever else they hold, and nobody holds the chain for long.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, SessionTransaction
from sqlmodel import Session, SQLModel, col

from app.audit import links
from app.audit.lines import Actor, AuditLine
from app.audit.links import Link

TURN = 0x747261696C  # the advisory lock under which lines take their places: “trail”
WAITING = "audit_waiting"  # in a session's own notes: what its transaction has still to write
NETWORK = "audit_network"  # there too: where its request came from
WRITTEN = "audit_written"  # and what it wrote already, in case it gives up the part in which it did
LINE, LINK = (SQLModel.metadata.tables[table] for table in ("audit_line", "audit_link"))
HEAD = sa.select(col(Link.seq), col(Link.hash)).order_by(col(Link.seq).desc()).limit(1)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A line that waits for the end of its act."""

    inside: SessionTransaction
    values: dict[str, Any]
    about: int | None


def come_from(db: Session, network: str | None) -> None:
    """Say from which network address everything comes that this session will write down."""
    db.info[NETWORK] = network


def record(
    db: Session,
    *,
    actor: Actor,
    act: str,
    subject: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
    about: int | None = None,
) -> None:
    """Write one line of the trail; `about` is the person whose record it is, where it is a person's."""
    words = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str)
    line = {
        "at": now,
        "actor_id": actor.id,
        "actor_label": actor.label,
        "act": act,
        "subject": subject,
        "detail": words,
    }
    whose = actor.id if about is None and subject == actor.label else about
    _waiting(db).append(_Waiting(_transaction(db), line, whose))


def _transaction(db: Session) -> SessionTransaction:
    begun = db.get_nested_transaction() or db.get_transaction()
    return begun or db.begin()


def _waiting(db: Session) -> list[_Waiting]:
    if WAITING not in db.info:  # the first line of this session: from now on it is asked
        db.info.update({WAITING: [], WRITTEN: []})
        event.listen(db, "before_commit", _at_the_end)
        event.listen(db, "do_orm_execute", _before_it_is_read)
        event.listen(db, "after_soft_rollback", _undone)
    waiting: list[_Waiting] = db.info[WAITING]
    return waiting


def _at_the_end(db: Session) -> None:
    if not db.in_nested_transaction():
        write_waiting(db)
        db.info[WRITTEN] = []


def _before_it_is_read(asked: ORMExecuteState) -> None:
    """Write before somebody reads the trail in the very act that writes it."""
    db = asked.session
    if db.info[WAITING] and not asked.is_insert and _is_of_the_trail(asked):
        write(db)  # type: ignore[arg-type]  # the session that `record` was given


def _is_of_the_trail(asked: ORMExecuteState) -> bool:
    if isinstance(asked.statement, sa.TextClause):
        return "audit_l" in asked.statement.text
    return asked.is_select and any(one.class_ in (AuditLine, Link) for one in asked.all_mappers)


def _undone(db: Session, undone: SessionTransaction) -> None:
    """Drop what a transaction said that was given up; what its outer one said before goes on waiting."""
    told = [one for one, within in db.info[WRITTEN] if _is_within(within, undone)] + db.info[WAITING]
    db.info[WAITING] = [one for one in told if not _is_within(one.inside, undone)]
    db.info[WRITTEN] = [one for one in db.info[WRITTEN] if not _is_within(one[1], undone)]


def _is_within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is outer


def write_waiting(db: Session) -> None:
    """Write what waits, if anything does: for whoever is about to change lines in the very act that wrote some."""
    if db.info.get(WAITING):
        write(db)


def write(db: Session) -> None:
    """Let every line that waits take its place in the chain."""
    waiting, db.info[WAITING] = db.info[WAITING], []
    db.flush()  # whatever else this act has to wait for
    current = _transaction(db)
    seq, before = _head(db)
    for one in waiting:
        if not (_is_within(current, one.inside) or _is_within(one.inside, current)):
            continue  # of a transaction that was left without an end
        seq += 1
        before = _append(db, one, seq, before)
        db.info[WRITTEN].append((one, current))


def _head(db: Session) -> tuple[int, bytes]:
    """Wait for the chain, and give its last place. On SQLite a writer has the database to itself already."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    seq, found = db.execute(HEAD).one_or_none() or (0, links.BEFORE_THE_FIRST)
    return seq, found


def _append(db: Session, one: _Waiting, seq: int, before: bytes) -> bytes:
    line = {**one.values, "salt": secrets.token_bytes(links.SALT_BYTES), **_network(db)}
    number = db.execute(sa.insert(LINE).values(line).returning(LINE.c.id)).scalar_one()
    network = {"network": line["network"]}
    link = {
        **{name: line[name] for name in ("at", "act", "actor_id")},
        "seq": seq,
        "line": number,
        "about": one.about,
        "named": links.impersonal(line["subject"]),
        "told": links.commitment(line["salt"], links.told_of(line["actor_label"], line["subject"], line["detail"])),
        "network": links.commitment(line["network_salt"], network) if line["network"] else None,
    }
    link["hash"] = links.hashed(before, link)
    db.execute(sa.insert(LINK).values(link))
    reached: bytes = link["hash"]
    return reached


def _network(db: Session) -> dict[str, Any]:
    network = db.info.get(NETWORK)
    return {"network": network, "network_salt": secrets.token_bytes(links.SALT_BYTES) if network else None}
