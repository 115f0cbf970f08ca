"""Certificates: issued once, never edited, replaced or revoked in the open.

The row is the truth and holds every fact it prints: a statement that nothing can change, and beside it whose it is,
which can be erased and not be changed. The register tells of each issue, replacement, revocation and erasure in the
same transaction. Its PDF is a drawing of the row, kept in a table of its own with its SHA-256.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.awards import keys, numbers, statements
from app.awards.facts import Facts
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.statements import Statement
from app.awards.verdicts import REASONS
from app.identity.people import Person
from app.kit import jobs, mail
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, Invalid, NotFound, Refusal

DRAW = "draw-certificate"


class Certificate(SQLModel, table=True):
    """One certificate. A corrected one is a new row that names the old one in `replaces`."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_enrollment_first",
            "enrollment_id",
            unique=True,
            sqlite_where=text("replaces IS NULL"),
            postgresql_where=text("replaces IS NULL"),
        ),
        CheckConstraint("length(number) = 20", name="number"),
        CheckConstraint("(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revocation"),
        CheckConstraint("(replaces IS NULL) = (replaces_why IS NULL)", name="replacement"),
        CheckConstraint("(personal IS NULL) = (salt IS NULL)", name="personal"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    number: str = Field(unique=True)
    # None where a certificate was taken back from its PDF after the records around it were lost.
    enrollment_id: int | None = Field(foreign_key="enrollment.id", ondelete="RESTRICT", sa_type=RowId)
    person_id: int | None = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    edition_id: int | None = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    statement: str = Field(sa_type=Text)  # canonical JSON, as it stands in the register
    personal: str | None = Field(default=None, sa_type=Text)  # canonical JSON; None once erased
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    completed_at: datetime = Field(sa_type=UtcDateTime)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    replaces: int | None = Field(
        default=None, unique=True, foreign_key="certificate.id", ondelete="RESTRICT", sa_type=RowId
    )
    replaces_why: str | None = None  # corrected | reissued
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None
    revocation_class: str | None = None
    revocation_reason: str | None = None

    @property
    def said(self) -> Statement:
        """What the register says of it."""
        read: Statement = json.loads(self.statement)
        return read

    @property
    def is_erased(self) -> bool:
        """Whether nobody can tell any more whose it was."""
        return self.personal is None

    @property
    def facts(self) -> Facts:
        """Everything the certificate says."""
        return statements.facts(self.said, json.loads(self.personal) if self.personal else None)


@dataclass(frozen=True, slots=True)
class Earned:
    """Which records a certificate rests on, and which one it stands for now."""

    holder_id: int | None
    enrollment_id: int | None
    edition_id: int | None
    replaces: int | None = None


class NoSuchCertificate(NotFound):
    """No certificate has this number."""

    title = "We have no certificate with this number"
    message = "Check the number as it is printed: 20 letters and digits in five groups of four."


class AlreadyRevoked(Conflict):
    """It was revoked before."""

    def __init__(self, number: str) -> None:
        """Name the certificate."""
        super().__init__(f"Certificate {numbers.in_groups(number)} was revoked before. Its page shows when and why.")


class NoReason(Refusal):
    """A certificate is not revoked without saying why."""

    message = "Say why the certificate is revoked: the reason is shown to everyone who checks it."


class AlreadyReplaced(Conflict):
    """Another certificate counts instead of it."""

    def __init__(self, number: str) -> None:
        """Name the one that counts."""
        super().__init__(f"Another certificate replaced this one: {numbers.in_groups(number)}. Use that one instead.")


class AlreadyErased(Conflict):
    """Nothing is left to erase."""

    message = "Whose certificate this was is not kept any more."


def issue(
    db: Session, *, holder: Person, enrollment_id: int, edition_id: int, facts: Facts, issuer: Issuer
) -> Certificate:
    """Issue the certificate of an enrollment, exactly once; whoever comes second is given the first.

    Its place in the register, its PDF and the letter to the holder belong to the same transaction.
    """
    earned = Earned(holder.id, enrollment_id, edition_id)
    is_first = enter(db, facts, earned, issuer=issuer, now=facts.issued_at)
    issued = of_enrollment(db, enrollment_id)
    if issued is None:
        raise NoSuchCertificate
    if is_first:
        announce(db, issued, holder, letter=mail.letter("certificate", facts=issued.facts), by=holder.actor)
    return issued


def enter(db: Session, facts: Facts, earned: Earned, *, issuer: Issuer, now: datetime) -> bool:
    """Write a certificate and its entry in the register; say whether it was the first to be written."""
    whose = statements.personal(facts)
    said = statements.of(facts, whose)
    certificate = Certificate(
        number=facts.number,
        enrollment_id=earned.enrollment_id,
        person_id=earned.holder_id,
        edition_id=earned.edition_id,
        statement=statements.canonical(said).decode(),
        personal=whose.text,
        salt=whose.salt,
        completed_at=facts.completed_at,
        issued_at=facts.issued_at,
        replaces=earned.replaces,
        replaces_why=facts.replaces_why or None,
    )
    is_first = insert_once(db, certificate)
    if is_first:
        log.append(db, said, subject=facts.number, hand=keys.hand(db, issuer, now=now), now=now)
    return is_first


def of_enrollment(db: Session, enrollment_id: int) -> Certificate | None:
    """Find the certificate of an enrollment: the one that stands now, where it was corrected."""
    hers = select(Certificate).where(col(Certificate.enrollment_id) == enrollment_id)
    return db.exec(hers.order_by(col(Certificate.id).desc())).first()


def of_person(db: Session, person: Person) -> list[Certificate]:
    """Give the certificates of a person that no other one has replaced, newest first."""
    newer = aliased(Certificate)
    hers = (
        select(Certificate)
        .outerjoin(newer, col(newer.replaces) == col(Certificate.id))
        .where(col(Certificate.person_id) == person.id, col(newer.id).is_(None))
    )
    return list(db.exec(hers.order_by(col(Certificate.completed_at).desc(), col(Certificate.id).desc())))


def successor(db: Session, certificate: Certificate) -> Certificate | None:
    """Give the certificate that replaced this one, if one did."""
    return db.exec(select(Certificate).where(col(Certificate.replaces) == certificate.id)).first()


def by_number(db: Session, typed: str) -> Certificate:
    """Find a certificate by its number as somebody typed it, or raise `NoSuchCertificate`."""
    number = numbers.read(typed)
    if not numbers.is_well_formed(number):
        raise NoSuchCertificate
    certificate = db.exec(select(Certificate).where(col(Certificate.number) == number)).first()
    if certificate is None:
        raise NoSuchCertificate
    return certificate


def hers(db: Session, person: Person, number: str) -> Certificate:
    """Give a certificate of hers, or raise `NoSuchCertificate`: nobody is told whose it is."""
    certificate = by_number(db, number)
    if certificate.person_id != person.id:
        raise NoSuchCertificate
    return certificate


def revoke(
    db: Session,
    certificate: Certificate,
    *,
    why: str = "other",
    reason: str,
    issuer: Issuer,
    by: audit.Actor,
    now: datetime,
) -> Certificate:
    """Revoke a certificate in the open: its number keeps its page, which says when and why."""
    if not reason.strip():
        raise NoReason
    if why not in REASONS:
        raise Invalid({"why": f"Choose one of: {', '.join(REASONS)}."})
    certificate = held(db, certificate)
    assert_stands(db, certificate)
    certificate.revoked_at, certificate.revoked_by = now, by.label
    certificate.revocation_class, certificate.revocation_reason = why, " ".join(reason.split())
    db.add(certificate)
    entry = statements.revoked(certificate.number, why=why, now=now)
    log.append(db, entry, subject=certificate.number, hand=keys.hand(db, issuer, now=now), now=now)
    detail = {"reason": certificate.revocation_reason, "class": why}
    audit.record(db, actor=by, act="certificate.revoked", subject=certificate.number, now=now, detail=detail)
    if holder := holder_of(db, certificate):
        told = {"facts": certificate.facts, "kind": REASONS[why], "reason": certificate.revocation_reason}
        mail.queue(db, to=holder.email, message=mail.letter("certificate-revoked", **told), now=now)
    return certificate


def erase(db: Session, certificate: Certificate, *, issuer: Issuer, by: audit.Actor, now: datetime) -> Certificate:
    """Forget whose certificate this was. Its number, its facts and its status stay, and so does every proof of them.

    Its drawings are emptied in the same act (`pdfs.forget`); a copy in the holder's hands still proves itself.
    """
    certificate = held(db, certificate)
    if certificate.is_erased:
        raise AlreadyErased
    certificate.personal = certificate.salt = None
    db.add(certificate)
    told = statements.erased(certificate.number, now=now)
    log.append(db, told, subject=certificate.number, hand=keys.hand(db, issuer, now=now), now=now)
    audit.record(db, actor=by, act="certificate.erased", subject=certificate.number, now=now)
    return certificate


def assert_stands(db: Session, certificate: Certificate) -> None:
    """Raise `AlreadyRevoked` or `AlreadyReplaced` for one that does not count any more."""
    if certificate.revoked_at is not None:
        raise AlreadyRevoked(certificate.number)
    if newer := successor(db, certificate):
        raise AlreadyReplaced(newer.number)


def held(db: Session, certificate: Certificate) -> Certificate:
    """Give a certificate as it stands now, held until the transaction ends."""
    mine = select(Certificate).where(col(Certificate.id) == certificate.id)
    return db.exec(mine.with_for_update().execution_options(populate_existing=True)).one()


def holder_of(db: Session, certificate: Certificate) -> Person | None:
    """Give the account of whoever holds a certificate; nothing where none is known, or none may be known any more."""
    if certificate.person_id is None or certificate.is_erased:
        return None
    holder = db.get(Person, certificate.person_id)
    return None if holder is None or holder.is_erased else holder


def announce(
    db: Session, certificate: Certificate, holder: Person, *, letter: mail.Letter, by: audit.Actor
) -> None:  # fmt: skip
    """Have a new certificate drawn, send its holder the letter, and note the act."""
    facts, now = certificate.facts, certificate.issued_at
    jobs.queue(db, kind=DRAW, key=f"draw:{certificate.id}", payload={"number": certificate.number}, now=now)
    mail.queue(db, to=holder.email, message=letter, now=now)
    detail = {"course": facts.course_code, "hours": facts.credit_hours}
    audit.record(db, actor=by, act="certificate.issued", subject=facts.number, now=now, detail=detail)
