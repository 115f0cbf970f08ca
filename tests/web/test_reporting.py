"""Something is wrong with this question: said from under it, with or without a script, and nothing else is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import steps
from cast import EMAILS
from conftest import PUBLIC, Postbox, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, read
from httpx2 import Response
from makers import CANARY, make_course, make_question
from sqlmodel import select

from app.assessment import attempts, question_reports, report_answers
from app.assessment.question_reports import LONGEST, MOST_A_DAY, Outcome, QuestionReport, ReportRemark
from app.assessment.report_answers import Reply
from app.content.course import Check, Course, Feedback, Prose
from app.identity import people
from app.library import authors, editions

WORDS = "The second option is right as well."
JSON = {"accept": "application/json"}
AT_EXAM = "/attempts/1/reports"
AT_MODULE = "/courses/small-course/modules/first/reports"


def course_with_check() -> Course:
    course = make_course()
    check = Check("check-1", "", "", (replace(make_question(9), id="in-text"),))
    return replace(
        course, modules=(replace(course.modules[0], blocks=(Prose('<p id="b1">Text.</p>'), check)), course.modules[1])
    )


def kept(house: FastAPI) -> list[tuple[str, str, int | None, str]]:
    """Give every report: question, place, whose, and what was written."""
    with house.state.wiring.database.read() as db:
        found = db.exec(select(QuestionReport, ReportRemark).join(ReportRemark))
        return [(one.question_id, one.place, one.person_id, remark.words) for one, remark in found]


def send(client: TestClient, at: str, question: str = "question-1", words: str = WORDS, **headers: str) -> Response:
    return client.post(at, data={"question": question, f"words.{question}": words}, headers=headers)


def answer(house: FastAPI, question: str, outcome: Outcome, words: str) -> None:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        ines = people.find_or_add(db, EMAILS["ines"], now=wiring.clock())
        ines.role = people.Role.INSTRUCTOR
        authors.begin(db, steps.CODE, ines, now=wiring.clock())
        edition = editions.current(db, steps.CODE)
        report_answers.answer(
            db, edition, question, Reply(outcome, words, 10**6), by=ines, address="", now=wiring.clock()
        )


@pytest.fixture
def hers(sign_in_as: SignIn) -> TestClient:
    return sign_in_as("ana")


@pytest.fixture
def his(sign_in_as: SignIn) -> TestClient:
    return sign_in_as("ben")


@pytest.fixture
def stranger(house: FastAPI) -> Iterator[TestClient]:
    """A browser in which nobody is signed in, before a house in which no job runs by itself."""
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    yield client
    client.close()


@pytest.fixture
def house_with_check(house: FastAPI) -> FastAPI:
    steps.publish(house, course_with_check())
    return house


# --- where it can be said ----------------------------------------------------------------------------------------


def test_every_question_of_an_exam_has_its_report_and_none_is_part_of_what_is_answered(
    house: FastAPI, hers: TestClient
) -> None:
    steps.publish(house)
    exam = steps.start_exam(hers)
    assert exam.text.count("Something is wrong with this question") == 3
    assert not any(name.startswith("words.") for name, _ in _own_fields(exam)), "its words never travel with answers"
    assert 'id="reports" method="post" action="/attempts/1/reports" target="_blank"' in exam.text


def _own_fields(exam: Response) -> list[tuple[str, str]]:
    """Give the fields that the form of the exam sends: what names another form by `form=` is not among them."""
    page = re.sub(r'<textarea[^>]*form="reports".*?</textarea>', "", exam.text, flags=re.DOTALL)
    return next(one for one in read(page).forms if one.action.endswith("/answers")).fields


def test_a_report_from_the_exam_leaves_the_exam_as_it_is(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    exam = steps.start_exam(hers)
    steps.answer_all(hers, exam, steps.RIGHT)
    before = hers.get("/attempts/1/review").text
    sent = send(hers, AT_EXAM)
    thanks = follow(hers, sent)
    assert "is still open as you left it" in thanks.text
    assert kept(house) == [("question-1", "exam", 1, WORDS)]
    assert hers.get("/attempts/1/review").text == before
    assert "You reported it on November 20, 2026. What you send now is added." in hers.get("/attempts/1").text


def test_a_script_is_told_in_a_sentence(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    told = send(hers, AT_EXAM, **JSON)
    assert (told.status_code, told.json()["told"][:16]) == (200, "Sent. Thank you.")
    too_long = send(hers, AT_EXAM, words="x" * (LONGEST + 1), **JSON)
    assert (too_long.status_code, list(too_long.json()["fields"])) == (422, ["words"])


def test_what_is_too_long_comes_back_as_it_was_written(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    again = send(hers, AT_EXAM, words="y" * (LONGEST + 1))
    assert again.status_code == 422
    assert "y" * (LONGEST + 1) in again.text
    assert f"Write at most {LONGEST:,} letters." in again.text
    assert kept(house) == []


def test_a_result_takes_reports_where_it_shows_its_questions(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house, feedback=Feedback.AFTER_SUBMIT)
    result = steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), steps.WRONG))
    assert result.text.count("Something is wrong with this question") == 3
    send(hers, AT_EXAM)
    assert kept(house) == [("question-1", "result", 1, WORDS)]


def test_a_question_that_her_paper_does_not_ask_takes_none(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    assert send(hers, AT_EXAM, "question-4").status_code == 404
    assert kept(house) == []


def test_somebody_elses_attempt_takes_none(house: FastAPI, hers: TestClient, his: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    assert (send(his, AT_EXAM).status_code, his.get(AT_EXAM).status_code) == (404, 404)
    assert kept(house) == []


def test_a_reader_without_an_account_reports_a_check_and_is_told_that_no_answer_can_come(
    house_with_check: FastAPI, stranger: TestClient
) -> None:
    page = stranger.get("/courses/small-course/modules/first")
    assert "no answer can reach you" in page.text
    assert "no answer can reach you" in follow(stranger, send(stranger, AT_MODULE, "in-text")).text
    assert kept(house_with_check) == [("in-text", "check", None, WORDS)]
    assert send(stranger, AT_MODULE, "question-1").status_code == 404, "the exam's own are not asked here"


def test_a_learner_reports_a_check_under_her_account(house_with_check: FastAPI, hers: TestClient) -> None:
    assert "no answer can reach you" not in hers.get("/courses/small-course/modules/first").text
    send(hers, AT_MODULE, "in-text")
    assert kept(house_with_check) == [("in-text", "check", 1, WORDS)]
    assert "You reported it on" in hers.get("/courses/small-course/modules/first").text


def test_words_of_a_report_are_in_no_address(house_with_check: FastAPI, hers: TestClient) -> None:
    page = hers.get("/courses/small-course/modules/first").text
    (text,) = re.findall(r'<textarea[^>]*name="words.in-text"[^>]*>', page)
    assert 'form="reports"' in text, "not the form of the check, which is answered by its address"
    assert send(hers, AT_MODULE, "in-text").headers["location"] == AT_MODULE


def test_the_twenty_first_of_a_day_waits_until_tomorrow(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    for number in range(MOST_A_DAY):
        assert send(hers, AT_EXAM, words=f"{number}").status_code == 303
    refused = send(hers, AT_EXAM, words="One more.")
    assert refused.status_code == 429
    assert "Send the next one tomorrow." in refused.text


def test_a_report_sent_after_the_sign_in_expired_is_kept_and_sent_with_the_next_one(
    house: FastAPI, browser: TestClient, postbox: Postbox
) -> None:
    steps.publish(house)
    steps.sign_in(browser, house, postbox, "ana")
    steps.start_exam(browser)
    house.state.wiring.clock.pass_time(days=60)
    assert send(browser, AT_EXAM).headers["location"].startswith("/sign-in?next=")
    assert kept(house) == []
    steps.sign_in(browser, house, postbox, "ana")
    assert [one[3] for one in kept(house)] == [WORDS]


# --- what comes of it --------------------------------------------------------------------------------------------


def test_the_page_of_the_course_tells_her_what_came_of_it_and_nobody_else(
    house: FastAPI, hers: TestClient, his: TestClient
) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    send(hers, AT_EXAM)
    course = f"/courses/{steps.CODE}"
    assert "Not answered yet." in hers.get(course).text
    answer(house, "question-1", Outcome.CORRECTED, "It says so now.")
    page = hers.get(course).text
    assert "The question was corrected." in page
    assert "It says so now." in page
    assert "What you reported" not in his.get(course).text


def test_what_authors_wrote_to_her_is_not_told_in_the_middle_of_an_exam(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    send(hers, AT_EXAM)
    answer(house, "question-1", Outcome.KEPT, "Option 1.1 is right, and here is why.")
    exam = hers.get("/attempts/1").text
    assert "The question stays as it is. More is on the page of the course." in exam
    assert "here is why" not in exam


def test_no_way_of_a_report_tells_the_key(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house)
    steps.start_exam(hers)
    answers = [send(hers, AT_EXAM), send(hers, AT_EXAM, **JSON), send(hers, AT_EXAM, words="x" * 2000)]
    pages = [hers.get(AT_EXAM), hers.get("/attempts/1"), hers.get(f"/courses/{steps.CODE}")]
    assert not [one for one in (*answers, *pages) if CANARY in one.text]
    with house.state.wiring.database.read() as db:
        attempt = attempts.all_of(db, attempts.enrollments.latest(db, people.known(db, EMAILS["ana"]), steps.CODE))  # type: ignore[arg-type]
        questions = attempts.paper(db, attempt[0]).questions
        assert CANARY in questions[0].rationale_html, "the control: there is a key to tell"
        assert question_reports.of_course(db, steps.CODE)
