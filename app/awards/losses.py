"""Losses: a database that was put back from an old backup is noticed, and opened only if somebody accepts what is lost.

What was lost is then told by the register itself, as a gap. A sealed certificate from the lost time is still ours: its
file proves it, and the certificate can be taken back from the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import NoResultFound
from sqlmodel import Session

from app import audit
from app.awards import certificates, keys, statements, vouching
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.register import log, tree
from app.awards.register.notes import BadNote, Checkpoint, Note
from app.kit.errors import Conflict, Refusal, Unavailable

if TYPE_CHECKING:
    from app.identity.people import Person


class RolledBack(Unavailable):
    """The register is older than the one that is remembered, or another one."""

    title = "The database is older than its register"

    def __init__(self, remembered: int, held: int) -> None:
        """Say what is missing and what to do."""
        lost = f"{remembered - held} entries are missing" if held < remembered else "its entries are other ones"
        super().__init__(
            f"This database does not continue the register that was last seen here: of {remembered} entries, {lost}. "
            "Put the newest backup back. If there is none, accept the loss on record: "
            './run restore --accept-loss --reason "…"'
        )


class NothingLost(Conflict):
    """The database continues what is remembered."""

    message = "This database continues its register, so nothing was lost and there is nothing to accept."


class NoReasonForLoss(Refusal):
    """A loss is not accepted without a word."""

    message = "Say what happened: it stands in the register for everybody to read."


class NotReadmitted(Refusal):
    """The file does not prove that it was ours."""

    message = (
        "This file cannot be taken back. It must be a sealed PDF that was issued here, unchanged, and its statement "
        "must be signed with a key of ours that still counts."
    )


class OnRecordAlready(Conflict):
    """Nothing was lost of it."""

    message = "This certificate is on record already. Look it up by its number."


@dataclass(frozen=True, slots=True)
class Proven:
    """What a sealed file of ours proves by itself; found by whoever read and checked it."""

    statement: dict[str, Any]
    personal: dict[str, Any]
    salt: bytes


def assert_continues(db: Session, issuer: Issuer) -> None:
    """Raise `RolledBack` where the register does not continue the one that is remembered outside of the database."""
    remembered = _remembered(issuer)
    if remembered is None:
        return
    held = log.size(db)
    if held < remembered.size or not _has_root(db, remembered):
        raise RolledBack(remembered.size, held)


def remember_newest(db: Session, issuer: Issuer) -> None:
    """Remember the newest checkpoint: a database that came from elsewhere is known from now on."""
    newest, memory = log.newest(db), issuer.remembers
    if newest is None or memory is None:
        return
    ring = vouching.keyring(db, issuer)
    if memory.recall() is None:
        for name in ring.alone:
            memory.vouch(name)
    try:
        ring.opened(newest.note)
    except BadNote:
        return  # not ours: the next act refuses to build on it, and the audit says why
    memory.keep(newest.note)


def accept(db: Session, issuer: Issuer, *, reason: str, by: audit.Actor, now: datetime) -> log.Entry:
    """Go on from where this database is, and let the register tell what was lost."""
    if not reason.strip():
        raise NoReasonForLoss
    remembered = _remembered(issuer)
    try:
        assert_continues(db, issuer)
    except RolledBack:
        pass
    else:
        raise NothingLost
    if remembered is None:  # pragma: no cover - then nothing could have been missed
        raise NothingLost
    said = statements.gap(size=remembered.size, root=remembered.root, why=" ".join(reason.split()), now=now)
    hand = replace(keys.hand(db, issuer, now=now), remembers=None)  # it remembers what is not there
    entry = log.append(db, said, subject="register", hand=hand, now=now)
    detail = {"remembered": remembered.size, "reason": said["why"], "continued at": entry.seq}
    audit.record(db, actor=by, act="register.loss-accepted", subject="register", now=now, detail=detail)
    return entry


def gaps(db: Session) -> list[log.Entry]:
    """Give every loss that was accepted."""
    return log.of_kind(db, "gap")


def readmit(
    db: Session, proven: Proven, *, holder: Person | None, issuer: Issuer, by: audit.Actor, now: datetime
) -> Certificate:
    """Take a certificate back whose record was lost, from what its own file proves."""
    said = proven.statement
    number = said["number"]
    if not gaps(db):
        raise NothingLost
    if _is_known(db, number):
        raise OnRecordAlready
    facts = statements.facts(said, proven.personal)
    words = statements.canonical(said)
    db.add(
        Certificate(
            number=number,
            enrollment_id=None,
            person_id=holder.id if holder else None,
            edition_id=None,
            statement=words.decode(),
            personal=statements.canonical(proven.personal).decode(),
            salt=proven.salt,
            completed_at=facts.completed_at,
            issued_at=facts.issued_at,
        )
    )
    db.flush()
    hand = keys.hand(db, issuer, now=now)
    told = statements.readmitted(number, leaf=tree.leaf_hash(words), now=now)
    log.append(db, told, subject=number, hand=hand, now=now)
    log.append(db, said, subject=number, hand=hand, now=now)
    audit.record(db, actor=by, act="certificate.readmitted", subject=number, now=now)
    return certificates.by_number(db, number)


def _has_root(db: Session, remembered: Checkpoint) -> bool:
    try:
        return log.root(db, remembered.size) == remembered.root
    except NoResultFound:  # subtrees are missing
        return False


def _is_known(db: Session, number: str) -> bool:
    try:
        certificates.by_number(db, number)
    except certificates.NoSuchCertificate:
        return False
    return True


def _remembered(issuer: Issuer) -> Checkpoint | None:
    note = issuer.remembers.recall() if issuer.remembers else None
    if note is None:
        return None
    try:
        return Checkpoint.read(Note.read(note).text)
    except BadNote:
        raise Unavailable(
            "The file that remembers the register cannot be read: register/checkpoint in the data folder. "
            "Put it back from a backup, or move it away if you know that the database is the newest."
        ) from None
