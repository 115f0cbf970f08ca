"""Taking in a roster: shown first and nothing written, then all of it at once, and never twice."""

from __future__ import annotations

import pytest
from cast import NOON
from makers import make_certificate, make_course, make_edition
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from app import audit
from app.audit import Actor
from app.identity import licenses, people
from app.identity.people import Person, Role
from app.kit.mail import Mail
from app.learning import enrollments
from app.learning.rosters import imports
from app.learning.rosters.files import EmptyRoster
from app.learning.rosters.imports import NoSuchRoster, RosterDone, RosterForgotten, RosterMoved, SentRoster, Welcome
from app.learning.rosters.plans import Plan

BY = Actor(id=1, label="ada@example.org")
HEAD = "E-mail,Legal name,License state,License type,License number,Course code,Role\n"
ROWS = (
    "ana@example.org,Ana Marie O’Neill,NY,LCSW,081234,one,admin\n"
    "zoe@example.org,Zoë Núñez,NJ,LSW,44SL00000000,one two,admin\n"
    "wrong,Nobody,,,,one,admin\n"
    "yan@example.org,,,,,two,\n"
    "xia@example.org,Xia Li,,,,nowhere,\n"
)
WELCOME = Welcome("A Provider", "https://ce.example.org")


@pytest.fixture(autouse=True)
def _courses(db: Session) -> None:
    for code in ("one", "two"):
        make_edition(db, make_course(code, title=f"Course {code}"))


def sent(db: Session, rows: str = ROWS) -> SentRoster:
    return imports.send(db, f"{HEAD}{rows}".encode(), name="roster.csv", by=BY, now=NOON)


def told(plan: Plan) -> list[str]:
    return ["; ".join(deed.words()) for deed in plan.deeds]


def take_in(db: Session, roster: SentRoster, *, welcome: Welcome | None = None) -> SentRoster:
    digest = imports.plan(db, roster).digest
    return imports.take_in(db, roster, digest=digest, welcome=welcome, by=BY, now=NOON)


