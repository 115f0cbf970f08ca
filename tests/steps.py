"""What a person does on the site, step by step and without a script: the way from the catalog to the certificate."""

from __future__ import annotations

import re
from dataclasses import replace
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from cast import EMAILS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, form, send
from httpx2 import Response
from makers import make_course, make_edition

from app.content.course import Course

if TYPE_CHECKING:
    from conftest import Postbox

CODE = "small-course"
NAME = "Ana Marie O’Neill"
RIGHT, WRONG = "1", "2"  # the options of makers.make_question
LONGEST_WAIT = 10.0
EVALUATION = {
    "legal_name": NAME,
    "attest": "yes",
    "time_zone": "America/New_York",
    "license_state": "NY",
    "license_type": "LCSW",
    "license_number": "081234-1",
}
SCALES = (
    "objective-1",
    "objective-2",
    "objective-3",
    "instructor",
    "content",
    "relevance",
    "format",
    "commercial",
)


def publish(house: FastAPI, course: Course | None = None, **exam: Any) -> Course:
    """Put a course on the shelf of a house; what is named is changed in its exam."""
    course = course or make_course()
    if exam and course.exam:
        course = replace(course, exam=replace(course.exam, **exam))
    wiring = house.state.wiring
    with wiring.database.write() as db:
        make_edition(db, course, now=wiring.clock())
    return course


def code_for(house: FastAPI, postbox: Postbox, name: str) -> str:
    """Read the newest sign-in code of one of the cast, once its letter has arrived."""
    deadline = monotonic() + LONGEST_WAIT
    seen = len(_letters(postbox, name))
    while house.state.wiring.worker.run_once() or not _codes(postbox, name):
        assert monotonic() < deadline, f"no letter to {name} besides {seen}"
        sleep(0.005)
    return _codes(postbox, name)[-1]


def _letters(postbox: Postbox, name: str) -> list[str]:
    sent = [message for message in postbox.messages if message["To"] == EMAILS[name]]
    return [message.get_body(("plain",)).get_content() for message in sent]


def _codes(postbox: Postbox, name: str) -> list[str]:
    return [found[0] for text in _letters(postbox, name) if (found := re.search(r"\b\d{6}\b", text))]


def ask_code(client: TestClient, name: str, next_path: str = "/") -> Response:
    """Ask for a sign-in code; give the page that takes it."""
    asked = send(client, client.get("/sign-in", params={"next": next_path}), "/sign-in", email=EMAILS[name])
    assert asked.status_code == 200, asked.text
    return asked


def sign_in(client: TestClient, house: FastAPI, postbox: Postbox, name: str, next_path: str = "/") -> Response:
    """Sign in with a code from the mail; give the answer to the right code."""
    postbox.messages.clear()
    page = ask_code(client, name, next_path)
    return send(client, page, "/sign-in/code", code=code_for(house, postbox, name))


def read_course(client: TestClient, code: str = CODE) -> Response:
    """Mark every module as done; give the page of the exam's door."""
    page = client.get(f"/courses/{code}/modules/first")
    for slug in ("first", "second"):
        page = follow(client, send(client, page, f"/modules/{slug}/done"))
    return page


def start_exam(client: TestClient, code: str = CODE) -> Response:
    """Read the course and start its exam; give the page of the attempt."""
    return follow(client, send(client, read_course(client, code), f"/courses/{code}/exam"))


def value_of(page: Response, number: int, option: str) -> str:
    """Find what the field of an option sends: the author's number of it is nowhere on the page."""
    words = rf'<input[^>]*value="(p\d+)"[^>]*>\s*<span class="option-words">Option {number}\.{option}<'
    found = re.search(words, page.text)
    assert found, f"option {option} of question {number} is not on the page"
    return found[1]


def answer_all(client: TestClient, page: Response, pick: str | None, **other: str) -> Response:
    """Choose the same option everywhere, and go to the review; None leaves all blank."""
    picks = {} if pick is None else {f"q__question-{number}": value_of(page, number, pick) for number in (1, 2, 3)}
    return follow(client, send(client, page, "/answers", then="review", **picks, **other))


def submit(client: TestClient, review: Response) -> Response:
    """Submit from the review; give the page of the result."""
    return follow(client, send(client, review, "/submit"))


def evaluation_page(client: TestClient, result: Response) -> Response:
    """Go from a passed exam to its evaluation."""
    found = re.search(r'href="(/enrollments/\d+/evaluation)"', result.text)
    assert found, "the result does not lead to the evaluation"
    return client.get(found[1])


def fill_evaluation(page: Response, **changed: str) -> dict[str, str]:
    """Give the whole evaluation, filled in, with some fields changed."""
    asks = {name for name, _ in form(page, "/evaluation").fields} | set(form(page, "/evaluation").offered)
    return {name: value for name, value in (dict.fromkeys(SCALES, "5") | EVALUATION | changed).items() if name in asks}


def evaluate(client: TestClient, page: Response, **changed: str) -> Response:
    """Send the evaluation; give the answer."""
    return send(client, page, "/evaluation", **fill_evaluation(page, **changed))


def earn(client: TestClient) -> str:
    """Go all the way, signed in, without a script; give the certificate's number."""
    review = answer_all(client, start_exam(client), RIGHT)
    answer = evaluate(client, evaluation_page(client, submit(client, review)))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/certificates/")
