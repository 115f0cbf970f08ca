"""However often the last form is sent at once, a learner has one certificate, one letter and one drawing.

Two things see to it, and each is enough: the enrollment is held while it is settled, and a unique index stands
behind that. The controls switch them off, one by one and both.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from cast import NOON, join
from makers import ISSUER, make_enrollment
from proofs import completions
from proofs.completions import once_each
from sqlalchemy import text
from sqlmodel import Session, select

from app.awards import completion
from app.identity.people import Person
from app.kit.database import Database, open_database
from app.learning import enrollments
from app.learning.enrollments import Enrollment

pytestmark = pytest.mark.campaign
FEW = 12


@pytest.fixture(params=["sqlite", "postgresql"])
def unguarded(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of a test's own, whose unique index over certificates was dropped."""
    own = {"sqlite": "sqlite_url", "postgresql": "own_postgres_url"}[request.param]
    database = open_database(request.getfixturevalue(own))
    with database.writing.begin() as connection:
        connection.execute(text("DROP INDEX uq_certificate_enrollment_first"))
    yield database
    database.close()


def held_by_nobody(_db: Session, enrollment: Enrollment) -> Enrollment:
    """Take the place of `enrollments.locked`: nothing is held, and nobody sees that the course was completed."""
    enrollment.completed_at = None
    return enrollment


def complete_few(database: Database) -> completions.Outcome:
    told = completions.all_at_once(database, completions.prepare(database, learners=FEW))
    return completions.count(database, told, learners=FEW)


# --- one each ----------------------------------------------------------------------------------------------------


def test_two_hundred_learners_who_send_the_last_form_eight_times_at_once_have_one_certificate_each(
    database_url: str,
) -> None:
    assert completions.prove(database_url, learners=200) == once_each(200)


def test_so_it_is_when_the_forms_arrive_at_two_processes(database_url: str) -> None:
    assert completions.prove(database_url, learners=50, processes=2) == once_each(50)


# --- either protection is enough ---------------------------------------------------------------------------------


def test_without_the_index_holding_the_enrollment_is_enough(unguarded: Database) -> None:
    assert complete_few(unguarded) == once_each(FEW)


def test_without_holding_the_enrollment_the_index_is_enough(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrollments, "locked", held_by_nobody)
    outcome = complete_few(database)
    assert (outcome.certificates, outcome.letters, outcome.drawings) == (FEW, FEW, FEW)
    assert outcome.numbers_told == FEW


# --- control: neither --------------------------------------------------------------------------------------------


def test_control_without_either_there_are_duplicates(unguarded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrollments, "locked", held_by_nobody)
    outcome = complete_few(unguarded)
    assert outcome.duplicates > 0
    assert outcome.letters > FEW


def test_control_looking_before_issuing_is_not_enough(own_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two callers who both look before either has issued both issue: this is how duplicates come about elsewhere."""
    database = open_database(own_postgres_url)
    with database.write() as db:
        db.execute(text("DROP INDEX uq_certificate_enrollment_first"))
        ana = join(db, "ana")
        make_enrollment(db, ana, finished=True)
    both_have_looked = threading.Barrier(2, timeout=10)

    def looked(_db: Session, enrollment: Enrollment) -> Enrollment:
        both_have_looked.wait()
        return enrollment

    def settle(_turn: int) -> None:
        with database.write() as db:
            enrollment, person = db.exec(select(Enrollment)).one(), db.exec(select(Person)).one()
            completion.settle(db, enrollment, person, issuer=ISSUER, now=NOON)

    monkeypatch.setattr(enrollments, "locked", looked)
    with ThreadPoolExecutor(2) as callers:
        list(callers.map(settle, range(2)))
    assert completions.count(database, [], learners=1).duplicates == 1
    database.close()