def counted(db: Session) -> dict[str, int]:
    """Count the rows of every table but the rosters themselves."""
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "roster"]
    return {table.name: db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def test_a_plan_says_what_each_row_will_do_and_writes_nothing(db: Session, ana: Person) -> None:
    before = counted(db)
    roster = sent(db)
    plan = imports.plan(db, roster)
    assert told(plan) == [
        "Name: Ana Marie O’Neill; License NY LCSW 081234; Enrolled in one",
        "New account; License NJ LSW 44SL00000000; Enrolled in one; Enrolled in two",
        "Left out",
        "Left out",
        "Left out",
    ]
    assert [[error.column for error in deed.line.errors] for deed in plan.deeds] == [
        [],
        [],
        ["E-mail"],
        ["Legal name"],
        ["Course code"],
    ]
    assert plan.counts == {"accounts": 1, "names": 2, "licenses": 2, "enrollments": 3}
    assert counted(db) == before
    assert ana.legal_name is None


def test_it_is_taken_in_at_once_and_a_role_never_is(db: Session, ana: Person) -> None:
    roster = take_in(db, sent(db), welcome=WELCOME)
    zoe = people.known(db, "ZOE@example.org")
    assert (zoe.legal_name, zoe.attested_name, zoe.role) == ("Zoë Núñez", None, Role.LEARNER)
    assert {one.course_code for one in enrollments.all_of(db, zoe)} == {"one", "two"}
    assert [one.name for one in licenses.all_of(db, ana)] == ["NY LCSW, number 081234"]
    assert ana.role == Role.LEARNER
    assert people.by_email(db, "yan@example.org") is None
    (line,) = audit.of_subject(db, f"roster {roster.id}")
    assert (line.act, line.actor_label, line.told["enrollments"]) == ("roster.taken-in", BY.label, 3)
    letters = {one.recipient: one for one in db.scalars(select(Mail))}
    assert letters.keys() == {"ana@example.org", "zoe@example.org"}
    assert "Course two" in letters["zoe@example.org"].text
    assert "https://ce.example.org/sign-in" in letters["zoe@example.org"].text
    assert [one.what for one in imports.outcomes(roster)][2] == "Left out"


def test_the_same_file_again_changes_nothing(db: Session, ana: Person) -> None:
    take_in(db, sent(db), welcome=WELCOME)
    before = counted(db)
    again = sent(db)
    plan = imports.plan(db, again)
    assert (plan.changing, plan.counts) == (0, {"accounts": 0, "names": 0, "licenses": 0, "enrollments": 0})
    roster = take_in(db, again, welcome=WELCOME)
    changed = {name for name, number in counted(db).items() if number != before[name]}
    assert all(name.startswith(("audit", "trail")) for name in changed), changed
    assert len(audit.of_subject(db, f"roster {roster.id}")) == 1, "the control: who took it in is written down"


def test_whoever_completed_a_course_is_not_enrolled_again(db: Session, ana: Person) -> None:
    make_certificate(db, ana, edition=make_edition(db, make_course("one")))
    (deed, *_) = imports.plan(db, sent(db)).deeds
    assert deed.enrolls_in == ()
    assert "She has completed it: one" in deed.line.warnings[-1].words


def test_a_name_that_is_there_stays(db: Session, ana: Person) -> None:
    people.attest_legal_name(db, ana, "Ana B. O’Neill", now=NOON)
    (deed, *_) = imports.plan(db, sent(db)).deeds
    assert not deed.sets_name
    assert "The account has the name Ana B. O’Neill" in deed.line.warnings[0].words


def test_a_license_that_she_removed_does_not_come_back(db: Session, ana: Person) -> None:
    held = licenses.confirm(db, ana, ("NY", "LCSW", "081234"), now=NOON)
    licenses.remove(db, held, by=ana.actor, now=NOON)
    take_in(db, sent(db))
    assert licenses.all_of(db, ana) == []


def test_a_name_of_the_office_waits_until_she_says_that_it_is_hers(db: Session, ana: Person) -> None:
    take_in(db, sent(db))
    assert (ana.legal_name, ana.attested_name) == ("Ana Marie O’Neill", None)
    people.attest_legal_name(db, ana, "Ana María O’Neill", now=NOON)
    assert ana.attested_name == "Ana María O’Neill"
    people.attest_legal_name(db, ana, "Somebody Else", now=NOON)
    assert ana.attested_name == "Ana María O’Neill"


def test_what_changed_meanwhile_is_looked_at_again(db: Session, ana: Person) -> None:
    roster = sent(db)
    digest = imports.plan(db, roster).digest
    people.attest_legal_name(db, ana, "Ana B. O’Neill", now=NOON)
    before = counted(db)
    with pytest.raises(RosterMoved):
        imports.take_in(db, roster, digest=digest, welcome=None, by=BY, now=NOON)
    assert counted(db) == before


def test_it_is_taken_in_once(db: Session, ana: Person) -> None:
    roster = sent(db)
    digest = imports.plan(db, roster).digest
    take_in(db, roster)
    for act in (
        lambda: imports.take_in(db, roster, digest=digest, welcome=None, by=BY, now=NOON),
        lambda: imports.discard(db, roster),
    ):
        with pytest.raises(RosterDone):
            act()


def test_a_roster_of_nobody_is_refused(db: Session) -> None:
    with pytest.raises(EmptyRoster):
        sent(db, "")


def test_it_is_forgotten_in_time(db: Session, ana: Person) -> None:
    waits, done = sent(db), take_in(db, sent(db))
    imports.purge(db, now=NOON + imports.WAITS)
    assert imports.of(db, waits.id)
    imports.purge(db, now=NOON + imports.WAITS * 2)
    db.expire_all()
    with pytest.raises(NoSuchRoster):
        imports.of(db, waits.id)
    assert imports.outcomes(imports.of(db, done.id))
    imports.purge(db, now=NOON + imports.KEPT * 2)
    db.expire_all()
    with pytest.raises(RosterForgotten):
        imports.outcomes(imports.of(db, done.id))
