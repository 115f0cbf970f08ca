"""A sign-in that ends in the middle of something loses nothing: what is sent is kept, and goes through after the code.

It goes through for the person it came from, and for nobody else, whoever signs in at that browser.
"""

from __future__ import annotations

import pytest
import steps
from conftest import PUBLIC, Postbox, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, form, read, send
from httpx2 import Response
from sqlmodel import col, select

from app.assessment.answer_events import AnswerEvent
from app.assessment.attempts import Attempt
from app.identity import kept_forms
from app.identity.kept_forms import KeptForm
from app.identity.sign_in import IDLE

pytest_plugins = ["visitors"]

JSON = {"accept": "application/json", "sec-fetch-site": "same-origin"}


def expire(clock: StillClock) -> None:
    """Let so much time pass that every sign-in has ended."""
    clock.pass_time(days=IDLE.days + 1)


def one_answer(client: TestClient, pick: str = "1", *, sequence: int = 1) -> Response:
    """Choose one answer as the script does."""
    key = f"key-of-answer-{sequence}"
    sent = {"question": "question-1", "q.question-1": pick, "sequence": str(sequence), "key": key}
    referer = {"referer": f"{PUBLIC}/attempts/1"}
    return client.post("/attempts/1/answers", data=sent, headers=JSON | referer)


def answers(house: FastAPI) -> list[tuple[str, str]]:
    with house.state.wiring.database.read() as db:
        rows = db.exec(select(AnswerEvent).order_by(col(AnswerEvent.id))).all()
        return [(row.question_id, row.answer) for row in rows]


def waiting(house: FastAPI) -> list[KeptForm]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(KeptForm).where(col(KeptForm.replayed_at).is_(None))))


def test_an_answer_is_kept_and_goes_through_after_the_code(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(hers)
    expire(clock)
    kept = one_answer(hers)
    assert kept.status_code == 401
    assert kept.json()["sign_in"] == "/sign-in?next=/attempts/1"
    assert answers(house) == []
    assert "Nothing is lost" in hers.get("/sign-in?next=/attempts/1").text
    answer = steps.sign_in(hers, house, postbox, "ana", "/attempts/1")
    assert answer.headers["location"] == "/attempts/1"
    assert answers(house) == [("question-1", "1")]
    assert "x-continua-replay" not in answer.headers


def test_answers_are_replayed_in_their_order_so_that_the_last_one_counts(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(hers)
    expire(clock)
    for sequence, pick in enumerate("2314", 1):
        one_answer(hers, pick, sequence=sequence)
    page = follow(hers, steps.sign_in(hers, house, postbox, "ana", "/attempts/1"))
    assert [answer for _, answer in answers(house)] == ["2", "3", "1", "4"]
    assert dict(read(page).forms[0].fields)["q.question-1"] == steps.value_of(page, 1, "4")


def test_a_whole_page_of_answers_is_kept_and_leads_on_to_the_review(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    exam = steps.start_exam(hers)
    expire(clock)
    picks = {f"q__question-{number}": steps.value_of(exam, number, "1") for number in (1, 2, 3)}
    sent = send(hers, exam, "/answers", then="review", **picks)
    assert sent.headers["location"] == "/sign-in?next=/attempts/1"
    answer = steps.sign_in(hers, house, postbox, "ana", "/attempts/1")
    assert answer.headers["location"] == "/attempts/1/review"
    assert "Every question is answered" in follow(hers, answer).text


def test_a_submission_is_kept_and_leads_on_to_the_result(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    review = steps.answer_all(hers, steps.start_exam(hers), "1")
    expire(clock)
    assert send(hers, review, "/submit").headers["location"] == "/sign-in?next=/attempts/1/review"
    answer = steps.sign_in(hers, house, postbox, "ana", "/attempts/1/review")
    assert answer.headers["location"] == "/attempts/1/result"
    assert "You passed with 100%" in follow(hers, answer).text


def test_the_evaluation_is_kept_and_leads_on_to_the_certificate(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    page = steps.evaluation_page(hers, steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), "1")))
    expire(clock)
    assert steps.evaluate(hers, page).status_code == 303
    answer = steps.sign_in(hers, house, postbox, "ana", "/enrollments/1/evaluation")
    assert answer.headers["location"].startswith("/certificates/")
    assert steps.NAME in follow(hers, answer).text


def test_a_kept_form_with_a_mistake_comes_back_as_typed_after_the_code(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    page = steps.evaluation_page(hers, steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), "1")))
    expire(clock)
    wrong = steps.fill_evaluation(page, license_number="!!!")
    hers.post("/enrollments/1/evaluation", data=wrong)
    answer = steps.sign_in(hers, house, postbox, "ana")
    assert answer.status_code == 422
    assert form(answer, "/evaluation").filled({})["license_number"] == ["!!!"]
    assert hers.get("/account").status_code == 200, "she is signed in all the same"


