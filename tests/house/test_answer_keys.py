"""The key stays in the house until the rules show it.

Two proofs. Canaries: marked words that only the key holds are looked for in everything that leaves. And
sameness: two houses whose courses differ in nothing but the key must give the very same bytes, so that
nothing, not even a name, an order or a length, tells one key from the other.
"""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import cast as the_cast
import pypdfium2
import pytest
import steps
from conftest import PUBLIC, Pencil, Postbox, StillClock
from fastapi.testclient import TestClient
from forms import follow, form, send
from httpx2 import Response
from makers import CANARY, SIGNER, make_course, make_question

from app.awards.drawing import DrawingRoom
from app.content.course import Check, Course, Exam, Feedback, Kind, Prose, Question
from app.identity import sign_in
from app.identity.sign_in import Proof
from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.usefixtures("caplog")

SECRET_NUMBERS = {"one": "31415.92653", "two": "27182.81828"}


# --- two courses that differ in their keys -------------------------------------------------------------------------


def keyed_course(key: str, feedback: Feedback) -> Course:
    """A course with a question of each kind whose key is a mark or a word; `key` is one or two."""
    questions = tuple(keyed_questions(key))
    exam = Exam(title="Exam", pass_mark=80, attempts=None, feedback=feedback, items=questions)
    course = make_course()
    check = Check("check-1", "Check", "", (replace(choices(Kind.CHOOSE_ONE, 1, key), id="in-text"),))
    module = replace(course.modules[0], blocks=(Prose('<p id="b1">Text.</p>'), check))
    return replace(course, exam=exam, modules=(module, course.modules[1]))


def keyed_questions(key: str) -> Iterator[Question]:
    yield choices(Kind.CHOOSE_ONE, 1, key)
    yield choices(Kind.TRUE_FALSE, 2, key)
    yield replace(choices(Kind.CHOOSE_ALL, 3, key), partial_credit=True)
    yield written(Kind.SHORT, 4, key, accepted=(f"{CANARY} short {key}",))
    yield written(Kind.GAPS, 5, key, gaps=((f"{CANARY} gap {key}",), (f"{CANARY} gap too {key}",)))
    yield written(Kind.NUMBER, 6, key, number=Decimal(SECRET_NUMBERS[key]))


def choices(kind: Kind, number: int, key: str) -> Question:
    rights = {"one": {1}, "two": {2}} if kind != Kind.CHOOSE_ALL else {"one": {1, 2}, "two": {3, 4}}
    count = 2 if kind == Kind.TRUE_FALSE else 4
    question = make_question(number, options=count)
    options = tuple(
        replace(option, right=place in rights[key], feedback_html=f"<p>{CANARY} {key} {option.feedback_html}</p>")
        for place, option in enumerate(question.options, 1)
    )
    return replace(question, kind=kind, options=options, rationale_html=f"<p>{CANARY} {key}</p>")


def written(kind: Kind, nth: int, key: str, **more: Any) -> Question:
    question = replace(make_question(nth), kind=kind, options=(), **more)
    return replace(question, rationale_html=f"<p>{CANARY} rationale {key}</p>")


# --- a house that is listened to -----------------------------------------------------------------------------------


