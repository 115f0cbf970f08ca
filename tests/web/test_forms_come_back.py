"""A form with a mistake comes back at 422: with what was typed, and a sentence at each field."""

from __future__ import annotations

from html import unescape

import pytest
import steps
from conftest import Postbox, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, send

from app.identity.people import NAME_LONGEST

pytest_plugins = ["visitors"]

MISTAKES = {
    "legal_name": ("", "Enter your name as it stands on your license."),
    "time_zone": ("Mars/Olympus", "Choose your time zone from the list."),
    "license_state": ("XX", "Choose the state that issued your license."),
    "license_type": ("1&1", "Enter the type of your license, such as LCSW."),
    "license_number": ("<script>", "Enter your license number as it stands on your license."),
    "content": ("6", "Choose a number from 1 to 5."),
    "objective-2": ("five", "Choose a number from 1 to 5."),
    "practice": ("x" * 4001, "Write at most 4,000 letters."),
}


def evaluation(client: TestClient) -> tuple[str, dict[str, str]]:
    """Go up to the evaluation; give its address and a whole, sound form."""
    page = steps.evaluation_page(client, steps.submit(client, steps.answer_all(client, steps.start_exam(client), "1")))
    return form(page, "/evaluation").action, steps.fill_evaluation(page)


def test_every_mistake_of_the_evaluation_comes_back_at_once_with_what_was_typed(hers: TestClient) -> None:
    address, sound = evaluation(hers)
    typed = {name: wrong for name, (wrong, _) in MISTAKES.items()}
    answer = hers.post(address, data=sound | typed | {"practice": "x" * 4001})
    assert answer.status_code == 422
    page = unescape(answer.text)
    for name, (_, sentence) in MISTAKES.items():
        assert page.count(sentence) >= 2, f"{name}: once above the form, once at the field"
    held = form(answer, "/evaluation").filled({})
    assert held["license_number"] == ["<script>"]
    assert held["license_type"] == ["1&1"]
    assert held["attest"] == ["yes"]
    assert held["instructor"] == ["5"]


@pytest.mark.parametrize("field", MISTAKES)
def test_one_mistake_is_told_at_its_field_and_nothing_is_kept(hers: TestClient, field: str) -> None:
    address, sound = evaluation(hers)
    wrong, sentence = MISTAKES[field]
    answer = hers.post(address, data=sound | {field: wrong})
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert answer.text.count('aria-invalid="true"') + answer.text.count("aria-describedby") >= 1
    assert hers.get(address).status_code == 200, "the evaluation is still to be sent"


@pytest.mark.parametrize("name", ["\0", "Ana\0Marie", "a" * (NAME_LONGEST + 1), "  \u2003 ", "\x1b[31mAna", "\ue000"])
def test_a_name_that_cannot_be_printed_is_asked_again(hers: TestClient, name: str) -> None:
    address, sound = evaluation(hers)
    answer = hers.post(address, data=sound | {"legal_name": name})
    assert answer.status_code == 422
    assert hers.get(address).status_code == 200


def test_a_name_is_kept_once_it_is_attested_and_not_before(hers: TestClient) -> None:
    address, sound = evaluation(hers)
    del sound["attest"]
    answer = hers.post(address, data=sound)
    assert answer.status_code == 422
    assert "Confirm that this is your legal name" in answer.text
    assert hers.post(address, data=sound | {"attest": "yes"}).status_code == 303


def test_a_license_in_part_is_asked_for_whole(hers: TestClient) -> None:
    address, sound = evaluation(hers)
    answer = hers.post(address, data=sound | {"license_state": "", "license_type": ""})
    assert answer.status_code == 422
    assert "Choose the state that issued your license." in answer.text
    assert "Enter the type of your license" in answer.text


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "a b@example.org", "ana@example.org\r\nBcc: x@y.org", "x" * 300])
def test_an_address_that_is_none_comes_back_as_typed(stranger: TestClient, typed: str) -> None:
    answer = stranger.post("/sign-in", data={"email": typed, "next": "/account"})
    assert answer.status_code == 422
    assert "Enter an e-mail address like ana@example.org." in answer.text
    held = form(answer, "/sign-in").filled({})
    assert held["email"][0].split() == typed.split()
    assert held["next"] == ["/account"]


def test_a_wrong_code_comes_back_with_a_sentence_and_the_right_one_still_works(
    house: FastAPI, stranger: TestClient, postbox: Postbox
) -> None:
    page = steps.ask_code(stranger, "ana")
    right = steps.code_for(house, postbox, "ana")
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    answer = send(stranger, page, "/sign-in/code", code=wrong)
    assert answer.status_code == 422
    assert "That is not the code we sent." in answer.text
    assert send(stranger, answer, "/sign-in/code", code=f"{right[:3]} {right[3:]}").status_code == 303


