"""The main job without a script: read, sign in, take the exam, evaluate, and hold a certificate."""

from __future__ import annotations

import re
from html import unescape

import steps
from conftest import Postbox
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, read, send

from app.content.course import Course

pytest_plugins = ["visitors"]


def test_the_way_from_the_catalog_to_the_certificate_is_links_and_forms(
    house: FastAPI, browser: TestClient, postbox: Postbox, course: Course
) -> None:
    catalog = browser.get("/")
    assert f"/courses/{course.code}" in read(catalog).links
    shop = browser.get(f"/courses/{course.code}")
    assert f"/courses/{course.code}/modules/first" in read(shop).links
    door = steps.read_course(browser)
    gate = next(link for link in read(door).links if link.startswith("/sign-in?next=/courses/"))
    postbox.messages.clear()
    asked = send(browser, browser.get(gate), "/sign-in", email="ana@example.org")
    in_ = send(browser, asked, "/sign-in/code", code=steps.code_for(house, postbox, "ana"))
    adopt = follow(browser, in_)
    assert "A Small Course" in adopt.text, "her reading before the sign-in is offered to her"
    door = follow(browser, send(browser, adopt, "/sign-in/reading", mine="yes"))
    exam = follow(browser, send(browser, door, f"/courses/{course.code}/exam"))
    result = steps.submit(browser, steps.answer_all(browser, exam, steps.RIGHT))
    assert "You passed with 100%" in result.text
    answer = steps.evaluate(browser, steps.evaluation_page(browser, result))
    page = follow(browser, answer)
    assert page.status_code == 200
    for fact in (steps.NAME, "A Small Course", "081234-1", "0.5", "November 20, 2026"):
        assert fact in unescape(page.text), fact


def test_a_certificate_is_a_page_a_pdf_and_a_public_check_of_one_number(hers: TestClient, stranger: TestClient) -> None:
    number = steps.earn(hers)
    assert re.fullmatch(r"[0-9A-Z]{20}", number)
    page = hers.get(f"/certificates/{number}")
    pdf = hers.get(f"/certificates/{number}.pdf")
    told = stranger.get(f"/v/{number}.json").json()
    assert f"https://ce.example.org/v/{number}" in page.text
    assert pdf.headers["content-type"] == "application/pdf"
    assert f'filename="certificate-{number}.pdf"' in pdf.headers["content-disposition"]
    assert pdf.content.startswith(b"%PDF")
    assert (told["number"], told["status"], told["holder_name"]) == (number, "valid", steps.NAME)


def test_the_pdf_is_the_same_bytes_each_time(house: FastAPI, hers: TestClient) -> None:
    number = steps.earn(hers)
    first, second = hers.get(f"/certificates/{number}.pdf"), hers.get(f"/certificates/{number}.pdf")
    assert first.content == second.content
    assert house.state.wiring.draws.drawn == [number], "it was drawn once"


def test_every_certificate_a_person_holds_is_in_her_account_and_in_her_records(hers: TestClient) -> None:
    number = steps.earn(hers)
    assert f"/certificates/{number}" in read(hers.get("/account")).links
    assert f"/certificates/{number}" in read(hers.get("/account/records")).links


def test_a_finished_course_is_taken_again_as_a_new_enrollment(hers: TestClient) -> None:
    first = steps.earn(hers)
    assert hers.post(f"/courses/{steps.CODE}/again").status_code == 303
    review = steps.answer_all(hers, steps.start_exam(hers), steps.RIGHT)
    page = steps.evaluation_page(hers, steps.submit(hers, review))
    assert "legal_name" not in page.text, "her name is settled, so it is not asked again"
    second = steps.evaluate(hers, page).headers["location"].removeprefix("/certificates/")
    assert second != first
    assert hers.get(f"/certificates/{first}").status_code == 200


def test_the_evaluation_after_completion_leads_to_the_certificate(hers: TestClient) -> None:
    number = steps.earn(hers)
    again = hers.get("/enrollments/1/evaluation")
    sent = hers.post("/enrollments/1/evaluation", data={"legal_name": "Somebody Else"})
    assert again.headers["location"] == sent.headers["location"] == f"/certificates/{number}"


def test_the_exam_stays_shut_until_the_course_is_read(hers: TestClient) -> None:
    hers.post(f"/courses/{steps.CODE}/modules/first/done")
    door = hers.get(f"/courses/{steps.CODE}/exam")
    assert "Finish reading first" in door.text
    refused = hers.post(f"/courses/{steps.CODE}/exam")
    assert refused.status_code == 409
    assert "Next: “Second”" in refused.text