class Listener(TestClient):
    """A browser that remembers everything it was told."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.heard: list[Response] = []

    def request(self, *given: Any, **named: Any) -> Response:
        answer = super().request(*given, **named)
        self.heard.append(answer)
        return answer


@dataclass(frozen=True)
class Told:
    """Everything that left a house."""

    browser: Listener
    postbox: Postbox
    logged: pytest.LogCaptureFixture

    @property
    def answers(self) -> list[tuple[str, str, bytes]]:
        """Give each answer: to what, its headers, and its body."""
        return [
            (f"{one.request.method} {one.request.url}", str(sorted(one.headers.multi_items())), one.content)
            for one in self.browser.heard
        ]

    def leaks(self, *words: str) -> list[str]:
        """Name everything that holds one of these words, however a page writes it."""
        wanted = [word.encode() for word in words]
        found = [what for what, headers, body in self.answers if _holds(body + headers.encode(), wanted)]
        letters = [str(one["To"]) for one in self.postbox.messages if _holds(one.as_bytes(), wanted)]
        return found + letters + [line for line in self.logged.messages if _holds(line.encode(), wanted)]


def _holds(content: bytes, words: list[bytes]) -> bool:
    return any(word in content for word in words)


Opens = Callable[[str, Feedback], Any]


@pytest.fixture
def opened(
    settings: Settings, sqlite_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Opens:
    """Open a house of its own with a keyed course, in which chance falls the same each time and Ana is signed in."""
    caplog.set_level(logging.DEBUG)
    template = sqlite_url.removeprefix("sqlite:///")

    @contextmanager
    def open_(key: str, feedback: Feedback, draws: Any = None) -> Iterator[Told]:
        _fix_chance(monkeypatch)
        url = _copied(template, f"{template}.{key}.{feedback}")
        postbox = Postbox()
        own = settings.model_copy(update={"database_url": url})
        house = create_app(own, clock=StillClock(), mailer=postbox, draws=draws or Pencil())
        steps.publish(house, keyed_course(key, feedback))
        with house.state.wiring.database.write() as db:
            token = sign_in.begin(db, the_cast.join(db, "ana"), proof=Proof.PASSKEY, now=the_cast.NOON)
        with Listener(house, base_url=PUBLIC, follow_redirects=False) as browser:
            browser.cookies.set("__Host-continua", token)
            yield Told(browser, postbox, caplog)

    return open_


def _fix_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = itertools.count(1)
    monkeypatch.setattr(secrets, "token_hex", lambda size=32: f"{next(drawn):0{2 * size}x}")


def _copied(template: str, target: str) -> str:
    shutil.copy(template, target)
    return f"sqlite:///{target}"


# --- the walk ------------------------------------------------------------------------------------------------------

PICKS = {
    "q.question-1": "3",
    "q.question-2": "1",
    "q.question-3": "4",
    "q.question-4": "a guess",
    "q.question-5.1": "a guess",
    "q.question-6": "7",
}


def look_around(browser: Listener) -> None:
    """Read all that can be read before the exam is over, and everything those pages are made with."""
    for address in ("/", f"/courses/{steps.CODE}", f"/courses/{steps.CODE}/exam", "/account", "/account/records"):
        page = browser.get(address)
        for asset in set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text)):
            browser.get(asset)
    for slug in ("first", "second"):
        browser.get(f"/courses/{steps.CODE}/modules/{slug}")


def sit_through(browser: Listener, picks: dict[str, str]) -> Response:
    """Answer one by one as the script does, and on the whole page as without one; give the review."""
    steps.start_exam(browser)
    page = browser.get("/attempts/1")
    for sequence, (name, pick) in enumerate(picks.items(), 1):
        question = name.removeprefix("q.").split(".")[0]
        sent = {"question": question, name: pick, "sequence": str(sequence), "key": f"key-number-{sequence}"}
        browser.post("/attempts/1/answers", data=sent, headers={"accept": "application/json"})
        browser.post("/attempts/1/answers", data=sent | {name: "2"}, headers={"accept": "application/json"})
    browser.get("/attempts/1/result")
    review = follow(browser, send(browser, browser.get("/attempts/1"), "/answers", then="review"))
    assert form(page, "/answers")
    browser.get("/enrollments/1/evaluation")
    return review


def wipe_answers(browser: Listener) -> None:
    """Take every answer back, one by one."""
    for sequence, number in enumerate(range(1, 7), 100):
        sent = {"question": f"question-{number}", "sequence": str(sequence), "key": f"key-number-{sequence}"}
        browser.post("/attempts/1/answers", data=sent, headers={"accept": "application/json"})


# --- sameness ------------------------------------------------------------------------------------------------------


def before_the_exam_is_over(told: Told) -> list[tuple[str, str, bytes]]:
    look_around(told.browser)
    sit_through(told.browser, PICKS)
    return told.answers


@pytest.mark.parametrize("feedback", Feedback)
def test_until_the_exam_is_submitted_every_byte_is_the_same_whatever_the_key_is(
    opened: Opens, feedback: Feedback
) -> None:
    heard = []
    for key in ("one", "two"):
        with opened(key, feedback) as told:
            heard.append(before_the_exam_is_over(told))
    for first, second in zip(*heard, strict=True):
        assert first == second
    assert len(heard[0]) > 25


def after_failing_with_nothing(told: Told) -> list[tuple[str, str, bytes]]:
    sit_through(told.browser, PICKS)
    wipe_answers(told.browser)
    steps.submit(told.browser, told.browser.get("/attempts/1/review"))
    look_around(told.browser)
    told.browser.post(f"/courses/{steps.CODE}/exam")
    told.browser.get("/attempts/2")
    return told.answers


def test_where_keys_are_shown_after_passing_a_failed_exam_is_the_same_whatever_the_key_is(opened: Opens) -> None:
    heard = []
    for key in ("one", "two"):
        with opened(key, Feedback.AFTER_PASS) as told:
            heard.append(after_failing_with_nothing(told))
    for first, second in zip(*heard, strict=True):
        assert first == second


def test_two_keys_are_told_apart_where_the_rules_show_them(opened: Opens) -> None:
    """The control: the same walk under rules that show the key after submitting gives different bytes."""
    heard = []
    for key in ("one", "two"):
        with opened(key, Feedback.AFTER_SUBMIT) as told:
            heard.append(after_failing_with_nothing(told))
    differing = {first[0] for first, second in zip(*heard, strict=True) if first != second}
    assert differing == {f"GET {PUBLIC}/attempts/1/result"}


# --- canaries ------------------------------------------------------------------------------------------------------


def test_no_word_of_the_key_leaves_before_she_has_passed(opened: Opens) -> None:
    with opened("one", Feedback.AFTER_PASS) as told:
        look_around(told.browser)
        failed = steps.submit(told.browser, sit_through(told.browser, PICKS))
        assert "Right answers and reasons are shown once you have passed." in failed.text
        look_around(told.browser)
        told.browser.post(f"/courses/{steps.CODE}/exam")
        told.browser.get("/attempts/2")
        assert told.leaks(CANARY, SECRET_NUMBERS["one"]) == []
        passed = pass_it(told.browser, "/attempts/2")
        assert CANARY in passed.text, "the control: now she may see it, and it is found"
        assert told.leaks(CANARY) == [f"GET {PUBLIC}/attempts/2/result"]


def test_a_failed_attempt_keeps_its_keys_although_a_later_one_is_passed(opened: Opens) -> None:
    with opened("one", Feedback.AFTER_PASS) as told:
        steps.submit(told.browser, sit_through(told.browser, PICKS))
        told.browser.post(f"/courses/{steps.CODE}/exam")
        pass_it(told.browser, "/attempts/2")
        assert CANARY not in told.browser.get("/attempts/1/result").text


def test_where_the_rules_show_it_after_submitting_it_is_shown_then_and_not_before(opened: Opens) -> None:
    with opened("one", Feedback.AFTER_SUBMIT) as told:
        look_around(told.browser)
        review = sit_through(told.browser, PICKS)
        assert told.leaks(CANARY, SECRET_NUMBERS["one"]) == []
        failed = steps.submit(told.browser, review)
        assert CANARY in failed.text
        assert SECRET_NUMBERS["one"] in failed.text


def test_a_knowledge_check_explains_itself_to_whoever_has_answered_it(opened: Opens) -> None:
    with opened("one", Feedback.AFTER_PASS) as told:
        address = f"/courses/{steps.CODE}/modules/first"
        told.browser.get(address)
        told.browser.get(address, params={"check": "check-1"})
        told.browser.get(address, params={"check": "another", "q.in-text": "1"})
        assert told.leaks(CANARY) == []
        assert CANARY in told.browser.get(address, params={"check": "check-1", "q.in-text": "1"}).text


def test_no_word_of_the_key_is_in_what_she_hands_to_others(opened: Opens) -> None:
    room = DrawingRoom(SIGNER)
    with opened("one", Feedback.AFTER_PASS, room) as told:
        look_around(told.browser)
        steps.start_exam(told.browser)
        page = steps.evaluation_page(told.browser, pass_it(told.browser, "/attempts/1"))
        number = steps.evaluate(told.browser, page).headers["location"].removeprefix("/certificates/")
        pdf = told.browser.get(f"/certificates/{number}.pdf")
        transcript = told.browser.get("/account/transcript.pdf")
        for address in (f"/certificates/{number}", f"/v/{number}", f"/v/{number}.json", "/account/records"):
            told.browser.get(address)
        assert told.leaks(CANARY, SECRET_NUMBERS["one"]) == [f"GET {PUBLIC}/attempts/1/result"]
    for drawn in (pdf, transcript):
        words = text_of(drawn.content)
        assert steps.NAME in words, "the control: the words of the PDF are read"
        assert CANARY not in words


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


RIGHT = {
    "q.question-1": "1",
    "q.question-2": "1",
    "q.question-3": ["1", "2"],
    "q.question-4": f"{CANARY} short one",
    "q.question-5.1": f"{CANARY} gap one",
    "q.question-5.2": f"{CANARY} gap too one",
    "q.question-6": SECRET_NUMBERS["one"],
}


def pass_it(browser: Listener, attempt: str) -> Response:
    """Answer everything rightly without looking at the page again; give the result."""
    browser.post(f"{attempt}/answers", data=RIGHT)
    submitted = browser.post(f"{attempt}/submit")
    result = browser.get(submitted.headers["location"])
    assert "You passed" in result.text
    return result


# --- answers that are checked one by one ---------------------------------------------------------------------------

JSON = {"accept": "application/json"}
OTHER_KEYS = (*(f"feedback {number}." for number in (2, 3)), "short one", "gap one", SECRET_NUMBERS["one"])


def save_one(browser: Listener, number: int, pick: str, sequence: int) -> Response:
    sent = {"question": f"question-{number}", f"q.question-{number}": pick, "sequence": str(sequence)}
    return browser.post("/attempts/1/answers", data=sent | {"key": f"in-a-tab-{sequence}"}, headers=JSON)


def test_a_checked_answer_shows_its_own_key_to_whoever_gave_it_and_no_other(opened: Opens) -> None:
    with opened("one", Feedback.AFTER_EACH) as told:
        browser = told.browser
        steps.start_exam(browser)
        assert browser.post("/attempts/1/answers", data={"check": "question-2"}).status_code == 422
        assert save_one(browser, 1, "3", 1).status_code == 200
        assert told.leaks(CANARY, SECRET_NUMBERS["one"]) == [], "before it is checked, and when nothing can be"
        assert browser.post("/attempts/1/answers", data={"check": "question-1"}).status_code == 303
        page = browser.get("/attempts/1")
        assert "feedback 1.1" in page.text, "the control: now she may see it, and it is found"
        assert [key for key in OTHER_KEYS if key in page.text] == []
        assert told.leaks(CANARY) == [f"GET {PUBLIC}/attempts/1"]


def test_the_other_tab_learns_nothing_and_can_use_nothing_of_a_checked_answer(opened: Opens) -> None:
    with opened("one", Feedback.AFTER_EACH) as told:
        browser = told.browser
        steps.start_exam(browser)
        save_one(browser, 1, "3", 1)
        browser.post("/attempts/1/answers", data={"check": "question-1"})
        refused = save_one(browser, 1, "1", 2)
        assert refused.status_code == 409
        assert "can no longer change" in refused.json()["detail"]
        assert save_one(browser, 2, "1", 3).status_code == 200
        stale = browser.post("/attempts/1/answers", data={"q.question-1": "1", "q.question-2": "2", "then": "review"})
        browser.get(stale.headers["location"])
        look_around(browser)
        assert told.leaks(CANARY, SECRET_NUMBERS["one"]) == []
        result = follow(browser, browser.post("/attempts/1/submit"))
        assert "Your answer: not right" in result.text, "the checked answer counts, and not the one that knew the key"
