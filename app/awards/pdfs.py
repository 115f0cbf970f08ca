"""The drawings of certificates: made once by the render process, sealed, kept with their SHA-256, never made anew.

The row of a certificate is the truth and its PDF a picture of it. Other fonts or another Pango would draw other bytes,
so the bytes that were drawn first are the ones that everybody gets, one drawing for each size of paper. What was drawn
before certificates were sealed is kept as well: somebody has it in hand.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.awards import badges, certificates, did, keys, statements
from app.awards.certificates import Certificate
from app.awards.document.dossier import Dossier
from app.awards.document.order import DossierOrder, Order, SealKey
from app.awards.facts import Facts
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.transcripts import Transcript
from app.kit.clock import Clock
from app.kit.database import Database, RowId, UtcDateTime, insert_once
from app.kit.errors import Gone, Invalid
from app.kit.jobs import Payload

JOB_TIMEOUT_SECONDS = 60.0
LETTER, A4 = PAPERS = ("letter", "a4")


class CertificateDocument(SQLModel, table=True):
    """One drawing: these bytes, for ever; or, once its holder's data were erased, only what their digest was."""

    __tablename__ = "certificate_document"
    __table_args__ = (UniqueConstraint("certificate_id", "paper", "sealed"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    certificate_id: int = Field(foreign_key="certificate.id", ondelete="RESTRICT", sa_type=RowId)
    paper: str  # letter | a4
    sealed: bool
    content: bytes | None = Field(sa_type=LargeBinary)
    sha256: str = Field(index=True)
    drawn_at: datetime = Field(sa_type=UtcDateTime)


class Draws(Protocol):
    """Whatever makes a PDF of what was decided."""

    def draw(self, order: Order, *, timeout: float, paper: str = LETTER) -> bytes:
        """Give the sealed PDF of a certificate, or raise a refusal that says why there is none."""

    def draw_sealed(self, order: DossierOrder, *, timeout: float) -> bytes:
        """Give a dossier as a sealed PDF: a receipt."""

    def draw_transcript(self, transcript: Transcript, *, on: datetime, timeout: float) -> bytes:
        """Give a transcript as a PDF: made for whoever asks, and not kept."""

    def draw_sample(self, facts: Facts, *, timeout: float) -> bytes:
        """Give what a certificate will look like, marked as a sample; not kept."""

    def draw_dossier(self, dossier: Dossier, *, timeout: float) -> bytes:
        """Give a dossier as a PDF: made for whoever asks, and not kept."""

    def warm(self) -> None:
        """Get ready: somebody is about to earn a certificate."""


class DrawingErased(Gone):
    """The drawing was emptied with its holder's data."""

    message = "The holder’s data were erased at her request, and this PDF with them. What the course certified stands."


class NoSuchPaper(Invalid):
    """Certificates are drawn on two sizes of paper."""

    def __init__(self) -> None:
        """Name them."""
        super().__init__({"paper": f"Certificates are drawn on: {', '.join(PAPERS)}."})


def of(
    database: Database, draws: Draws, number: str, *, issuer: Issuer, timeout: float, clock: Clock, paper: str = LETTER
) -> bytes:
    """Give the sealed PDF of a certificate, drawing it first where nobody has yet.

    No transaction is open while it is drawn: a slow drawing holds up nobody's answers.
    """
    if paper not in PAPERS:
        raise NoSuchPaper
    with database.read() as db:
        certificate = certificates.by_number(db, number)
        if kept := _kept(db, certificate, paper):
            return _bytes(kept)
        if certificate.is_erased:
            raise DrawingErased
        order, certificate_id = ordered(db, certificate, issuer=issuer, now=clock()), certificate.id
    content = draws.draw(order, timeout=timeout, paper=paper)
    drawing = CertificateDocument(
        certificate_id=certificate_id,
        paper=paper,
        sealed=True,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        drawn_at=clock(),
    )
    with database.write() as db:
        certificate = certificates.held(db, db.get_one(Certificate, certificate_id))
        if certificate.is_erased:  # while it was drawn: nothing that names her is kept any more
            raise DrawingErased
        insert_once(db, drawing)  # of two that drew at once the first is kept, and both give it
        return _bytes(_kept(db, certificate, paper) or drawing)


def ordered(db: Session, certificate: Certificate, *, issuer: Issuer, now: datetime) -> Order:
    """Say what a certificate's PDF is made from: its facts, what proves them, and the keys that seal it."""
    entry, facts = log.issued(db, certificate.number), certificate.facts
    seal, root = keys.sealing(db, issuer, now=now)
    own = did.did_web(issuer.address)
    holder = certificates.holder_of(db, certificate)
    badge_key = keys.in_use(db, issuer, now=now).name
    credential = badges.credential(
        facts,
        did=own,
        address=issuer.address,
        holder_email=holder.email if holder else None,
        salt=certificate.number,
        statement_sha256=hashlib.sha256(entry.statement.encode()).hexdigest(),
    )
    return Order(
        facts=facts,
        statement=proof_of(certificate, entry),
        proof=log.proof(db, entry.seq, at_size=_counting(db, entry)).text().encode(),
        credential=json.dumps(credential, ensure_ascii=False),
        seal=SealKey(seal.name, seal.certificate, root.certificate),
        badge_key=badge_key,
        badge_method=f"{own}#{badge_key}",
        seal_made_at=seal.made_at,
    )


def _counting(db: Session, entry: log.Entry) -> int:
    """Give the size at which the register proves an entry: as it was entered, or as of now if its key was revoked."""
    newest = log.newest(db)
    is_revoked = newest is not None and keys.by_name(db, entry.key).revoked_at is not None
    return newest.size if newest and is_revoked else entry.seq + 1


def proof_of(certificate: Certificate, entry: log.Entry) -> bytes:
    """Give `certificate.json`: the statement as it was signed, with whose it is."""
    return statements.bundle(
        entry.statement, certificate.personal, certificate.salt, key=entry.key, signature=entry.signature
    )


def forget(db: Session, certificate: Certificate) -> None:
    """Empty every drawing of a certificate. Their digests stay, so that a copy can still be recognized."""
    theirs = select(CertificateDocument).where(col(CertificateDocument.certificate_id) == certificate.id)
    for drawing in db.exec(theirs):
        drawing.content = None
        db.add(drawing)


def keep(db: Session, certificate: Certificate, content: bytes, *, paper: str, now: datetime) -> CertificateDocument:
    """Keep a sealed drawing as it came back from its holder: the very file is known again, and nothing drawn anew."""
    digest = hashlib.sha256(content).hexdigest()
    drawing = CertificateDocument(
        certificate_id=certificate.id, paper=paper, sealed=True, content=content, sha256=digest, drawn_at=now
    )
    db.add(drawing)
    db.flush()
    return drawing


def by_digest(db: Session, sha256: str) -> CertificateDocument | None:
    """Find a drawing by the SHA-256 of its bytes."""
    return db.exec(select(CertificateDocument).where(col(CertificateDocument.sha256) == sha256)).first()


def drawer(database: Database, draws: Draws, issuer: Issuer, clock: Clock) -> Callable[[Payload], None]:
    """Give the job that draws one certificate after it was issued."""

    def draw(payload: Payload) -> None:
        of(database, draws, payload["number"], issuer=issuer, timeout=JOB_TIMEOUT_SECONDS, clock=clock)

    return draw


def _kept(db: Session, certificate: Certificate, paper: str) -> CertificateDocument | None:
    one = select(CertificateDocument).where(
        col(CertificateDocument.certificate_id) == certificate.id,
        col(CertificateDocument.paper) == paper,
        col(CertificateDocument.sealed).is_(True),
    )
    return db.exec(one).first()


def _bytes(drawing: CertificateDocument) -> bytes:
    if drawing.content is None:
        raise DrawingErased
    return drawing.content