def test_what_is_missing_is_told_on_the_page_of_the_course(hers: TestClient) -> None:
    hers.post(f"/courses/{steps.CODE}/modules/first/done")
    shop = hers.get(f"/courses/{steps.CODE}").text
    assert "Finish reading “Second”." in shop
    assert "Pass the exam with 80% or more." in shop


def test_a_failed_attempt_leads_to_another_and_the_passed_one_counts(hers: TestClient) -> None:
    exam = steps.start_exam(hers)
    failed = steps.submit(hers, steps.answer_all(hers, exam, steps.WRONG))
    assert "You need 80%. You have 0%." in failed.text
    door = hers.get(f"/courses/{steps.CODE}/exam")
    exam = follow(hers, send(hers, door, f"/courses/{steps.CODE}/exam"))
    assert "You passed with 100%" in steps.submit(hers, steps.answer_all(hers, exam, steps.RIGHT)).text
    assert hers.post(f"/courses/{steps.CODE}/exam").status_code == 409


def test_an_exam_is_left_and_gone_on_with_where_it_was(hers: TestClient) -> None:
    exam = steps.start_exam(hers)
    right = steps.value_of(exam, 2, steps.RIGHT)
    send(hers, exam, "/answers", then="stay", **{"q__question-2": right})
    door = hers.get(f"/courses/{steps.CODE}/exam")
    running = next(link for link in read(door).links if link.startswith("/attempts/"))
    page = hers.get(running)
    held = {name: value for name, value in read(page).forms[0].fields if name.startswith("q.")}
    assert held == {"q.question-2": right}


def test_each_answer_is_saved_as_it_is_chosen_and_the_answer_says_when(hers: TestClient) -> None:
    steps.start_exam(hers)
    sent = {"question": "question-1", "q.question-1": "1", "sequence": "1", "key": "key-number-1"}
    saved = hers.post("/attempts/1/answers", data=sent, headers={"accept": "application/json"})
    assert saved.status_code == 200
    assert saved.json() == {"saved": "5:00 PM", "counts": True, "remark": ""}
    again = hers.post("/attempts/1/answers", data=sent, headers={"accept": "application/json"})
    assert again.json() == saved.json(), "sent twice under one key it is one answer"


def test_a_key_that_was_used_for_another_answer_is_refused_as_problem_json(hers: TestClient) -> None:
    steps.start_exam(hers)
    json = {"accept": "application/json"}
    sent = {"question": "question-1", "q.question-1": "1", "sequence": "1", "key": "key-number-1"}
    hers.post("/attempts/1/answers", data=sent, headers=json)
    refused = hers.post("/attempts/1/answers", data=sent | {"q.question-1": "2"}, headers=json)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert "Reload the page" in refused.json()["detail"]


def test_an_answer_to_a_submitted_exam_is_refused_and_said_so(hers: TestClient) -> None:
    steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), steps.WRONG))
    sent = {"question": "question-1", "q.question-1": "1", "sequence": "9", "key": "key-number-9"}
    late = hers.post("/attempts/1/answers", data=sent)
    assert late.status_code == 409
    assert "was submitted already" in late.text


def test_a_knowledge_check_and_a_place_need_no_account(stranger: TestClient) -> None:
    place = {"module": "first", "block": "b1"}
    assert stranger.post(f"/courses/{steps.CODE}/place", data=place).status_code == 204
    follow(stranger, send(stranger, stranger.get(f"/courses/{steps.CODE}/modules/first"), "/done"))
    assert stranger.post(f"/courses/{steps.CODE}/place", data=place).status_code == 204
    assert "Continue where you were" in stranger.get(f"/courses/{steps.CODE}/modules/first").text


def test_reading_that_is_not_hers_stays_out_of_her_account(
    house: FastAPI, stranger: TestClient, postbox: Postbox
) -> None:
    steps.read_course(stranger)
    adopt = follow(stranger, steps.sign_in(stranger, house, postbox, "ana"))
    assert send(stranger, adopt, "/sign-in/reading", mine="no").headers["location"] == "/"
    assert "Finish reading first" in stranger.get(f"/courses/{steps.CODE}/exam").text
    assert stranger.get("/sign-in/reading").status_code == 303, "it is offered once"
