"""A house in which whatever anybody may type is a payload: a row in every table, and each text of it written over.

People do first what they do, in plain words; then the payload is written over whatever they typed, past the verbs that
would not let it in, so that the pages have to hold by themselves. It all happens in one transaction that is never
committed, and each act of a visitor is undone after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import makers
from anyio.from_thread import BlockingPortal, start_blocking_portal
from cast import EMAILS, NOON
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from proofs import acts
from proofs.acts import LARGE, OVER, SMALL, TOKEN
from proofs.typed_texts import TYPED
from sqlalchemy import Connection, text
from sqlmodel import Session, select

from app.awards.house_hand import HouseHand
from app.awards.reading.room import ReadingRoom
from app.awards.shelf import HouseChecks, Shelf
from app.identity import sign_in
from app.identity.people import Person
from app.identity.sign_in import Proof
from app.kit import mail
from app.kit.database import Database
from app.library.drafts import Draft
from app.library.editions import Edition

NOBODY = "nobody"
VISITORS = (NOBODY, "ana", "ines", "rhea", "olu", "ada")
NUMBERED = {"email", "number"}  # columns in which each row holds another text


@dataclass
class Furnished:
    """The house, its visitors, and what stands in the addresses of its pages."""

    app: FastAPI
    connection: Connection
    payload: str  # all of a group, each in lines of its own
    first: str  # of the group: in courses, whose texts have a proof of their own (injections.py)
    browsers: dict[str, TestClient] = field(default_factory=dict)
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)  # a part of an address → what there is
    of_courses: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the modules of each
    of_drafts: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # what each has, where it differs
    asked_for: tuple[str, ...] = ()  # addresses that show something only where they ask for it
    instructors: tuple[str, ...] = ()
    license: tuple[str, str] = ("NJ", "081236")  # that a certificate names: a board asks for no others

    def ask(self, who: str, method: str, path: str, **more: object) -> Response:
        """Ask for something as somebody, and undo whatever it did."""
        undone, browser = self.connection.begin_nested(), self.browsers[who]
        held = dict(browser.cookies)
        try:
            return browser.request(method, path, **more)  # type: ignore[arg-type]
        finally:
            undone.rollback()
            browser.cookies.clear()
            for name, value in held.items():
                browser.cookies.set(name, value)

    def letters(self) -> list[mail.Mail]:
        """Give every letter of the outbox."""
        with Session(self.connection) as db:
            return list(db.exec(select(mail.Mail)))

    def empty_tables(self) -> set[str]:
        """Name the tables of those to be filled that have no row."""
        counted = {name: self.connection.execute(text(f'SELECT count(*) FROM "{name}"')) for name in TYPED}
        return {name for name, count in counted.items() if not count.scalar_one()}


@contextmanager
def furnished(app: FastAPI, group: Sequence[str]) -> Iterator[Furnished]:
    """Furnish a house that is empty, and leave it empty."""
    wiring = app.state.wiring
    with wiring.database.writing.connect() as connection, connection.begin() as whole:
        here = Database(writing=connection, reading=connection)  # type: ignore[arg-type]  # sessions take either
        room = ReadingRoom()
        # Without the file that remembers the register: what is undone here was never in it.
        checks = HouseChecks(Shelf(here, wiring.draws, makers.ISSUER, wiring.clock), room)
        hand = HouseHand(here, makers.ISSUER)
        app.state.wiring = replace(wiring, database=here, checks=checks, issuer=makers.ISSUER, attests=hand)
        house = Furnished(app, connection, "\n".join(group), group[0].strip())
        try:
            with connection.begin_nested(), Session(connection, expire_on_commit=False) as db:
                _furnish(db, house)
                db.commit()
            with start_blocking_portal() as portal:
                yield _opened(house, portal)
        finally:
            for browser in house.browsers.values():
                browser.portal = None
                browser.close()
            room.close()
            app.state.wiring = wiring
            whole.rollback()


def _opened(house: Furnished, portal: BlockingPortal) -> Furnished:
    """Let all visitors go through one door: a new loop for each request takes longer than most pages."""
    for browser in house.browsers.values():
        browser.portal = portal
    return house


def _furnish(db: Session, house: Furnished) -> None:
    """Let people do what they do, and write the payload over whatever they typed."""
    payload = house.payload
    who = acts.join(db)
    small, large = acts.publish(db, who, payload, first=house.first)
    begun = acts.begin_drafts(db, who["ines"], house.first)
    acts.sign(db, who, begun, house.app.state.wiring.files)
    acts.run_the_office(db, who, payload)
    _write_over(db, payload, ("person", "provider", "license", "approval"))
    numbers = acts.earn(db, who, small, payload)
    tried = acts.sit_exams(db, who["ana"], large, payload)
    acts.report(db, who, large, payload)
    acts.evaluate(db, large, payload)
    _write_over(db, payload, tuple(TYPED))
    acts.write_letters(db, who, payload)
    db.commit()  # what the trail has to say is written by now
    _write_over(db, payload, ("audit_line", "audit_link", "job"))
    house.places = _places(db, who) | {"number": numbers, "attempt_id": tuple(map(str, tried))}
    _lay_out(db, house, begun, (small, large))
    house.browsers = {name: _browser(db, house.app, who.get(name)) for name in VISITORS}


def _lay_out(db: Session, house: Furnished, begun: Sequence[Draft], courses: tuple[Edition, Edition]) -> None:
    """Say what there is to be asked for of courses and drafts."""
    large = courses[1]
    house.of_courses = {one.course_code: tuple(module.slug for module in one.course.modules) for one in courses}
    house.of_drafts = {
        str(begun[0].id): {"name": ("course.md", "01-rules.md"), "code": (SMALL,), "slug": ("first",)},
        str(begun[1].id): {"name": ("01-before-the-door.md", "exam.md"), "code": (LARGE,), "slug": ()},
    }
    names = [name for held in house.of_drafts.values() for name in held["name"]]
    asked = next(large.course.exam.questions()).id if large.course.exam else ""
    house.places |= {
        "code": (SMALL, LARGE, OVER),
        "slug": tuple(slug for slugs in house.of_courses.values() for slug in slugs),
        "draft_id": tuple(str(one.id) for one in begun),
        "name": tuple(names),
        "question_id": ("question-1", asked),
        "form": ("gift", "moodle-xml"),
        "kind": ("accommodation", "grievance"),
        "token": (TOKEN,),
    }
    house.instructors = tuple({one.name: None for edition in courses for one in edition.course.instructors})
    shorts = [one.short for one in db.exec(select(Edition).where(Edition.course_code == SMALL)).all()]
    house.asked_for = (
        f"/author/courses/{begun[2].id}/editions/diff?old={shorts[0]}&new={shorts[-1]}",
        f"/admin/people/{house.places['person_id'][1]}/merge?{urlencode({'into': EMAILS['ana']})}",
        f"/author/evaluations?{urlencode({'instructor': house.instructors[0]})}",
        f"/author/shelf/{SMALL}/questions/question-2/plan?how=drop",
    )


# --- written over ------------------------------------------------------------------------------------------------


def _write_over(db: Session, payload: str, tables: Sequence[str]) -> None:
    db.flush()
    connection = db.connection()
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    connection.execute(text("UPDATE job SET tries = 3"))  # what failed says so
    for table in tables:
        for column in TYPED[table].split():
            filled = ":payload || rowid" if column in NUMBERED else ":payload"  # some are each another's
            connection.execute(text(f'UPDATE "{table}" SET "{column}" = {filled}'), _words(table, column, payload))
    db.expire_all()


def _words(table: str, column: str, payload: str) -> dict[str, str]:
    """Give the payload as a column may hold it, and then the name of the column: so it is known where it is shown."""
    if table == "approval":  # its statement has places in braces, and no others are let in (app/library/approvals.py)
        payload = payload.replace("{", "").replace("}", "")
    said = f"{payload} {mark(table, column)}"
    return {"payload": json.dumps([said]) if column == "problems" else said}


def mark(table: str, column: str) -> str:
    """Give what stands behind the payload in a column."""
    return f"{table}.{column}."


# --- who comes, and where to -------------------------------------------------------------------------------------


def _places(db: Session, who: Mapping[str, Person]) -> dict[str, tuple[str, ...]]:
    def ids(table: str, most: int = 2) -> tuple[str, ...]:
        return tuple(map(str, db.connection().execute(text(f'SELECT id FROM "{table}" LIMIT {most}')).scalars()))

    newest = db.connection().execute(text("SELECT id FROM mail ORDER BY id DESC LIMIT 1")).scalar_one()
    return {
        "person_id": tuple(str(who[name].id) for name in ("ana", "ben", "ines")),
        "enrollment_id": ids("enrollment", 9),
        "license_id": ids("license"),
        "passkey_id": ids("passkey"),
        "sign_in_id": ids("sign_in"),
        "mail_id": (*ids("mail"), str(newest)),
        "job_id": ids("job", 1),
        "approval_id": ids("approval"),
        "roster_id": ids("roster"),
        "ruling_id": ids("ruling"),
        "revision_id": ids("draft_revision"),
        "request_id": ("1", "2"),
    }


def _browser(db: Session, app: FastAPI, person: Person | None) -> TestClient:
    browser = TestClient(app, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False)
    if person is not None:
        browser.cookies.set("__Host-continua", sign_in.begin(db, person, proof=Proof.PASSKEY, now=NOON))
    db.flush()
    return browser
