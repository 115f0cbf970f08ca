"""Authors: a course is somebody's, colleagues are added by address, and it is never left to nobody."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from cast import NOON, join
from makers import make_draft
from sqlmodel import Session, select

from app.audit import AuditLine
from app.identity.people import Person, Role
from app.kit.database import Database
from app.library import authors, drafts
from app.library.authors import CannotAuthor, CourseAuthor, LastAuthor, NotAnAuthor

CODE = "small-draft"


@pytest.fixture
def ben(db: Session) -> Person:
    """Ben, for once an instructor."""
    ben = join(db, "ben")
    ben.role = Role.INSTRUCTOR
    return ben


def test_whoever_begins_a_course_is_its_author(db: Session, ines: Person, ben: Person, ada: Person) -> None:
    make_draft(db, ines)
    assert authors.of(db, CODE) == [ines]
    assert authors.may_write(db, ines, CODE)
    assert authors.may_write(db, ada, CODE), "an administrator writes every course"
    assert not authors.may_write(db, ben, CODE)


def test_a_colleague_is_added_by_her_address_once_and_on_the_record(db: Session, ines: Person, ben: Person) -> None:
    draft = make_draft(db, ines)
    for _ in range(2):
        authors.add(db, CODE, "  BEN@example.org ", by=ines, now=NOON)
    assert authors.of(db, CODE) == [ines, ben]
    assert drafts.of(db, ben, draft.id) == draft
    lines = db.exec(select(AuditLine).where(AuditLine.act == "course.author_added")).all()
    assert [line.detail for line in lines] == ['{"author": "ines@example.org"}', '{"author": "ben@example.org"}']


def test_who_has_no_account_for_writing_is_not_added(db: Session, ines: Person, ana: Person) -> None:
    make_draft(db, ines)
    for email in ("nobody@example.org", "ana@example.org", "not an address"):
        with pytest.raises(CannotAuthor, match="has no account here that may write courses"):
            authors.add(db, CODE, email, by=ines, now=NOON)


def test_nobody_adds_herself_to_anothers_course(db: Session, ines: Person, ben: Person) -> None:
    make_draft(db, ines)
    with pytest.raises(NotAnAuthor):
        authors.add(db, CODE, "ben@example.org", by=ben, now=NOON)
    with pytest.raises(NotAnAuthor):
        authors.remove(db, CODE, ines, by=ben, now=NOON)


def test_an_author_who_was_removed_writes_no_more_and_may_come_back(db: Session, ines: Person, ben: Person) -> None:
    draft = make_draft(db, ines)
    authors.add(db, CODE, "ben@example.org", by=ines, now=NOON)
    authors.remove(db, CODE, ben, by=ines, now=NOON)
    with pytest.raises(drafts.NotHers):
        drafts.of(db, ben, draft.id)
    authors.add(db, CODE, "ben@example.org", by=ines, now=NOON)
    assert drafts.of(db, ben, draft.id) == draft
    assert len(db.exec(select(CourseAuthor)).all()) == 3, "who was an author when stays on record"


def test_a_course_is_never_left_without_an_author(db: Session, ines: Person, ben: Person, ada: Person) -> None:
    make_draft(db, ines)
    for somebody in (ines, ada):
        with pytest.raises(LastAuthor):
            authors.remove(db, CODE, ines, by=somebody, now=NOON)
    authors.add(db, CODE, "ben@example.org", by=ines, now=NOON)
    authors.remove(db, CODE, ines, by=ines, now=NOON)
    assert authors.of(db, CODE) == [ben]


def test_who_lost_the_role_writes_no_more(db: Session, ines: Person) -> None:
    draft = make_draft(db, ines)
    ines.role = Role.LEARNER
    with pytest.raises(drafts.NotHers):
        drafts.of(db, ines, draft.id)


def test_two_who_remove_each_other_at_once_do_not_both(database: Database) -> None:
    with database.write() as db:
        ines, ada = join(db, "ines"), join(db, "ada")
        make_draft(db, ines)
        authors.add(db, CODE, "ada@example.org", by=ines, now=NOON)
    together = Barrier(2)

    def remove(one: Person, other: Person) -> None:
        together.wait()
        try:
            with database.write() as db:
                authors.remove(db, CODE, other, by=one, now=NOON)
        except (LastAuthor, NotAnAuthor):
            pass

    threads = [Thread(target=remove, args=pair) for pair in ((ines, ada), (ada, ines))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        assert len(authors.of(db, CODE)) == 1
