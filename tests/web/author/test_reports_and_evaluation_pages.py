"""Reports and evaluations in the Studio: without names, for the authors of the course, and in no small group."""

from __future__ import annotations

import csv
import io
import re

import pytest
from cast import EMAILS
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from makers import CANARY, make_course, make_edition, make_enrollment
from sqlmodel import select
from ways import counted

from app.assessment import question_reports
from app.assessment.question_reports import About, Place
from app.identity import people
from app.identity.people import Role
from app.kit.mail import Mail
from app.learning import evaluations
from app.library import authors
from app.library.editions import Edition

SHELF = "/author/shelf/small-course"
MOST = 12  # queries a page (tests/house/test_queries.py)


def publish(house: FastAPI, *, title: str = "A Small Course", said: int = 0) -> Edition:
    """Publish a course of Ines's that so many people have evaluated, the first with 1 and the others with 5."""
    wiring = house.state.wiring
    with wiring.database.write() as db:
        now = wiring.clock()
        ines = people.find_or_add(db, EMAILS["ines"], now=now)
        ines.role = Role.INSTRUCTOR
        edition = make_edition(db, make_course(title=title))
        authors.begin(db, edition.course_code, ines, now=now)
        for number in range(said):
            learner = people.find_or_add(db, f"{len(title)}-{number}@example.org", now=now)
            enrollment = make_enrollment(db, learner, edition)
            answers = {item.name: "5" if number else "1" for item in evaluations.items(edition.course) if item.is_scale}
            evaluations.submit(db, enrollment, answers | {"practice": f"=I will listen, {number}"}, now=now)
        return edition


def report(house: FastAPI, edition: Edition, name: str | None = "ana", words: str = "Two are right.") -> None:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        person = people.find_or_add(db, EMAILS[name], now=wiring.clock()) if name else None
        exam = edition.course.exam
        assert exam is not None
        about = About(edition, next(iter(exam.questions())), Place.EXAM)
        question_reports.report(db, person, about, words, address="", now=wiring.clock())


def reply(author: TestClient, edition: Edition, **changed: str) -> Response:
    page = author.get(f"{SHELF}/reports").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    sent = {"of": edition.short, "question": "question-1", "outcome": "kept", "words": "We looked. It is clear."}
    return author.post(f"{SHELF}/reports", data=sent | {"seen": seen[1] if seen else "0"} | changed)


def letters(house: FastAPI, name: str) -> list[str]:
    with house.state.wiring.database.read() as db:
        return [one.text for one in db.exec(select(Mail).where(Mail.recipient == EMAILS[name]))]


@pytest.fixture
def author(sign_in_as: SignIn) -> TestClient:
    return sign_in_as("ines")


# --- reports -----------------------------------------------------------------------------------------------------


def test_an_author_reads_what_was_reported_with_the_key_and_without_names(house: FastAPI, author: TestClient) -> None:
    edition = publish(house)
    for name in ("ana", "ben", None):
        report(house, edition, name, f"Two are right, says {name and 'a learner'}.")
    page = author.get(f"{SHELF}/reports").text
    assert "2 learners and 1 report without an account" in page
    assert "a learner, November 20, 2026, in the exam" in page
    assert f"Edition {edition.short}" in page
    assert CANARY in page, "the key is for authors"
    assert not [name for name in ("ana", "ben") if EMAILS[name] in page]


def test_an_answer_is_sent_to_the_learner_and_the_thread_moves_to_what_is_answered(
    house: FastAPI, author: TestClient
) -> None:
    edition = publish(house)
    report(house, edition)
    assert "1 report waiting" in author.get("/author").text
    assert reply(author, edition).status_code == 303
    page = author.get(f"{SHELF}/reports").text
    assert "Nothing waits." in page
    assert "The question stays as it is. We looked. It is clear." in page
    assert any("We looked. It is clear." in letter for letter in letters(house, "ana"))
    assert "waiting" not in author.get("/author").text


def test_a_promise_stays_in_sight_until_it_is_kept(house: FastAPI, author: TestClient) -> None:
    edition = publish(house)
    report(house, edition)
    reply(author, edition, outcome="later")
    assert "Send the answer" in author.get(f"{SHELF}/reports").text
    reply(author, edition, outcome="corrected")
    assert "Nothing waits." in author.get(f"{SHELF}/reports").text
    assert len(letters(house, "ana")) == 2


@pytest.mark.parametrize("changed", [{"words": " "}, {"outcome": ""}, {"outcome": "nonsense"}])
def test_an_answer_with_something_missing_comes_back_as_it_was_written(
    house: FastAPI, author: TestClient, changed: dict[str, str]
) -> None:
    edition = publish(house)
    report(house, edition)
    answer = reply(author, edition, **changed)
    assert answer.status_code == 422
    assert ("We looked. It is clear." in answer.text) == ("words" not in changed)
    assert 'role="alert"' in answer.text or "error-summary" in answer.text
    assert letters(house, "ana") == []


