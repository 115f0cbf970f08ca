"""Certificates: issued once, never edited, revoked in the open.

The row is the truth and holds every fact it prints. Its PDF is a drawing of the row, kept in a table of
its own with its SHA-256. The database refuses to delete a certificate or to change what it says.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.awards import numbers
from app.awards.facts import Facts
from app.identity.people import Person
from app.kit import jobs, mail
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, NotFound, Refusal

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
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    number: str = Field(unique=True)
    enrollment_id: int = Field(foreign_key="enrollment.id", ondelete="RESTRICT", sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    statement: str = Field(sa_type=Text)  # the frozen facts as canonical JSON
    completed_at: datetime = Field(sa_type=UtcDateTime)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    replaces: int | None = Field(default=None, foreign_key="certificate.id", ondelete="RESTRICT", sa_type=RowId)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None
    revocation_reason: str | None = None

    @property
    def facts(self) -> Facts:
        """Everything the certificate says."""
        return Facts.from_json(self.statement)


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


def issue(db: Session, *, holder: Person, enrollment_id: int, edition_id: int, facts: Facts) -> Certificate:
    """Issue the certificate of an enrollment, exactly once; whoever comes second is given the first.

    Its PDF and the letter to the holder are asked for in the same transaction.
    """
    certificate = Certificate(
        number=facts.number,
        enrollment_id=enrollment_id,
        person_id=holder.id,
        edition_id=edition_id,
        statement=facts.to_json(),
        completed_at=facts.completed_at,
        issued_at=facts.issued_at,
    )
    is_first = insert_once(db, certificate)
    issued = of_enrollment(db, enrollment_id)
    if issued is None:
        raise NoSuchCertificate
    if is_first:
        _announce(db, issued, holder)
    return issued


def of_enrollment(db: Session, enrollment_id: int) -> Certificate | None:
    """Find the certificate of an enrollment: the one that stands now, where it was corrected."""
    hers = select(Certificate).where(col(Certificate.enrollment_id) == enrollment_id)
    return db.exec(hers.order_by(col(Certificate.id).desc())).first()


def of_person(db: Session, person: Person) -> list[Certificate]:
    """Give all certificates a person holds, newest first."""
    hers = select(Certificate).where(col(Certificate.person_id) == person.id)
    return list(db.exec(hers.order_by(col(Certificate.completed_at).desc(), col(Certificate.id).desc())))


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


def revoke(db: Session, certificate: Certificate, *, reason: str, by: audit.Actor, now: datetime) -> Certificate:
    """Revoke a certificate in the open: its number keeps its page, which says when and why."""
    if not reason.strip():
        raise NoReason
    mine = select(Certificate).where(col(Certificate.id) == certificate.id)
    certificate = db.exec(mine.with_for_update().execution_options(populate_existing=True)).one()
    if certificate.revoked_at is not None:
        raise AlreadyRevoked(certificate.number)
    certificate.revoked_at, certificate.revoked_by = now, by.label
    certificate.revocation_reason = " ".join(reason.split())
    db.add(certificate)
    detail = {"reason": certificate.revocation_reason}
    audit.record(db, actor=by, act="certificate.revoked", subject=certificate.number, now=now, detail=detail)
    return certificate


def _announce(db: Session, certificate: Certificate, holder: Person) -> None:
    facts, now = certificate.facts, certificate.issued_at
    jobs.queue(db, kind=DRAW, key=f"draw:{certificate.id}", payload={"number": certificate.number}, now=now)
    mail.queue(db, to=holder.email, message=mail.letter("certificate", facts=facts), now=now)
    detail = {"course": facts.course_code, "hours": facts.credit_hours}
    audit.record(db, actor=holder.actor, act="certificate.issued", subject=facts.number, now=now, detail=detail)
