"""Stored PDFs, held against their digests, and sealed ones against our keys: nobody else can seal another one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from app.awards import keys, numbers
from app.awards.auditing.finding import Finding
from app.awards.certificates import Certificate
from app.awards.pdfs import CertificateDocument
from app.awards.proofs import Keys as Known
from app.awards.proofs import NotAList, files
from app.awards.register import log

AT_ONCE = 20  # drawings held in memory
OURS = {str(files.Seal.INTACT), str(files.Seal.REVOKED)}  # by a key that was revoked since


def of(db: Session) -> Iterator[Finding]:
    """Name each drawing that is not what was drawn."""
    known, last = _known(db), 0
    while batch := _batch(db, last):
        for drawing, number, is_erased in batch:
            last = drawing.id
            if what := _wrong(drawing, number, known, is_erased=is_erased):
                yield Finding(f"drawing {drawing.id} of certificate {numbers.in_groups(number)}", what)
            db.expunge(drawing)


def _batch(db: Session, last: int) -> Sequence[tuple[CertificateDocument, str, bool]]:
    drawn = (
        select(CertificateDocument, Certificate.number, col(Certificate.personal).is_(None))
        .join(Certificate, col(Certificate.id) == col(CertificateDocument.certificate_id))
        .where(col(CertificateDocument.id) > last)
        .order_by(col(CertificateDocument.id))
        .limit(AT_ONCE)
    )
    return db.exec(drawn).all()


def _wrong(drawing: CertificateDocument, number: str, known: Known | None, *, is_erased: bool) -> str:
    if (drawing.content is None) != is_erased:
        return (
            "It was emptied." if drawing.content is None else "Its holder’s data were erased, and it was not emptied."
        )
    if drawing.content is None:
        return ""
    if hashlib.sha256(drawing.content).hexdigest() != drawing.sha256:
        return "Its bytes are not those that were drawn."
    if not drawing.sealed or known is None:
        return ""
    shown = files.check(drawing.content, known)
    if shown.seal not in OURS:
        return "It is not sealed by a key of ours."
    return "" if shown.number == number else "It is the drawing of another certificate."


def _known(db: Session) -> Known | None:
    newest = log.newest(db)
    try:
        return Known.read(json.dumps(keys.published(db, now=newest.at)).encode()) if newest else None
    except (NotAList, ValueError, KeyError):
        return None  # what is wrong with the keys is told elsewhere
