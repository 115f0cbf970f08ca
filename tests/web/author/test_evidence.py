"""Evidence and results in the Studio: the pack at one click, the sum, the map, and what answers say of questions."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cast import EMAILS
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from makers import CANARY, answer_all, make_course, make_edition, make_enrollment, make_question, read_everything
from sqlalchemy import event

from app.assessment import attempts
from app.content.course import Course
from app.identity import people
from app.identity.people import Role
from app.library import authors

if TYPE_CHECKING:
    from writers import Writer

pytest_plugins = ["writers"]

SHELF = "/author/shelf/small-course"
MOST = 12  # queries a page (tests/house/test_queries.py)


def publish(house: FastAPI, course: Course | None = None, *, learners: int = 0) -> str:
    """Publish a course of Ines's, and give its hash; every second learner is right everywhere, the others nowhere."""
    wiring = house.state.wiring
    with wiring.database.write() as db:
        now = wiring.clock()
        ines = people.find_or_add(db, EMAILS["ines"], now=now)
        ines.role = Role.INSTRUCTOR
        edition = make_edition(db, course or make_course())
        authors.begin(db, edition.course_code, ines, now=now)
        for number in range(learners):
            learner = people.find_or_add(db, f"learner-{number}@example.org", now=now)
            enrollment = make_enrollment(db, learner, edition)
            read_everything(db, enrollment)
            attempt = attempts.start(db, enrollment, now=now)
            answer_all(db, attempt, right=number % 2 == 0, now=now)
            attempts.submit(db, attempt, now=now)
        return edition.content_hash


