"""Always the same people, in every test.

Ana   LCSW, New York and New Jersey: the learner whose records everything is about
Ben   must never see Ana's things
Ines  an instructor
Olu   licensing staff
Ada   an administrator
Gus   an auditor: reads everything, changes nothing
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from app.identity import people
from app.identity.people import Person, Role

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # noon in New York

EMAILS = {
    "ana": "ana@example.org",
    "ben": "ben@example.org",
    "ines": "ines@example.org",
    "olu": "olu@example.org",
    "ada": "ada@example.org",
    "gus": "gus@example.org",
}
ROLES = {"ines": Role.INSTRUCTOR, "olu": Role.OFFICER, "ada": Role.ADMIN, "gus": Role.AUDITOR}


def join(db: Session, name: str, *, now: datetime = NOON) -> Person:
    """Give one of the cast an account."""
    person = people.find_or_add(db, EMAILS[name], now=now)
    person.role = ROLES.get(name, Role.LEARNER)
    db.add(person)
    db.flush()
    return person
