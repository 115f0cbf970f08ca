"""The records of certificates, held against the register, and the register against them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.awards import keys, statements
from app.awards.auditing.finding import Finding, of_certificate
from app.awards.certificates import Certificate
from app.awards.register.log import Entry
from app.awards.verdicts import instant

BATCH = 2_000
NOTHING = {"at": None, "why": None, "by": None}
LATER = ("supersede", "revoke", "erase", "readmit")  # what may happen to a certificate


class Held(NamedTuple):
    """A certificate as plain values, with what the register and its neighbors have of it."""

    id: int
    number: str
    statement: str
    personal: str | None
    salt: bytes | None
    completed_at: str | datetime  # as the database keeps it: text, or an instant
    issued_at: str | datetime
    replaces_why: str | None
    revoked_at: datetime | None
    revocation_class: str | None
    entered: bool | None  # as it stands in the register; None where it does not
    is_late: bool | None  # entered when or after it was issued
    older: str | None
    newer: str | None
    newer_why: str | None


OWN = Held._fields[: Held._fields.index("entered")]
AS_KEPT = ("completed_at", "issued_at")

Told = dict[str, dict[str, Any]]  # kind of entry -> what it says


def of(db: Session) -> Iterator[Finding]:
    """Name each certificate that is not as it was entered, and each that was entered and is not there."""
    last = 0
    while batch := _batch(db, last):
        through = batch[-1].id
        happened = _happened(db, last, through)
        for held in batch:
            told = happened.get(held.number)
            if told is None and _is_as_issued(held):
                continue
            told = told or {}
            wrong = [*_facts(held, told), *_fate(held, told)]
            yield from (of_certificate(held.number, what) for what in wrong)
        last = through
    yield from _gone(db)
    yield from _distrusted(db)


def _is_as_issued(held: Held) -> bool:
    """See at a glance that a certificate is as it was issued, as most are: so an audit takes half the time.

    In canonical JSON these names stand side by side, and no text within it can hold their quotation marks.
    """
    if not held.entered or not held.is_late or held.personal is None or held.salt is None:
        return False
    if held.revoked_at or held.older or held.newer:
        return False
    whose = statements.commitment(held.personal.encode(), held.salt)
    completed, issued = _instant(held.completed_at), _instant(held.issued_at)
    return (
        f'"commitment":"{whose}","completed_at":"{completed}","completed_on":' in held.statement
        and f'"issued_at":"{issued}","kind":"issue","number":"{held.number}","presenters":' in held.statement
        and '"replaces":null,"signer":' in held.statement
    )


def _facts(held: Held, told: Told) -> Iterator[str]:
    if held.entered is None:
        yield "The register does not know that it was issued."
    elif not held.entered:
        yield "Its facts are not those that were entered when it was issued."
    elif not held.is_late:
        yield "The register has it from before it was issued."
    try:
        said = json.loads(held.statement)
        as_said, committed = (said["number"], said["completed_at"], said["issued_at"]), said["commitment"]
        replaced = said["replaces"]
    except (ValueError, KeyError, TypeError):
        yield "Its facts cannot be read."
        return
    is_told = held.personal is not None and held.salt is not None
    if is_told and statements.commitment((held.personal or "").encode(), held.salt or b"") != committed:
        yield "Its holder or license is not the one it was issued to."
    if (held.number, _instant(held.completed_at), _instant(held.issued_at)) != as_said:
        yield "Its number or its dates are not those it was issued with."
    yield from _links(held, told, replaced)


def _instant(kept: str | datetime) -> str:
    """Write an instant as statements do; SQLite has it as text, which is most of what they write."""
    return f"{kept[:10]}T{kept[11:19]}Z" if isinstance(kept, str) else instant(kept)


def _fate(held: Held, told: Told) -> Iterator[str]:
    """Hold what became of a certificate against what the register says of it."""
    at = instant(held.revoked_at) if held.revoked_at else None
    revoked = told.get("revoke", NOTHING)
    if (at, held.revocation_class) != (revoked["at"], revoked["why"]):
        yield "The register does not say the same of its revocation."
    if (held.personal is None) != ("erase" in told):
        yield "The register does not say the same of whose it was being erased."


def _links(held: Held, told: Told, replaced: dict[str, str] | None) -> Iterator[str]:
    """Hold what replaced what against what the register says of it, from either end."""
    superseded, was_lost = told.get("supersede", NOTHING), "readmit" in told
    newer = (held.newer, held.newer_why)
    if newer != (superseded["by"], superseded["why"]) and not (held.newer is None and was_lost):
        yield "The register does not say the same of what replaced it."
    named = {"number": held.older, "why": held.replaces_why} if held.older else None
    if replaced != named and not (named is None and was_lost):
        yield "It is linked to another certificate than the one it was issued in place of."


def _gone(db: Session) -> Iterator[Finding]:
    """Name what was issued and has no record."""
    entered = select(Entry.subject).outerjoin(Certificate, col(Certificate.number) == col(Entry.subject))
    gone = entered.where(col(Entry.kind) == "issue", col(Certificate.id).is_(None)).order_by(col(Entry.seq))
    for number in db.exec(gone):
        yield of_certificate(number, "It was issued, and its record is gone.")


def _distrusted(db: Session) -> Iterator[Finding]:
    """Name what stands, and was signed when the key that signed it was not ours alone any more."""
    newer = aliased(Certificate)
    for key in _revoked(db):
        signed = (
            select(Certificate.number)
            .join(Entry, col(Entry.subject) == col(Certificate.number))
            .outerjoin(newer, col(newer.replaces) == col(Certificate.id))
            .where(col(Entry.kind) == "issue", col(Entry.key) == key.name, col(Entry.at) >= key.distrusted_since)
            .where(col(Certificate.revoked_at).is_(None), col(newer.id).is_(None))
        )
        for number in db.exec(signed):
            yield of_certificate(
                number, f"It was signed with {key.name} when others may have had that key: issue it anew, or revoke it."
            )


def _revoked(db: Session) -> list[keys.Key]:
    try:
        return [key for key in keys.all_of(db) if key.distrusted_since]
    except (ValueError, KeyError):
        return []  # what is wrong with the keys is told elsewhere


def _batch(db: Session, last: int) -> list[Held]:
    """Read certificates, each with its words in the register, what it replaced, and what replaced it."""
    this, entry = (sa.inspect(table).local_table for table in (Certificate, Entry))  # plain rows: half the time
    older, newer = this.alias(), this.alias()
    own = [sa.type_coerce(this.c[name], sa.Text).label(name) if name in AS_KEPT else this.c[name] for name in OWN]
    from_elsewhere = (
        (entry.c.statement == this.c.statement).label("entered"),
        (entry.c.at >= this.c.issued_at).label("is_late"),
        older.c.number.label("older"),
        newer.c.number.label("newer"),
        newer.c.replaces_why.label("newer_why"),
    )
    read = (
        sa.select(*own, *from_elsewhere)
        .outerjoin_from(this, entry, (entry.c.subject == this.c.number) & (entry.c.kind == "issue"))
        .outerjoin(older, older.c.id == this.c.replaces)
        .outerjoin(newer, newer.c.replaces == this.c.id)
        .where(this.c.id > last)
        .order_by(this.c.id)
        .limit(BATCH)
    )
    return cast("list[Held]", db.execute(read).all())


def _happened(db: Session, last: int, through: int) -> defaultdict[str, Told]:
    """Give what the register says became of a batch of certificates."""
    read = (
        select(Entry.subject, Entry.kind, Entry.statement)
        .join(Certificate, col(Certificate.number) == col(Entry.subject))
        .where(col(Certificate.id) > last, col(Certificate.id) <= through, col(Entry.kind).in_(LATER))
    )
    told: defaultdict[str, Told] = defaultdict(dict)
    for number, kind, words in db.exec(read):
        try:
            told[number][kind] = {**NOTHING, **json.loads(words)}
        except (ValueError, TypeError):
            told[number][kind] = NOTHING  # told where the entry is
    return told
