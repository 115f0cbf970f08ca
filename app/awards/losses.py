"""Losses: a database that was put back from an old backup is noticed, and opened only if somebody accepts what is lost.

What was lost is then told by the register itself, as a gap. A sealed certificate from the lost time is still ours: its
file proves it, and the certificate can be taken back from the file.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col, select

from app import audit
from app.awards import certificates, keys, numbers, statements, vouching
from app.awards.certificates import AlreadyReplaced, Certificate
from app.awards.facts import Facts
from app.awards.issuer import Issuer
from app.awards.proofs import Keys, files
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

    def __init__(self, found: str) -> None:
        """Say what was found instead."""
        super().__init__(
            "This file cannot be taken back. It must be a sealed PDF that was issued here, unchanged since, and signed "
            f"with keys that still count. {found}"
        )


class NothingWasLost(Conflict):
    """There is no gap that it could come from."""

    message = (
        "No loss is on record here, so every certificate that was ever issued is too. If the database was put back "
        "from a backup, accept that first: ./run restore --accept-loss"
    )


class OlderIsLost(Conflict):
    """It was issued in place of one that is not on record either."""

    def __init__(self, number: str) -> None:
        """Name the other one."""
        super().__init__(
            f"This certificate was issued in place of {numbers.in_groups(number)}, whose record is lost as well. Take "
            "that one back first. If its file is gone too, add --alone: then it cannot be taken back any more."
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
    _assert_can_sign(db, issuer, by=by, now=now)
    here = replace(issuer, remembers=None)  # for it remembers what is not here
    entry = log.append(db, said, subject="register", hand=keys.hand(db, here, now=now), now=now)
    _enter_lost_keys(db, here, now=now)
    detail = {"remembered": remembered.size, "reason": said["why"], "continued at": entry.seq}
    audit.record(db, actor=by, act="register.loss-accepted", subject="register", now=now, detail=detail)
    return entry


def _assert_can_sign(db: Session, issuer: Issuer, *, by: audit.Actor, now: datetime) -> None:
    """Make new keys where those of then are not here any more: nothing else can be done before the loss is accepted."""
    key = keys.active(db, keys.STATEMENT)
    if key is None or issuer.signer.holds(key.name):
        return
    for made in keys.rotate(db, replace(issuer, remembers=None), by=by, now=now):
        if made.use == keys.STATEMENT and issuer.remembers:
            issuer.remembers.vouch(made.name)


def _enter_lost_keys(db: Session, issuer: Issuer, *, now: datetime) -> None:
    """Enter keys that were made in the lost time, as retired ones: certificates from then are signed with them."""
    known, hand = {key.name for key in keys.all_of(db)}, keys.hand(db, issuer, now=now)
    for key in issuer.signer.public_halves():
        use = key.name.partition("-")[0]
        if key.name not in known and keys.ALGORITHMS.get(use) == key.algorithm:
            for act in ("new", "retire"):
                told = statements.of_key(act, key, use, now=now)
                log.append(db, told, subject=key.name, hand=hand, now=now)


def gaps(db: Session) -> list[log.Entry]:
    """Give every loss that was accepted."""
    return log.of_kind(db, "gap")


def readmit(
    db: Session,
    proven: Proven,
    *,
    holder: Person | None,
    alone: bool = False,
    issuer: Issuer,
    by: audit.Actor,
    now: datetime,
) -> Certificate:
    """Take a certificate back whose record was lost, from what its own file proves.

    One that was issued in place of another comes after that one, or `alone` where the other's file is gone too.
    """
    said, number = proven.statement, proven.statement["number"]
    _assert_lost(db, number)
    older = _older(db, said["replaces"], alone=alone)
    facts = statements.facts(said, proven.personal)
    words = statements.canonical(said)
    db.add(_row(proven, facts, words, older=older, holder=holder))
    db.flush()
    hand = keys.hand(db, issuer, now=now)
    told = statements.readmitted(number, leaf=tree.leaf_hash(words), now=now)
    log.append(db, told, subject=number, hand=hand, now=now)
    log.append(db, said, subject=number, hand=hand, now=now)
    if facts.replaces:
        told = statements.superseded(facts.replaces, by=number, why=facts.replaces_why, now=now)
        log.append(db, told, subject=facts.replaces, hand=hand, now=now)
    audit.record(db, actor=by, act="certificate.readmitted", subject=number, now=now)
    return certificates.by_number(db, number)


def proven(db: Session, content: bytes, *, now: datetime) -> Proven:
    """Give what a sealed file proves, or raise `NotReadmitted`.

    That its checkpoint is of another history than ours is no flaw: that history is what was lost.
    """
    published = Keys.read(json.dumps(keys.published(db, now=now)).encode())
    shown = files.check(content, replace(published, checkpoint=None))
    if shown.reason != "proven" or shown.seal != files.Seal.INTACT:
        raise NotReadmitted(shown.sentence if shown.reason != "proven" else f"{shown.seal_title}.")
    carried = json.loads(files.certificate_in(content))
    return Proven(carried["statement"], carried["personal"], base64.b64decode(carried["salt"]))


def _assert_lost(db: Session, number: str) -> None:
    """Raise a refusal that says why there is nothing to take back."""
    if not gaps(db):
        raise NothingWasLost
    if _on_record(db, number):
        raise OnRecordAlready
    if log.entry(db, "issue", number):
        raise log.RegisterTouched  # it was not lost with a database: its record was taken out of this one
    if replaced := log.entry(db, "supersede", number):
        raise AlreadyReplaced(replaced.said["by"])


def _row(
    proven: Proven, facts: Facts, words: bytes, *, older: Certificate | None, holder: Person | None
) -> Certificate:  # fmt: skip
    return Certificate(
        number=facts.number,
        enrollment_id=older.enrollment_id if older else None,
        person_id=holder.id if holder else older.person_id if older else None,
        edition_id=older.edition_id if older else None,
        statement=words.decode(),
        personal=statements.canonical(proven.personal).decode(),
        salt=proven.salt,
        completed_at=facts.completed_at,
        issued_at=facts.issued_at,
        replaces=older.id if older else None,
        replaces_why=facts.replaces_why if older else None,
    )


def _older(db: Session, replaced: dict[str, str] | None, *, alone: bool) -> Certificate | None:
    """Give the certificate, held, in whose place one was issued; hours of both would count otherwise."""
    if replaced is None:
        return None
    older = _on_record(db, replaced["number"])
    if older is None:
        if not alone:
            raise OlderIsLost(replaced["number"])
        return None
    if newer := certificates.successor(db, certificates.held(db, older)):
        raise AlreadyReplaced(newer.number)
    return older


def _on_record(db: Session, number: str) -> Certificate | None:
    return db.exec(select(Certificate).where(col(Certificate.number) == number)).first()


def _has_root(db: Session, remembered: Checkpoint) -> bool:
    try:
        return log.root(db, remembered.size) == remembered.root
    except NoResultFound:  # subtrees are missing
        return False


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