def held(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


# --- evidence ----------------------------------------------------------------------------------------------------


def test_the_evidence_of_a_draft_has_its_sum_its_map_and_the_list(writer: Writer) -> None:
    page = writer.opens("/evidence").text
    for words in (
        "Computed",
        "May be claimed",
        "Not measured yet",
        "Objectives map",
        "What is asked for",
    ):
        assert words in page, words
    assert re.search(r"Ten multiple-choice questions.*?(Met|Look here)", page, re.DOTALL)


def test_the_pack_of_a_draft_comes_at_one_click_and_says_that_it_is_one(writer: Writer) -> None:
    page = writer.opens("/evidence")
    href = re.search(r'href="([^"]+evidence\.zip)"', page.text)
    assert href
    sent = writer.browser.get(href[1])
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip")
    assert "-draft.zip" in sent.headers["content-disposition"]
    assert sent.headers["cache-control"] == "private, no-store"
    assert b"Draft: not published" in held(sent.content)["sections/05-post-test.md"]


def test_a_draft_with_errors_leads_to_its_problems_and_gives_no_pack(writer: Writer) -> None:
    writer.saves("---\ntitle: [\n", "course.md")
    page = writer.opens("/evidence")
    assert page.status_code == 200
    assert f"{writer.base}/problems" in page.text
    assert "Download the pack" not in page.text
    assert writer.opens("/evidence.zip").status_code == 409


def test_a_published_course_has_its_evidence_without_a_draft(house: FastAPI, sign_in_as: SignIn) -> None:
    publish(house)
    ines = sign_in_as("ines")
    page = ines.get(f"{SHELF}/evidence")
    assert page.status_code == 200
    assert "5,000 words ÷ 10,000 words an hour" in page.text
    packed = ines.get(f"{SHELF}/evidence.zip")
    assert f"{CANARY} rationale 1" in held(packed.content)["sections/05-post-test.md"].decode()


def test_evidence_is_for_the_authors_of_the_course_and_for_those_who_may_write_all(
    house: FastAPI, sign_in_as: SignIn, other: TestClient, reviewer: TestClient
) -> None:
    publish(house)
    for page in ("evidence", "evidence.zip", "results"):
        assert sign_in_as("ines").get(f"{SHELF}/{page}").status_code == 200
        assert sign_in_as("ada").get(f"{SHELF}/{page}").status_code == 200
        for stranger in (other, reviewer, sign_in_as("ana")):
            refused = stranger.get(f"{SHELF}/{page}")
            assert refused.status_code == 403
            assert CANARY not in refused.text


def test_an_older_edition_keeps_its_evidence(house: FastAPI, sign_in_as: SignIn) -> None:
    first = publish(house)
    with house.state.wiring.database.write() as db:
        make_edition(db, replace(make_course(), title="The Second Edition"))
    ines = sign_in_as("ines")
    assert "The Second Edition" in ines.get(f"{SHELF}/evidence").text
    older = ines.get(f"{SHELF}/evidence?edition={first[:12]}")
    assert first[:12] in older.text
    assert first[:8] in ines.get(f"{SHELF}/evidence.zip?edition={first[:12]}").headers["content-disposition"]


def test_an_edition_of_another_course_is_not_shown_under_this_one(house: FastAPI, sign_in_as: SignIn) -> None:
    publish(house)
    with house.state.wiring.database.write() as db:
        foreign = make_edition(db, make_course("another-course")).content_hash
    assert sign_in_as("ines").get(f"{SHELF}/evidence.zip?edition={foreign}").status_code == 404


# --- results -----------------------------------------------------------------------------------------------------


def test_results_begin_with_the_first_learner(writer: Writer, house: FastAPI, sign_in_as: SignIn) -> None:
    assert "was not published yet" in writer.opens("/results").text
    publish(house)
    assert "Nobody has submitted the exam" in sign_in_as("ines").get(f"{SHELF}/results").text


def test_results_say_what_answers_tell_with_a_chart_and_a_table_and_nobodys_name(
    house: FastAPI, sign_in_as: SignIn
) -> None:
    publish(house, learners=24)
    page = sign_in_as("ines").get(f"{SHELF}/results").text
    for words in ("24 first attempts", "Strongest third", "Weakest third", "Option 1.1 (right)", "<svg", "1.00"):
        assert words in page, words
    assert page.count('role="img"') == 3
    assert "learner-" not in page
    assert "style=" not in re.sub(r"<link[^>]*>", "", page), "our policy lets no style stand in a page"


def test_too_few_answers_are_said_to_be_too_few(house: FastAPI, sign_in_as: SignIn) -> None:
    publish(house, learners=4)
    page = sign_in_as("ines").get(f"{SHELF}/results").text
    assert "Too few answers to say: 4 of the 10 that it takes." in page
    assert "<svg viewBox" not in page.split("Question by question")[1]


def test_an_option_with_marks_is_shown_as_words(house: FastAPI, sign_in_as: SignIn) -> None:
    hostile = make_question(1)
    options = tuple(replace(one, text=f"<script>alert({n})</script>") for n, one in enumerate(hostile.options))
    publish(house, make_course(questions=(replace(hostile, options=options), make_question(2))), learners=12)
    page = sign_in_as("ines").get(f"{SHELF}/results").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("page", ["evidence", "results"])
def test_the_pages_run_few_queries_however_many_answered(house: FastAPI, sign_in_as: SignIn, page: str) -> None:
    publish(house, learners=20)
    ines, statements = sign_in_as("ines"), list[str]()

    def note(_connection, _cursor, statement: str, *_more: object) -> None:
        statements.append(statement)

    reading = house.state.wiring.database.reading
    event.listen(reading, "before_cursor_execute", note)
    try:
        assert ines.get(f"{SHELF}/{page}").status_code == 200
    finally:
        event.remove(reading, "before_cursor_execute", note)
    assert 1 < len([one for one in statements if not one.startswith("BEGIN")]) <= MOST


def test_the_tabs_of_a_draft_lead_to_what_learners_read(house: FastAPI, sign_in_as: SignIn) -> None:
    publish(house, learners=12)
    ines = sign_in_as("ines")
    opened = ines.post("/author/open", data={"code": "small-course"}, headers={"sec-fetch-site": "same-origin"})
    assert opened.status_code == 303
    results = ines.get(f"{opened.headers['location']}/results")
    assert "12 first attempts" in results.text
    assert 'aria-current="page">Results' in results.text
