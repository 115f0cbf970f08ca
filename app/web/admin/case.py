"""A case: one certificate, open before an administrator. Whatever is done to it begins here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import Depends
from sqlmodel import Session

from app.awards import certificates, numbers, standing
from app.awards.certificates import Certificate
from app.awards.verdicts import Standing, Status
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit import time_zones
from app.request import Admin, Db, House, Now, Overseer, Wiring
from app.web.render import Page

PLACE = "/admin/certificates"
CASE = f"{PLACE}/{{number}}"  # what every address of an open certificate begins with
LOOKS = {
    Status.VALID: ("shield-check", "right", "Valid"),
    Status.SUPERSEDED: ("refresh-cw", "attention", "Replaced"),
    Status.REVOKED: ("shield-x", "wrong", "Revoked"),
}


@dataclass(frozen=True, kw_only=True)
class AdminPage(Page):
    """A page for administrators, and the way back up."""

    wide: ClassVar[bool] = True
    trail: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StateView:
    """How a certificate stands: an icon, a tone and a word."""

    icon: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """A certificate, who has it open, and what is at hand."""

    certificate: Certificate
    admin: Person
    db: Session
    house: Wiring
    now: datetime

    @property
    def may_act(self) -> bool:
        """Whether she who looks may do something to it."""
        return access.may(self.admin, Right.CERTIFY)

    @property
    def number(self) -> str:
        """The number as it is printed."""
        return numbers.in_groups(self.certificate.number)

    def at(self, below: str = "") -> str:
        """Give the address of the certificate, or of a page below it."""
        return f"{PLACE}/{self.certificate.number}{below}"

    def trail(self, here: str) -> tuple[tuple[str, str], ...]:
        """Give the way back up from a page below the certificate."""
        return (("Certificates", PLACE), (f"Certificate {self.number}", self.at()), (here, ""))

    def standing(self) -> Standing:
        """Say how it stands."""
        return standing.of(self.db, self.certificate)

    def moment(self, at: datetime) -> str:
        """Say when something was, on the clock of the certificate: its dates are told on that one."""
        return time_zones.in_words(at, self.certificate.said["time_zone"])


def case(number: str, house: House, db: Db, admin: Admin, now: Now) -> Case:
    """Open a certificate, or raise `NoSuchCertificate`."""
    return Case(certificates.by_number(db, number), admin, db, house, now)


AtCase = Annotated[Case, Depends(case)]


def seen_case(number: str, house: House, db: Db, overseer: Overseer, now: Now) -> Case:
    """Open a certificate to look at it, which an auditor may as well."""
    return Case(certificates.by_number(db, number), overseer, db, house, now)


SeenCase = Annotated[Case, Depends(seen_case)]


def state(status: Status) -> StateView:
    """Say how a certificate stands."""
    return StateView(*LOOKS[status])
