"""What administrators do to the certificate that Ana has, and how it stands afterwards."""

from __future__ import annotations

import cast as the_cast
from fastapi import FastAPI
from httpx2 import Response
from makers import ISSUER
from sqlmodel import select

from app import audit
from app.audit import AuditLine
from app.awards import certificates, erasures
from app.awards.certificates import Certificate
from app.kit.mail import Mail
from app.request import Wiring

LIST = "/admin/certificates"


def at(number: str, below: str = "") -> str:
    """Give the address of a certificate for administrators, or of a page below it."""
    return f"{LIST}/{number}{below}"


def number_in(answer: Response) -> str:
    """Read the number of the certificate that an answer leads to."""
    assert answer.status_code == 303, answer.text[:600]
    return answer.headers["location"].rsplit("/", 1)[-1]


def certificate(house: FastAPI, number: str) -> Certificate:
    """Read a certificate."""
    with house.state.wiring.database.read() as db:
        return certificates.by_number(db, number)


def count(house: FastAPI) -> int:
    """Count the certificates there are."""
    with house.state.wiring.database.read() as db:
        return len(db.exec(select(Certificate)).all())


def erase(house: FastAPI, number: str) -> None:
    """Erase whose a certificate was, as the operator."""
    with house.state.wiring.database.write() as db:
        found = certificates.by_number(db, number)
        erasures.erase(db, found, issuer=ISSUER, by=audit.OPERATOR, now=the_cast.NOON)


def letters(house: FastAPI, name: str) -> list[Mail]:
    """Give the letters to one of the cast, first to last."""
    with house.state.wiring.database.read() as db:
        return [one for one in db.exec(select(Mail)) if one.recipient == the_cast.EMAILS[name]]


def trail(house: FastAPI, number: str) -> list[AuditLine]:
    """Give what was done to a certificate."""
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(AuditLine).where(AuditLine.subject == number)))


def lines(wired: Wiring, act: str) -> list[AuditLine]:
    """Give the lines of the trail that tell of an act."""
    with wired.database.read() as db:
        return list(db.exec(select(AuditLine).where(AuditLine.act == act)))
