"""The audit trail, held against its own chain and against what the register says of it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app import audit
from app.awards import anchors
from app.awards.auditing.finding import Finding


def of(db: Session) -> Iterator[Finding]:
    """Name each line of the trail that is not as it was written."""
    for touched in audit.check(db):
        yield _at(touched.seq, touched.what)
    for size, what in anchors.broken(db):
        yield _at(size, what)


def _at(seq: int, what: str) -> Finding:
    return Finding(f"audit trail {seq}" if seq else "audit trail", what)
