"""Question reports: one open one a person and question, throttled, without names for authors, answered to everybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import cast as the_cast
import pytest
from cast import NOON
from makers import CANARY, make_course, make_edition
from sqlalchemy import func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app.assessment import question_reports, report_answers
from app.assessment.question_reports import (
    LONGEST,
    MOST_A_DAY,
    MOST_UNKNOWN_A_DAY,
    About,
    Outcome,
    Place,
    QuestionReport,
    ReportRemark,
    TooManyReports,
    TooManyUnknown,
)
from app.assessment.report_answers import NothingReported, Reply
from app.audit import AuditLine
from app.identity import people
from app.identity.people import Person
from app.kit.database import Database
from app.kit.errors import Invalid
from app.kit.mail import Mail
from app.library import authors
from app.library.authors import NotAnAuthor
from app.library.editions import Edition

ADDRESS = "https://ce.example.org"
WORDS = "Two of the options mean the same."
ALL = 2**60  # everything was seen


@pytest.fixture
def edition(db: Session, ines: Person) -> Edition:
    made = make_edition(db)
    authors.begin(db, made.course_code, ines, now=NOON)
    return made


def about(edition: Edition, nth: int = 0, place: Place = Place.EXAM) -> About:
    exam = edition.course.exam
    assert exam is not None
    return About(edition, list(exam.questions())[nth], place)


def report(
    db: Session, person: Person | None, edition: Edition, words: str = WORDS, *, nth: int = 0, now: datetime = NOON
) -> QuestionReport:
    return question_reports.report(db, person, about(edition, nth), words, address=ADDRESS, now=now)


def answer(
    db: Session, by: Person, edition: Edition, outcome: Outcome = Outcome.KEPT, *, words: str = "…", seen: int = ALL
) -> int:
    reply = Reply(outcome, words, seen)
    return report_answers.answer(db, edition, "question-1", reply, by=by, address=ADDRESS, now=NOON)


def remarks(db: Session) -> list[str]:
    return list(db.exec(select(ReportRemark.words).order_by(col(ReportRemark.id))))


def reports(db: Session) -> int:
    return db.exec(select(func.count()).select_from(QuestionReport)).one()


def letters_to(db: Session, person: Person) -> list[str]:
    return [one.text for one in db.exec(select(Mail).where(Mail.recipient == person.email).order_by(col(Mail.id)))]


# --- reporting ---------------------------------------------------------------------------------------------------


def test_a_second_report_of_a_question_is_added_to_the_first(db: Session, ana: Person, edition: Edition) -> None:
    first = report(db, ana, edition)
    assert report(db, ana, edition, "And the case is unclear.").id == first.id
    assert remarks(db) == [WORDS, "And the case is unclear."]


def test_each_question_person_and_edition_has_its_own(db: Session, ana: Person, ben: Person, edition: Edition) -> None:
    later = make_edition(db, replace(make_course(), title="A Small Course, again"))
    for person, text_, nth in ((ana, edition, 0), (ana, edition, 1), (ben, edition, 0), (ana, later, 0)):
        report(db, person, text_, nth=nth)
    assert reports(db) == 4


@pytest.mark.parametrize("words", [WORDS, "", "  \n "])
def test_a_form_that_is_sent_twice_is_kept_once(db: Session, ana: Person, edition: Edition, words: str) -> None:
    report(db, ana, edition, words)
    report(db, ana, edition, words)
    assert remarks(db) == [words.strip()]


def test_nothing_need_be_written_and_a_remark_has_an_end(db: Session, ana: Person, edition: Edition) -> None:
    report(db, ana, edition, "")
    report(db, ana, edition, "x" * LONGEST)
    with pytest.raises(Invalid):
        report(db, ana, edition, "x" * (LONGEST + 1))
    assert remarks(db) == ["", "x" * LONGEST]


def test_a_person_sends_so_many_a_day_and_goes_on_the_next(
    db: Session, ana: Person, ben: Person, edition: Edition
) -> None:
    for number in range(MOST_A_DAY):
        report(db, ana, edition, f"{number}", nth=number % 3)
    with pytest.raises(TooManyReports, match="tomorrow"):
        report(db, ana, edition, "One more.")
    report(db, ben, edition)
    report(db, ana, edition, "One more.", now=NOON + timedelta(days=1, seconds=1))


def test_readers_without_an_account_send_so_many_a_day_in_all(db: Session, ana: Person, edition: Edition) -> None:
    for number in range(MOST_UNKNOWN_A_DAY):
        report(db, None, edition, f"{number}")
    with pytest.raises(TooManyUnknown, match="Sign in"):
        report(db, None, edition)
    report(db, ana, edition)
    assert reports(db) == MOST_UNKNOWN_A_DAY + 1, "nobody knows whether two of them are one person's"


def test_a_report_is_on_the_record_without_her_words(db: Session, ana: Person, edition: Edition) -> None:
    report(db, ana, edition)
    report(db, None, edition)
    lines = db.exec(select(AuditLine).where(AuditLine.act == "question.reported").order_by(col(AuditLine.id))).all()
    assert [(one.actor_label, one.subject) for one in lines] == [
        (ana.email, "small-course/question-1"),
        ("a reader", "small-course/question-1"),
    ]
    assert json.loads(lines[0].detail) == {"edition": edition.short, "place": "exam"}
    assert WORDS not in "".join(one.detail for one in lines)


def test_authors_get_one_letter_until_they_answer(
    db: Session, ana: Person, ben: Person, ines: Person, edition: Edition
) -> None:
    report(db, ana, edition)
    report(db, ben, edition)
    (letter,) = letters_to(db, ines)
    assert f"{ADDRESS}/author/shelf/small-course/reports" in letter
    assert ana.email not in letter
    answer(db, ines, edition)
    report(db, ana, edition)
    assert len(letters_to(db, ines)) == 2


def test_ten_taps_at_once_make_one_report(database: Database) -> None:
    with database.write() as db:
        ana, edition = the_cast.join(db, "ana"), make_edition(db)

    def tap(_number: int) -> None:
        with database.write() as db:
            report(db, ana, edition)

    with ThreadPoolExecutor(10) as crowd:
        list(crowd.map(tap, range(10)))
    with database.read() as db:
        assert (reports(db), remarks(db)) == (1, [WORDS])


# --- answering ---------------------------------------------------------------------------------------------------


def test_an_answer_goes_to_everybody_who_reported_and_to_nobody_else(
    db: Session, ana: Person, ben: Person, ines: Person, edition: Edition
) -> None:
    report(db, ana, edition)
    report(db, None, edition)
    report(db, ben, edition, nth=1)
    assert answer(db, ines, edition, Outcome.LATER, words="The third option will be clearer.") == 2
    (letter,) = letters_to(db, ana)
    for words in (
        "The question will be corrected.",
        "The third option will be clearer.",
        "/courses/small-course#reports",
    ):
        assert words in letter
    assert CANARY not in letter
    assert letters_to(db, ben) == []
    line = db.exec(select(AuditLine).where(AuditLine.act == "question.answered")).one()
    assert (line.actor_label, json.loads(line.detail)) == (ines.email, {"outcome": "later", "reports": 2})


def test_what_came_after_she_opened_the_page_stays_open(
    db: Session, ana: Person, ben: Person, ines: Person, edition: Edition
) -> None:
    report(db, ana, edition)
    seen = db.exec(select(func.max(ReportRemark.id))).one()
    report(db, ben, edition)
    assert answer(db, ines, edition, seen=seen) == 1
    assert letters_to(db, ben) == []
    assert question_reports.waiting(db, {"small-course"}) == {"small-course": 1}


def test_a_promise_may_be_followed_by_the_correction_and_nothing_else_is_answered_twice(
    db: Session, ana: Person, ines: Person, edition: Edition
) -> None:
    with pytest.raises(NothingReported):
        answer(db, ines, edition)
    report(db, ana, edition)
    answer(db, ines, edition, Outcome.LATER)
    assert answer(db, ines, edition, Outcome.CORRECTED) == 1
    with pytest.raises(NothingReported):
        answer(db, ines, edition, Outcome.KEPT)
    assert ["will be corrected" in letters_to(db, ana)[0], "was corrected" in letters_to(db, ana)[1]] == [True, True]


def test_a_new_report_after_the_answer_is_a_new_one(db: Session, ana: Person, ines: Person, edition: Edition) -> None:
    first = report(db, ana, edition)
    answer(db, ines, edition)
    assert report(db, ana, edition).id != first.id
    newest = question_reports.of_person_in(db, ana, edition.id)["question-1"]
    assert newest.answer is None
    assert [one.is_settled for one in question_reports.of_person(db, ana, "small-course")] == [False, True]


def test_only_an_author_of_the_course_answers(
    db: Session, ana: Person, ada: Person, olu: Person, edition: Edition
) -> None:
    stranger = people.find_or_add(db, "another@example.org", now=NOON)
    stranger.role = people.Role.INSTRUCTOR
    report(db, ana, edition)
    for person in (ana, olu, stranger):
        with pytest.raises(NotAnAuthor):
            answer(db, person, edition)
    assert answer(db, ada, edition) == 1, "the control: an admin writes every course"


@pytest.mark.parametrize("words", ["", " \n", "x" * (report_answers.LONGEST + 1)])
def test_an_answer_says_something_and_ends_somewhere(
    db: Session, ana: Person, ines: Person, edition: Edition, words: str
) -> None:
    report(db, ana, edition)
    with pytest.raises(Invalid):
        answer(db, ines, edition, words=words)


def test_two_authors_who_answer_at_once_give_one_answer(database: Database) -> None:
    with database.write() as db:
        ana, ada, edition = the_cast.join(db, "ana"), the_cast.join(db, "ada"), make_edition(db)
        report(db, ana, edition)

    def reply(_number: int) -> int:
        try:
            with database.write() as db:
                return answer(db, ada, edition)
        except NothingReported:
            return 0

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(reply, range(4))) == [0, 0, 0, 1]
    with database.read() as db:
        assert len(letters_to(db, ana)) == 1


@pytest.mark.parametrize("act", ["UPDATE report_answer SET words = '…'", "DELETE FROM report_answer"])
def test_the_database_rewrites_no_answer(db: Session, ana: Person, ines: Person, edition: Edition, act: str) -> None:
    report(db, ana, edition)
    answer(db, ines, edition)
    with pytest.raises(DBAPIError, match="never deleted or rewritten"), db.begin_nested():
        db.execute(text(act))


# --- what authors see --------------------------------------------------------------------------------------------


def test_authors_are_given_no_name(db: Session, ana: Person, edition: Edition) -> None:
    report(db, ana, edition)
    (told,) = question_reports.of_course(db, "small-course")
    assert [one.words for one in told.remarks] == [WORDS]
    shown: Callable[[object], str] = repr
    assert ana.email not in shown(told)


def test_what_waits_is_counted_by_course(db: Session, ana: Person, ben: Person, ines: Person, edition: Edition) -> None:
    other = make_edition(db, make_course("other-course"))
    report(db, ana, edition)
    report(db, ben, edition)
    assert question_reports.waiting(db, {"small-course", "other-course"}) == {"small-course": 2}
    assert question_reports.waiting(db, {other.course_code}) == {}
    answer(db, ines, edition)
    assert question_reports.waiting(db, {"small-course", "other-course"}) == {}