def test_five_wrong_codes_use_up_the_right_one(house: FastAPI, stranger: TestClient, postbox: Postbox) -> None:
    page = steps.ask_code(stranger, "ana")
    right = steps.code_for(house, postbox, "ana")
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        assert send(stranger, page, "/sign-in/code", code=wrong).status_code == 422
    answer = send(stranger, page, "/sign-in/code", code=right)
    assert answer.status_code == 422
    assert "no longer good" in answer.text


def test_a_code_ends_after_ten_minutes(
    house: FastAPI, stranger: TestClient, postbox: Postbox, clock: StillClock
) -> None:
    page = steps.ask_code(stranger, "ana")
    code = steps.code_for(house, postbox, "ana")
    clock.pass_time(minutes=10)
    answer = send(stranger, page, "/sign-in/code", code=code)
    assert answer.status_code == 422
    assert "no longer good" in answer.text


@pytest.mark.parametrize("typed", ["", "abcdef", "1" * 10_000, "\0", "١٢٣٤٥٦", "-1", "1e5"])
def test_any_code_that_is_none_is_a_wrong_code(stranger: TestClient, typed: str) -> None:
    page = steps.ask_code(stranger, "ana")
    assert send(stranger, page, "/sign-in/code", code=typed).status_code == 422


def test_asking_again_and_again_is_refused_with_a_sentence(stranger: TestClient) -> None:
    for _ in range(5):
        steps.ask_code(stranger, "ana")
    answer = stranger.post("/sign-in", data={"email": "ana@example.org"})
    assert answer.status_code == 429
    assert "wait 15 minutes" in answer.text
    assert form(answer, "/sign-in").filled({})["email"] == ["ana@example.org"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"sequence": "x"}, "This answer came without its place in the order."),
        ({"sequence": "-1"}, "This answer came without its place in the order."),
        ({"sequence": "9" * 30}, "This answer came without its place in the order."),
        ({"sequence": "١"}, "This answer came without its place in the order."),
        ({"key": "short"}, "This answer came without its place in the order."),
        ({"key": "x" * 65}, "This answer came without its place in the order."),
        ({"key": "key\0number1"}, "This answer came without its place in the order."),
    ],
)
def test_an_answer_without_its_place_is_refused_by_field(hers: TestClient, sent: dict[str, str], sentence: str) -> None:
    steps.start_exam(hers)
    whole = {"question": "question-1", "q.question-1": "1", "sequence": "1", "key": "key-number-1"} | sent
    answer = hers.post("/attempts/1/answers", data=whole, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["fields"]["question-1"].startswith(sentence)


@pytest.mark.parametrize("pick", ["0", "5", "99999999999999999999", "-1", "one", "\0", "１"])
def test_an_option_that_the_question_does_not_offer_is_no_answer(hers: TestClient, pick: str) -> None:
    steps.start_exam(hers)
    sent = {"question": "question-1", "q.question-1": pick, "sequence": "1", "key": "key-number-1"}
    assert hers.post("/attempts/1/answers", data=sent).status_code == 303
    assert "Question 1" in hers.get("/attempts/1/review").text
    assert "3 questions have no answer yet" in hers.get("/attempts/1/review").text


def test_a_renewal_date_that_is_none_comes_back_at_its_license(hers: TestClient) -> None:
    steps.earn(hers)
    answer = hers.post("/account/licenses/1/renewal", data={"renews_on": "June 30"})
    assert answer.status_code == 422
    assert "Enter the date like 2027-06-30." in answer.text
    assert hers.post("/account/licenses/1/renewal", data={"renews_on": "2027-06-30"}).status_code == 303
    assert b"20270630" in hers.get("/account/renewals.ics").content


def test_a_period_of_records_that_is_none_comes_back_as_typed(hers: TestClient) -> None:
    answer = hers.get("/account/records", params={"since": "yesterday"})
    assert answer.status_code == 422
    assert "Enter the date like 2026-11-20." in answer.text
    assert "yesterday" in answer.text
    assert hers.get("/account/transcript.pdf", params={"since": "yesterday"}).status_code == 422


def test_a_mistyped_number_is_helped_with(stranger: TestClient) -> None:
    short = stranger.get("/verify", params={"number": "ABC"})
    assert short.status_code == 422
    assert "has 20 letters and digits; this has 3" in short.text
    assert form(short, "/verify").filled({})["numbers"] == ["ABC"]
    foreign = stranger.get("/verify", params={"number": "U" * 20})
    assert "never holds “U”" in foreign.text
