"""Correcting a question in the Studio: all is shown before, once is once, and learners are told plainly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from cast import EMAILS
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import send
from httpx2 import Response
from makers import CANARY, make_course, make_edition, make_enrollment, make_question, read_everything
from sqlalchemy import event
from sqlmodel import select

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.assessment.rulings import Ruling
from app.content.course import Course, Feedback, Kind, Option, Pair, Question
from app.identity import people
from app.identity.people import Role
from app.kit.mail import Mail
from app.library import authors
from app.library.editions import Edition

pytest_plugins = ["writers"]

AT = "/author/shelf/small-course/questions/question-1"
MOST = 12  # queries a page (tests/house/test_queries.py)
REASON = "Since July the law says otherwise."


def publish(house: FastAPI, course: Course | None = None, **exam: object) -> None:
    """Publish a course of Ines's whose exam is passed with two of three right answers."""
    course = course or make_course()
    assert course.exam is not None
    course = replace(course, exam=replace(course.exam, **{"pass_mark": 60} | exam))  # type: ignore[arg-type]
    with house.state.wiring.database.write() as db:
        ines = people.find_or_add(db, EMAILS["ines"], now=house.state.wiring.clock())
        ines.role = Role.INSTRUCTOR
        make_edition(db, course, now=house.state.wiring.clock())
        if not authors.may_write(db, ines, course.code):
            authors.begin(db, course.code, ines, now=house.state.wiring.clock())


def sit(house: FastAPI, name: str, picks: list[int | None]) -> int:
    """Let somebody take the exam with these options; give the number of the attempt."""
    wiring = house.state.wiring
    with wiring.database.write() as db:
        person = people.find_or_add(db, EMAILS.get(name, f"{name}@example.org"), now=wiring.clock())
        edition = db.exec(select(Edition).order_by(Edition.id.desc())).first()  # type: ignore[attr-defined]
        enrollment = make_enrollment(db, person, edition)
        read_everything(db, enrollment)
        attempt = attempts.start(db, enrollment, now=wiring.clock())
        for place, pick in enumerate(picks, 1):
            if pick is not None:
                key = f"answer-{attempt.id}-{place}"
                question = f"question-{place}"
                attempts.save_answer(db, attempt, question, pick, sequence=place, key=key, now=wiring.clock())
        return attempts.submit(db, attempt, now=wiring.clock()).id


def planned(browser: TestClient, **chosen: object) -> Response:
    return browser.get(f"{AT}/plan", params={"how": "replace", "where": "everywhere", "key": "2"} | chosen)  # type: ignore[arg-type]


def applied(browser: TestClient, page: Response, **fields: str) -> Response:
    return send(browser, page, "/correct", **{"reason": REASON} | fields)


def passes(house: FastAPI) -> dict[int, bool | None]:
    with house.state.wiring.database.read() as db:
        return {one.id: one.passed for one in db.exec(select(Attempt))}


@pytest.fixture
def ines(house: FastAPI, sign_in_as: SignIn) -> TestClient:
    publish(house)
    return sign_in_as("ines")


# --- the key, and what would follow --------------------------------------------------------------------------------


def test_the_question_comes_with_its_key_and_three_ways_to_be_wrong(ines: TestClient) -> None:
    page = ines.get(f"{AT}/correct")
    assert page.status_code == 200
    for words in ("Graded now: <strong>Option 1.1</strong>", "The key is too narrow", "it counts neither way"):
        assert words in page.text
    assert re.search(r'name="key" value="1" checked', page.text)


def test_what_would_follow_is_told_in_figures_then_by_name_and_nothing_is_written(
    house: FastAPI, ines: TestClient
) -> None:
    sit(house, "ana", [2, 1, None])
    sit(house, "cleo", [1, 1, None])
    before, page = passes(house), planned(ines)
    assert page.status_code == 200
    assert re.search(r"Passes gained</th><td class=\"number\">1<", page.text)
    assert page.text.index("In figures") < page.text.index("ana@example.org")
    assert "33%, not passed" in page.text
    assert "66%, passed" in page.text
    assert "Passes at stake" in page.text
    assert passes(house) == before


def test_a_key_that_is_none_comes_back_as_it_was_typed(ines: TestClient) -> None:
    page = ines.get(f"{AT}/plan", params={"how": "replace"})
    assert page.status_code == 422
    assert "Name at least one right option" in page.text
    same = planned(ines, key="1")
    assert same.status_code == 409
    assert "This is how the question is graded already" in same.text