def test_what_the_page_did_not_show_is_not_answered(house: FastAPI, author: TestClient) -> None:
    edition = publish(house)
    report(house, edition)
    assert reply(author, edition, seen="0").status_code == 409
    assert letters(house, "ana") == []


# --- evaluations -------------------------------------------------------------------------------------------------


def test_four_are_not_shown_and_five_are(house: FastAPI, author: TestClient) -> None:
    publish(house, said=4)
    page = author.get(f"{SHELF}/evaluations").text
    assert "Fewer than 5 people have answered so far." in page
    assert "I will listen" not in page
    publish(house, title="A Small Course, again", said=5)
    page = author.get(f"{SHELF}/evaluations").text
    assert "5 answers, from 1 (not at all) to 5 (fully). 4 more answers will be counted with others." in page
    assert "Mean <b>4.2</b>" in page
    assert page.count("I will listen") == 5


def test_editions_are_told_together_and_apart(house: FastAPI, author: TestClient) -> None:
    first, second = publish(house, said=5), publish(house, title="A Small Course, again", said=10)
    assert "15 answers" in author.get(f"{SHELF}/evaluations").text
    assert "5 answers" in author.get(f"{SHELF}/evaluations?edition={first.short}").text
    assert "10 answers" in author.get(f"{SHELF}/evaluations?edition={second.short}").text


def test_the_sheet_says_the_same_and_nothing_in_it_is_a_formula(house: FastAPI, author: TestClient) -> None:
    publish(house, said=5)
    sent = author.get(f"{SHELF}/evaluations.csv")
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(sent.text.removeprefix("\ufeff"))))
    (instructor,) = [
        row for row in rows if row["item"].startswith("The course was taught") and row["counted in"] == "all"
    ]
    assert (instructor["people"], instructor["mean"], instructor["1"], instructor["5"]) == ("5", "4.20", "1", "4")
    comments = [row["comment"] for row in rows if row["comment"]]
    assert sorted(comments) == [f"'=I will listen, {number}" for number in range(5)]


def test_a_sheet_of_few_says_why_it_is_empty(house: FastAPI, author: TestClient) -> None:
    publish(house, said=4)
    sheet = author.get(f"{SHELF}/evaluations.csv").text
    assert "Fewer than 5 people" in sheet
    assert "I will listen" not in sheet


def test_an_instructor_is_told_of_over_the_courses_that_name_her(
    house: FastAPI, author: TestClient, sign_in_as: SignIn
) -> None:
    publish(house, said=5)
    page = author.get("/author/evaluations").text
    assert "Jordan Reyes" in page
    found = author.get("/author/evaluations?instructor=Jordan+Reyes")
    assert "The course was taught with knowledge and respect." in found.text
    assert "Apply the first rule" not in found.text, "objectives are a course's own"
    assert author.get("/author/evaluations?instructor=Nobody").status_code == 404
    assert "4.2" in author.get("/author/evaluations/instructor.csv?instructor=Jordan+Reyes").text
    assert "5 answers counted" in sign_in_as("ada").get("/author/evaluations").text, "admins see all"


# --- whose they are ----------------------------------------------------------------------------------------------

PAGES = (f"{SHELF}/reports", f"{SHELF}/evaluations", f"{SHELF}/evaluations.csv")


@pytest.mark.parametrize("address", PAGES)
def test_only_authors_of_the_course_and_admins_may_look(house: FastAPI, sign_in_as: SignIn, address: str) -> None:
    publish(house, said=5)
    assert [sign_in_as(name).get(address).status_code for name in ("ana", "olu", "ines", "ada")] == [403, 403, 200, 200]
    browser = sign_in_as("ben")
    with house.state.wiring.database.write() as db:
        ben = people.known(db, EMAILS["ben"])
        ben.role = Role.INSTRUCTOR
        db.add(ben)
    assert browser.get(address).status_code == 403, "an instructor of other courses"
    assert "A Small Course" not in browser.get("/author/evaluations").text


@pytest.mark.parametrize("address", [*PAGES, "/author/evaluations", "/author/evaluations?instructor=Jordan+Reyes"])
def test_no_page_runs_more_than_twelve_queries(house: FastAPI, author: TestClient, address: str) -> None:
    for number in range(4):
        edition = publish(house, title=f"A Small Course {number}", said=5)
        report(house, edition, "ana", f"{number}")
    with counted(house) as statements:
        assert author.get(address).status_code == 200
    assert 1 < len(statements) <= MOST


def test_a_draft_that_was_never_published_has_neither(house: FastAPI, author: TestClient) -> None:
    draft = author.post("/author/new", data={"title": "A new course"}).headers["location"]
    assert "was not published yet" in author.get(f"{draft}/reports").text
    assert "was not published yet" in author.get(f"{draft}/evaluations").text
