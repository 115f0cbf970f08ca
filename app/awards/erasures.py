"""Erasures: whose certificate it was is forgotten, wherever that stands. What was certified and every proof of it stay.

A corrected certificate names its holder as the one before it does, so all that replaced one another go together.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, text

from app import audit
from app.awards import certificates, pdfs, second_looks
from app.awards.certificates import AlreadyErased, Certificate
from app.awards.issuer import Issuer


def erase(
    db: Session, certificate: Certificate, *, issuer: Issuer, by: audit.Actor, now: datetime
) -> list[Certificate]:
    """Forget whose certificate this was, and those that it replaced or that replaced it; give what was erased."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("PRAGMA secure_delete = ON"))  # else the file keeps the letters until their place is needed
    held = _held(db, certificate)
    erased = [certificates.erase(db, one, issuer=issuer, by=by, now=now) for one in held if not one.is_erased]
    if not erased:
        raise AlreadyErased
    for one in erased:
        pdfs.forget(db, one)
    return erased


def _held(db: Session, certificate: Certificate) -> list[Certificate]:
    """Hold a certificate with all that it replaced and all that replaced it, oldest first, what was asked of each gone.

    Rows are held in the order in which whoever corrects one holds them, and the register comes last: else two acts
    could wait for each other. While they were waited for, one may have been corrected.
    """
    held: list[Certificate] = []
    while len(line := _line(db, certificate)) > len(held):
        for one in line:
            second_looks.forget(db, one)
        db.flush()
        held = [certificates.held(db, one) for one in line]
    return held


def _line(db: Session, certificate: Certificate) -> list[Certificate]:
    """Give a certificate with all that it replaced and all that replaced it, oldest first."""
    line = [certificate]
    while (before := line[0].replaces) is not None:
        line.insert(0, db.get_one(Certificate, before))
    while after := certificates.successor(db, line[-1]):
        line.append(after)
    return line
