"""Who may go where, tried: every route, as everybody, with her own, another's and no such object.

A filled house, one browser for each role, and whatever an answer means, in one word. Each request is undone after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import makers
from anyio.from_thread import start_blocking_portal
from cast import NOON
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Connection
from sqlmodel import Session, select

from app.assessment.attempts import Attempt
from app.awards.reading.room import ReadingRoom
from app.awards.shelf import HouseChecks, Shelf
from app.identity import licenses, people, sign_in
from app.identity.passkeys import Passkey
from app.identity.people import Person, Role
from app.identity.sign_in import Proof, SignIn
from app.kit.database import Database
from app.kit.mail import Mail
from app.learning import readers
from app.learning.enrollments import Enrollment
from app.library import authors
from app.library.drafts import Draft
from app.library.drafts.revisions import DraftRevision
from app.library.editions import Edition

ANONYMOUS, READER, WEAK = "anonymous", "reader", "weak admin"
PEOPLE = {
    "learner": Role.LEARNER,
    "instructor": Role.INSTRUCTOR,
    "reviewer": Role.REVIEWER,
    "officer": Role.OFFICER,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
ROLES = (ANONYMOUS, READER, *PEOPLE, WEAK)
OWN, ANOTHERS, NONE = "own", "another's", "none"
OBJECTS = (OWN, ANOTHERS, NONE)
IN, SIGN_IN, PROVE, FORBIDDEN, MISSING = "in", "sign in", "prove", "forbidden", "missing"
NO_SUCH = {
    "code": "no-such-course",
    "number": "YH84FBKZFMMPG9N10ZZW",
}
NO_ROW = "987654321"
FIXED = {"slug": "first", "name": "course.md", "question_id": "question-1", "form": "gift", "rest": "nowhere"}


@dataclass
class House:
    """A filled house, with what belongs to whom."""

    app: FastAPI
    connection: Connection
    owned: dict[str, dict[str, str]] = field(default_factory=dict)  # role → name of a part of an address → its value
    browsers: dict[str, TestClient] = field(default_factory=dict)

    def ask(self, role: str, method: str, address: str, *, with_file: bool = False) -> Response:
        """Ask for something as somebody, and undo whatever it did."""
        more = {"files": {"file": ("a-file.md", b"Words.")}} if with_file else {}
        undone = self.connection.begin_nested()
        browser = self.browsers[role]
        held = dict(browser.cookies)
        try:
            headers = {"origin": PUBLIC} if method != "GET" else {}
            return browser.request(method, address, headers=headers, **more)
        finally:
            undone.rollback()
            browser.cookies.clear()
            for name, value in held.items():
                browser.cookies.set(name, value)


@contextmanager
def filled(app: FastAPI, database: Database) -> Iterator[House]:
    """Fill a house in one transaction that is never committed, with a browser for each role."""
    with database.writing.connect() as connection, connection.begin() as whole:
        house = House(app, connection)
        wiring = app.state.wiring
        here = Database(writing=connection, reading=connection)  # type: ignore[arg-type]  # sessions take either
        checks = HouseChecks(Shelf(here, wiring.draws, wiring.issuer, wiring.clock), ReadingRoom())
        app.state.wiring = replace(wiring, database=here, checks=checks)
        with connection.begin_nested(), Session(connection, expire_on_commit=False) as db:
            _fill(db, house)
            db.commit()
        with start_blocking_portal() as portal:  # one loop for all of them: a new one for each request takes longer
            for browser in house.browsers.values():
                browser.portal = portal
            yield house
        for browser in house.browsers.values():
            browser.portal = None
            browser.close()
        checks.room.close()
        whole.rollback()
    wiring.checks.room.close()
    wiring.database.close()


def _fill(db: Session, house: House) -> None:
    edition = makers.make_edition(db)
    ruling = makers.make_ruling(db, edition.id)
    everybody = {role: _join(db, role) for role in PEOPLE}
    everybody |= {"other": _join(db, "other"), "other author": _join(db, "other author")}
    owned = {role: _belongings(db, person, edition) for role, person in everybody.items()}
    for author in ("instructor", "other author"):
        code = "a-draft" if author == "instructor" else "another-draft"
        owned[author] |= _draft(db, makers.make_draft(db, everybody[author], code=code), everybody[author])
    authors.begin(db, edition.course_code, everybody["instructor"], now=NOON)
    owned["other"]["code"] = makers.make_edition(db, makers.make_course("another-course")).course_code
    for theirs in owned.values():
        theirs |= {"ruling_id": str(ruling.id), "mail_id": str(db.exec(select(Mail.id)).first())}
    house.owned = owned
    _open_browsers(db, house, everybody)


def _join(db: Session, name: str) -> Person:
    person = people.find_or_add(db, f"{name.replace(' ', '-')}@example.org", now=NOON)
    person.role = PEOPLE.get(name, Role.INSTRUCTOR if "author" in name else Role.LEARNER)
    db.add(person)
    db.flush()
    return person


def _belongings(db: Session, person: Person, edition: Edition) -> dict[str, str]:
    certificate = makers.make_certificate(db, person, edition=edition)
    enrollment = db.exec(select(Enrollment).where(Enrollment.person_id == person.id)).one()
    attempt = db.exec(select(Attempt).where(Attempt.enrollment_id == enrollment.id)).first()
    license_ = licenses.confirm(db, person, ("NY", "LCSW", f"0812{person.id:02}"), now=NOON)
    passkey = Passkey(
        person_id=person.id, credential_id=f"hers{person.id:04}", public_key=b"", name="Hers", added_at=NOON
    )
    db.add(passkey)
    sign_in.begin(db, person, proof=Proof.CODE, now=NOON)
    db.flush()
    assert attempt is not None
    return {
        "sign_in_id": str(db.exec(select(SignIn.id).where(SignIn.person_id == person.id)).first()),
        "passkey_id": str(passkey.id),
        "code": edition.course_code,
        "number": certificate.number,
        "enrollment_id": str(enrollment.id),
        "attempt_id": str(attempt.id),
        "license_id": str(license_.id if license_ else 0),
        "person_id": str(person.id),
    }


def _draft(db: Session, draft: Draft, author: Person) -> dict[str, str]:
    revision = db.exec(select(DraftRevision).where(DraftRevision.draft_id == draft.id)).first()
    return {"draft_id": str(draft.id), "revision_id": str(revision.id if revision else 0), "author_id": str(author.id)}


def _open_browsers(db: Session, house: House, everybody: dict[str, Person]) -> None:
    for role in ROLES:
        browser = house.browsers[role] = TestClient(house.app, base_url=PUBLIC, follow_redirects=False)
        if role == READER:
            _reader, token = readers.begin(db, now=NOON)
            browser.cookies.set("__Host-continua-reader", token)
        elif role != ANONYMOUS:
            person = everybody["admin" if role == WEAK else role]
            proof = Proof.CODE if role == WEAK else Proof.PASSKEY
            browser.cookies.set("__Host-continua", sign_in.begin(db, person, proof=proof, now=NOON))


# --- what is asked ---------------------------------------------------------------------------------------------------


def address(house: House, route: APIRoute, role: str, whose: str) -> str:
    """Write the address of a route with an object of somebody's in it."""
    path = route.path.replace("{person_id}", "{author_id}") if "{draft_id}" in route.path else route.path
    return re.sub(r"{(\w+)(:path)?}", lambda found: _part(house, found[1], role, whose), path)


def _part(house: House, name: str, role: str, whose: str) -> str:
    if whose == NONE:
        return NO_SUCH.get(name, NO_ROW) if name not in FIXED else FIXED[name]
    own = {WEAK: "admin", ANONYMOUS: "other", READER: "other"}.get(role, role)
    theirs = house.owned[own if whose == OWN else "other"]
    if name in ("draft_id", "revision_id", "author_id"):
        theirs = house.owned["instructor" if whose == OWN else "other author"]
    return theirs.get(name) or FIXED.get(name, NO_ROW)


def has_object(route: APIRoute) -> bool:
    """Say whether an address names something that may be somebody's."""
    return bool(set(re.findall(r"{(\w+)", route.path)) - FIXED.keys())


def meaning(answer: Response) -> str:
    """Say in one word what an answer means to whoever asked."""
    to = answer.headers.get("location", "")
    if answer.status_code == 401 or to.startswith(("/sign-in?", "/sign-in/prove?")):
        return PROVE if to.startswith("/sign-in/prove?") else SIGN_IN
    if answer.status_code >= 500:
        return f"broken ({answer.status_code})"
    return {403: FORBIDDEN, 404: MISSING}.get(answer.status_code, IN)
