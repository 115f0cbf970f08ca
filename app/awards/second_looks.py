"""Second looks: what changes whether hours count is asked for by one person and decided by another."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit
from app.awards import certificates, replacements
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.replacements import Changes, NoReasonToReplace, NothingToChange
from app.identity import people
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, Forbidden, NotFound


class CorrectionRequest(SQLModel, table=True):
    """One correction that somebody asked for, and what another person decided."""

    __tablename__ = "certificate_correction"
    __table_args__ = (
        Index(
            "uq_certificate_correction_open",
            "certificate_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two"),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (accepted IS NULL)", name="decision"
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    certificate_id: int = Field(foreign_key="certificate.id", ondelete="RESTRICT", sa_type=RowId)
    changes: str = Field(sa_type=Text)  # may name the holder: emptied once her data are erased, and the reason too
    reason: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    accepted: bool | None = None

    @property
    def wanted(self) -> Changes:
        """What it would change; nothing that is known, once that was erased."""
        return Changes.from_json(self.changes) if self.changes else Changes()


class NoSuchRequest(NotFound):
    """Nobody asked for this."""

    message = "There is no such correction to decide. The list shows all that wait."


class AsksAlready(Conflict):
    """One is waiting."""

    message = "A correction of this certificate waits for a second person. It has to be decided first."


class DecidedAlready(Conflict):
    """Somebody was faster."""

    message = "This correction was decided meanwhile. The page of the certificate shows how."


class SamePerson(Forbidden):
    """Two people are two people."""

    title = "A second person has to decide"
    message = "You asked for this correction, so somebody else has to decide: it changes a date, or hours that count."


def ask(
    db: Session, certificate: Certificate, changes: Changes, *, reason: str, by: Person, now: datetime
) -> CorrectionRequest:
    """Ask for a correction that a second person has to decide."""
    if not reason.strip():
        raise NoReasonToReplace
    replacements.assert_sound(changes, now=now)
    if not changes.fields(certificate.facts):
        raise NothingToChange
    replacements.assert_replaceable(db, certificate)
    request = CorrectionRequest(
        certificate_id=certificate.id,
        changes=changes.to_json(),
        reason=" ".join(reason.split()),
        asked_at=now,
        asked_by=by.id,
    )
    if not insert_once(db, request):
        raise AsksAlready
    request = db.exec(_open(certificate)).one()
    detail = {"request": request.id, "reason": request.reason}
    audit.record(
        db, actor=by.actor, act="certificate.correction-asked", subject=certificate.number, now=now, detail=detail
    )
    return request


def accept(db: Session, request: CorrectionRequest, *, issuer: Issuer, by: Person, now: datetime) -> Certificate:
    """Agree to a correction as the second person; it is made at once."""
    request = _decide(db, request, accepted=True, by=by, now=now)
    certificate = db.get_one(Certificate, request.certificate_id)
    return replacements.correct(
        db, certificate, request.wanted, reason=request.reason, issuer=issuer, by=by.actor, now=now
    )


def decline(db: Session, request: CorrectionRequest, *, by: Person, now: datetime) -> CorrectionRequest:
    """Turn a correction down as the second person. Nothing changes, and both acts stay on record."""
    request = _decide(db, request, accepted=False, by=by, now=now)
    number = db.get_one(Certificate, request.certificate_id).number
    detail = {"request": request.id}
    audit.record(db, actor=by.actor, act="certificate.correction-declined", subject=number, now=now, detail=detail)
    return request


def waiting(db: Session, certificate: Certificate) -> CorrectionRequest | None:
    """Give the correction of a certificate that waits to be decided."""
    return db.exec(_open(certificate)).first()


def all_waiting(db: Session) -> list[tuple[CorrectionRequest, Certificate]]:
    """Give every correction that waits, oldest first."""
    asked = select(CorrectionRequest, Certificate).join(
        Certificate, col(Certificate.id) == col(CorrectionRequest.certificate_id)
    )
    rows = db.exec(asked.where(col(CorrectionRequest.decided_at).is_(None)).order_by(col(CorrectionRequest.id)))
    return [(request, certificate) for request, certificate in rows]


def of(db: Session, number: str, request_id: int) -> CorrectionRequest:
    """Find a correction by the certificate's number and its own, or raise `NoSuchRequest`."""
    certificate = certificates.by_number(db, number)
    request = db.get(CorrectionRequest, request_id)
    if request is None or request.certificate_id != certificate.id:
        raise NoSuchRequest
    return request


def forget(db: Session, certificate: Certificate) -> None:
    """Empty what was asked about a certificate: it may name its holder. That it was asked, and decided, stays."""
    for request in db.exec(_of(certificate)):
        request.changes = request.reason = ""
        db.add(request)


def _of(certificate: Certificate) -> SelectOfScalar[CorrectionRequest]:
    return select(CorrectionRequest).where(col(CorrectionRequest.certificate_id) == certificate.id)


def _open(certificate: Certificate) -> SelectOfScalar[CorrectionRequest]:
    return _of(certificate).where(col(CorrectionRequest.decided_at).is_(None))


def _decide(db: Session, request: CorrectionRequest, *, accepted: bool, by: Person, now: datetime) -> CorrectionRequest:
    this = select(CorrectionRequest).where(col(CorrectionRequest.id) == request.id)
    request = db.exec(this.with_for_update().execution_options(populate_existing=True)).one()
    if request.decided_at is not None:
        raise DecidedAlready
    if request.asked_by in {one.id for one in people.accounts(db, by)}:
        raise SamePerson
    request.decided_at, request.decided_by, request.accepted = now, by.id, accepted
    db.add(request)
    db.flush()
    return request