SHAPES: list[tuple[Question, list[str], str]] = [
    (make_question(1, partial_credit=True), ["1", "3"], "Option 1.1; Option 1.3"),
    (
        replace(make_question(1), kind=Kind.ORDERING, options=(), items=tuple(Option(t, t) for t in "abc")),
        ["2", "1", "3"],
        "1. b; 2. a; 3. c",
    ),
    (
        replace(make_question(1), kind=Kind.MATCHING, options=(), pairs=(Pair("t", "a"), Pair("u", "b"))),
        ["2", "1"],
        "t → b; u → a",
    ),
    (replace(make_question(1), kind=Kind.SHORT, options=(), accepted=("a",)), ["b | c"], "b | c"),
    (replace(make_question(1), kind=Kind.GAPS, options=(), gaps=(("a",), ("b",))), ["c", "d|e"], "c; d | e"),
    (replace(make_question(1), kind=Kind.NUMBER, options=(), number=45), ["45 ± 5"], "45 ± 5"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("question", "key", "words"), SHAPES, ids=lambda one: getattr(one, "kind", ""))
def test_every_kind_has_a_form_for_its_key(
    house: FastAPI, sign_in_as: SignIn, question: Question, key: list[str], words: str
) -> None:
    publish(house, make_course(questions=(question, make_question(2))))
    browser = sign_in_as("ines")
    form = browser.get(f"{AT}/correct")
    assert form.text.count('name="key"') == {"ordering": 3, "matching": 2, "gaps": 2}.get(question.kind, len(key)) or (
        question.options
    )
    assert words in planned(browser, key=key).text
    assert applied(browser, planned(browser, key=key)).status_code == 303


# --- applying it ---------------------------------------------------------------------------------------------------


def test_a_double_click_corrects_once_and_the_page_says_what_followed(house: FastAPI, ines: TestClient) -> None:
    ana = sit(house, "ana", [2, 1, None])
    page = planned(ines)
    first, second = applied(ines, page), applied(ines, page)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    done = ines.get(first.headers["location"]).text
    assert REASON in done
    assert re.search(r"Passes gained</th><td class=\"number\">1<", done)
    assert "The text still holds the old key" in done
    assert passes(house) == {ana: True}
    with house.state.wiring.database.read() as db:
        assert len(db.exec(select(Ruling)).all()) == 1
    assert "Corrected before" in ines.get(f"{AT}/correct").text


def test_a_plan_that_went_stale_is_shown_again_and_can_be_applied_then(house: FastAPI, ines: TestClient) -> None:
    sit(house, "ana", [2, 1, None])
    page = planned(ines)
    sit(house, "ben", [2, 1, None])
    again = applied(ines, page)
    assert again.status_code == 409
    assert "Nothing was written" in again.text
    assert "ben@example.org" in again.text
    assert REASON in again.text
    assert not any(passes(house).values())
    assert applied(ines, again).status_code == 303
    assert all(passes(house).values())


def test_without_a_reason_the_page_comes_back(house: FastAPI, ines: TestClient) -> None:
    sit(house, "ana", [2, 1, None])
    page = applied(ines, planned(ines), reason=" ")
    assert page.status_code == 422
    assert "Say why. It stays on record" in page.text
    assert not any(passes(house).values())


def test_passes_stay_unless_they_are_taken_twice_over(house: FastAPI, ines: TestClient) -> None:
    cleo = sit(house, "cleo", [1, 1, None])
    page = planned(ines)
    assert "cleo@example.org" in page.text
    unsure = applied(ines, page, passes="take")
    assert unsure.status_code == 422
    assert "Say that you have read whose passes are taken" in unsure.text
    assert passes(house)[cleo] is True
    assert applied(ines, page, passes="take", agreed="yes").status_code == 303
    assert passes(house)[cleo] is False


def test_by_default_a_pass_stays(house: FastAPI, ines: TestClient) -> None:
    cleo = sit(house, "cleo", [1, 1, None])
    done = ines.get(applied(ines, planned(ines)).headers["location"]).text
    assert passes(house)[cleo] is True
    assert "Pass kept" in done


# --- whose it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["correct", "plan?how=drop"])
def test_only_authors_of_the_course_and_administrators_come_here(
    house: FastAPI, ines: TestClient, sign_in_as: SignIn, other: TestClient, page: str
) -> None:
    assert ines.get(f"{AT}/{page}").status_code == 200
    assert sign_in_as("ada").get(f"{AT}/{page}").status_code == 200
    for browser in (other, sign_in_as("ana"), sign_in_as("olu")):
        assert browser.get(f"{AT}/{page}").status_code == 403
        assert browser.post(f"{AT}/correct", data={"how": "drop"}).status_code == 403
    assert house.state.wiring


def test_a_question_that_is_not_asked_is_not_there(ines: TestClient) -> None:
    assert ines.get(AT.replace("question-1", "question-9") + "/correct").status_code == 404
    assert ines.get("/author/shelf/small-course/corrections/7").status_code == 404


# --- what it costs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/questions/question-1/correct", "/questions/question-1/plan?how=drop", "ruled"])
def test_a_page_asks_the_database_at_most_twelve_times(house: FastAPI, ines: TestClient, page: str) -> None:
    for number in range(9):
        sit(house, f"learner-{number}", [number % 3 + 1, 1, None])
    if page == "ruled":
        page = applied(ines, planned(ines)).headers["location"].removeprefix("/author/shelf/small-course")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = house.state.wiring.database.reading
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ines.get(f"/author/shelf/small-course{page}").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= MOST, "\n".join(asked)


# --- what the learner is told --------------------------------------------------------------------------------------


def test_the_result_page_says_what_was_corrected_and_when(house: FastAPI, ines: TestClient, sign_in_as: SignIn) -> None:
    ana = sit(house, "ana", [2, 1, None])
    applied(ines, planned(ines))
    page = sign_in_as("ana").get(f"/attempts/{ana}/result").text
    assert "You passed with 66%." in page
    assert "Question 1 was corrected on November 20, 2026" in page
    assert "33% before, 66% now" in page
    assert REASON not in page


def test_who_keeps_a_pass_reads_that_it_stays(house: FastAPI, ines: TestClient, sign_in_as: SignIn) -> None:
    ben = sit(house, "ben", [1, 1, None])
    applied(ines, planned(ines))
    page = sign_in_as("ben").get(f"/attempts/{ben}/result").text
    assert "Your pass stays." in page


def test_reasons_that_were_written_for_the_old_key_are_gone_with_it(
    house: FastAPI, ines: TestClient, sign_in_as: SignIn
) -> None:
    ana = sit(house, "ana", [2, 1, 1])
    browser = sign_in_as("ana")
    told = [f"{CANARY} rationale 1", f"{CANARY} feedback 1.1", f"{CANARY} rationale 2"]
    assert [words in browser.get(f"/attempts/{ana}/result").text for words in told] == [True, True, True]
    applied(ines, planned(ines))
    assert [words in browser.get(f"/attempts/{ana}/result").text for words in told] == [False, False, True]


def test_a_result_that_shows_no_keys_shows_none_of_a_corrected_question(house: FastAPI, sign_in_as: SignIn) -> None:
    publish(house, feedback=Feedback.AFTER_PASS)
    ines = sign_in_as("ines")
    ana = sit(house, "ana", [2, None, None])
    applied(ines, planned(ines))
    page = sign_in_as("ana").get(f"/attempts/{ana}/result").text
    assert "was corrected on" in page
    assert "Option 1." not in page


def test_who_submits_later_reads_that_the_question_was_corrected(
    house: FastAPI, ines: TestClient, sign_in_as: SignIn
) -> None:
    applied(ines, planned(ines, how="drop"))
    ana = sit(house, "ana", [2, 1, 1])
    page = sign_in_as("ana").get(f"/attempts/{ana}/result").text
    assert "You passed with 100%." in page
    assert "2 of 2 points" in page
    assert "Question 1 was corrected on November 20, 2026: it counts neither way." in page


def test_everybody_concerned_gets_one_letter(house: FastAPI, ines: TestClient) -> None:
    sit(house, "ana", [2, 1, None])
    sit(house, "dora", [3, 1, 1])
    applied(ines, planned(ines))
    with house.state.wiring.database.read() as db:
        sent = [(one.recipient, one.subject) for one in db.exec(select(Mail))]
    assert sent == [("ana@example.org", "You have passed: A Small Course")]
