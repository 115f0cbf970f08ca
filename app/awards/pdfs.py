"""The drawings of certificates: made once by the render process, kept with their SHA-256, never made anew.

The row of a certificate is the truth and its PDF a picture of it. Other fonts or another Pango would draw
other bytes, so the bytes that were drawn first are the ones that everybody gets.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from app.awards import certificates
from app.awards.document.dossier import Dossier
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.kit.clock import Clock
from app.kit.database import Database, RowId, UtcDateTime, insert_once
from app.kit.jobs import Payload

JOB_TIMEOUT_SECONDS = 60.0


class CertificatePdf(SQLModel, table=True):
    """One drawing: these bytes, for ever."""

    __tablename__ = "certificate_pdf"

    certificate_id: int = Field(primary_key=True, foreign_key="certificate.id", ondelete="RESTRICT", sa_type=RowId)
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    drawn_at: datetime = Field(sa_type=UtcDateTime)


class Draws(Protocol):
    """Whatever makes a PDF of a certificate's facts."""

    def draw(self, facts: Facts, *, timeout: float) -> bytes:
        """Give the PDF, or raise a refusal that says why there is none."""

    def draw_transcript(self, transcript: Transcript, *, on: datetime, timeout: float) -> bytes:
        """Give a transcript as a PDF: made for whoever asks, and not kept."""

    def draw_sample(self, facts: Facts, *, timeout: float) -> bytes:
        """Give what a certificate will look like, marked as a sample; not kept."""

    def draw_dossier(self, dossier: Dossier, *, timeout: float) -> bytes:
        """Give a dossier as a PDF: made for whoever asks, and not kept."""

    def warm(self) -> None:
        """Get ready: somebody is about to earn a certificate."""


def of(database: Database, draws: Draws, number: str, *, timeout: float, clock: Clock) -> CertificatePdf:
    """Give the PDF of a certificate, drawing it first where nobody has yet.

    No transaction is open while it is drawn: a slow drawing holds up nobody's answers.
    """
    with database.read() as db:
        certificate = certificates.by_number(db, number)
        if kept := db.get(CertificatePdf, certificate.id):
            return kept
        facts, certificate_id = certificate.facts, certificate.id
    content = draws.draw(facts, timeout=timeout)
    drawing = CertificatePdf(
        certificate_id=certificate_id,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        drawn_at=clock(),
    )
    with database.write() as db:
        insert_once(db, drawing)  # of two that drew at once the first is kept, and both give it
        return db.get_one(CertificatePdf, certificate_id)


def drawer(database: Database, draws: Draws, clock: Clock) -> Callable[[Payload], None]:
    """Give the job that draws one certificate after it was issued."""

    def draw(payload: Payload) -> None:
        of(database, draws, payload["number"], timeout=JOB_TIMEOUT_SECONDS, clock=clock)

    return draw