def test_what_was_kept_for_ana_is_not_sent_when_ben_signs_in_at_her_browser(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(hers)
    expire(clock)
    one_answer(hers)
    hers.cookies.delete("__Host-continua-browser", domain="")
    steps.sign_in(hers, house, postbox, "ben")
    assert hers.get("/attempts/1").status_code == 404
    assert answers(house) == []
    assert len(waiting(house)) == 1


def test_what_was_kept_for_ana_goes_through_when_she_signs_in_anywhere(
    house: FastAPI, hers: TestClient, stranger: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(hers)
    expire(clock)
    one_answer(hers)
    steps.sign_in(stranger, house, postbox, "ana")
    assert answers(house) == [("question-1", "1")]
    assert waiting(house) == []


def test_a_form_of_somebody_unknown_is_not_kept(house: FastAPI, stranger: TestClient, hers: TestClient) -> None:
    steps.start_exam(hers)
    assert one_answer(stranger).status_code == 401
    stranger.cookies.set("__Host-continua", "a-token-that-never-was")
    assert one_answer(stranger).status_code == 401
    assert waiting(house) == []


def test_a_kept_form_is_replayed_once_and_its_words_are_dropped(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(hers)
    expire(clock)
    one_answer(hers)
    steps.sign_in(hers, house, postbox, "ana")
    expire(clock)
    steps.sign_in(hers, house, postbox, "ana")
    assert answers(house) == [("question-1", "1")]
    with house.state.wiring.database.read() as db:
        assert [one.body for one in db.exec(select(KeptForm))] == [b""]


def test_a_kept_form_is_forgotten_after_seven_days(
    house: FastAPI, hers: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(hers)
    expire(clock)
    one_answer(hers)
    clock.pass_time(days=7, seconds=1)
    steps.sign_in(hers, house, postbox, "ana")
    assert answers(house) == []


def test_a_kept_form_cannot_reach_what_is_not_hers(
    house: FastAPI, hers: TestClient, his: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    steps.start_exam(his)
    expire(clock)
    one_answer(hers)
    answer = steps.sign_in(hers, house, postbox, "ana")
    assert answer.status_code == 404, "she sees what became of it"
    assert answers(house) == []
    assert hers.get("/account").status_code == 200, "and is signed in"


def test_more_than_is_kept_is_refused_in_words(
    hers: TestClient, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_forms, "LARGEST", 200_000)
    steps.start_exam(hers)
    expire(clock)
    huge = {"question": "question-1", "q.question-1": "x" * 300_000}
    answer = hers.post("/attempts/1/answers", data=huge, headers=JSON)
    assert answer.status_code == 429
    assert "Please sign in to go on" in answer.json()["detail"]


def test_two_browsers_of_one_person_are_signed_in_and_out_on_their_own(
    house: FastAPI, hers: TestClient, stranger: TestClient, postbox: Postbox
) -> None:
    steps.start_exam(hers)
    steps.sign_in(stranger, house, postbox, "ana")
    one_answer(stranger, "3", sequence=2)
    one_answer(hers, "1", sequence=1)
    page = stranger.get("/attempts/1")
    later = steps.value_of(page, 1, "3")
    assert dict(read(page).forms[0].fields)["q.question-1"] == later, "the later answer counts, whichever came first"
    assert stranger.post("/sign-out").status_code == 303
    assert stranger.get("/account").headers["location"] == "/sign-in?next=/account"
    assert hers.get("/account").status_code == 200


def test_a_code_works_only_in_the_browser_that_asked_for_it(
    house: FastAPI, stranger: TestClient, his: TestClient, postbox: Postbox
) -> None:
    page = steps.ask_code(stranger, "ana")
    code = steps.code_for(house, postbox, "ana")
    his.post("/sign-out")
    assert send(his, page, "/sign-in/code", code=code).status_code == 422
    assert send(stranger, page, "/sign-in/code", code=code).status_code == 303


def test_a_sign_out_ends_the_token_and_not_only_the_cookie(hers: TestClient) -> None:
    token = hers.cookies["__Host-continua"]
    hers.post("/sign-out")
    hers.cookies.set("__Host-continua", token)
    assert hers.get("/account").status_code == 303


def test_the_attempt_stays_open_while_nobody_is_signed_in(house: FastAPI, hers: TestClient, clock: StillClock) -> None:
    review = steps.answer_all(hers, steps.start_exam(hers), "1")
    expire(clock)
    send(hers, review, "/submit")
    with house.state.wiring.database.read() as db:
        assert db.exec(select(Attempt.submitted_at)).one() is None
