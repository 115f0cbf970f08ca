"""What an author previews is what learners see, letter for letter: one renderer, and no second opinion."""

from __future__ import annotations

import difflib
import re

import pytest
import steps
from cast import EMAILS, NOON
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, send
from on_view import SITE, Viewer

from app.assessment import attempts
from app.content import reader
from app.content.course import Check
from app.library.provider import Provider
from app.web.preview import alone, learners, showing

pytest_plugins = ["viewers"]

DIFFERS = (  # what tells a page from its preview, and nothing else
    (re.compile(rf'(["=]){SITE}/'), r"\1/"),
    (re.compile(r"\?given=[\w-]*"), ""),
    (re.compile(r"/static/[0-9a-f]+/js/(exam|tryout)\.js"), "its script"),
    (re.compile(r"/enrollments/\d+/evaluation"), "/evaluation"),
    (re.compile(r'    <p><a href="/account/accommodations">.*</a></p>\n'), ""),  # whom could she ask?
    (re.compile(r" *<button [^>]*>Show one question at a time</button>\n?"), ""),  # a choice that would be kept
    (
        re.compile(r' *<script [^>]*/js/(beat|kept)\.js"></script>\n'),
        "",
    ),  # a preview counts no time, and keeps no answers
    (re.compile(r' *<input type="hidden" name="opened"[^>]*>\n *<noscript>.*?</noscript>\n', re.DOTALL), ""),
    (re.compile(r' data-(server-ms|person|attempt|owner)="[^"]*"'), ""),
)


@pytest.fixture
def like_ana(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the preview speak to Ana, of the provider of the tests' house, in the time that she has not chosen yet."""
    monkeypatch.setattr(showing, "LEARNER", EMAILS["ana"])
    monkeypatch.setattr(learners, "ZONE", "UTC")
    monkeypatch.setattr(alone, "PROVIDER", Provider().name)


@pytest.fixture
def hers(house: FastAPI, sign_in_as, viewer: Viewer) -> TestClient:  # type: ignore[no-untyped-def]
    course = reader.read(viewer.folder, today=NOON.date()).course
    assert course is not None
    steps.publish(house, course)
    return sign_in_as("ana")


def plain(page: str) -> str:
    for what, instead in DIFFERS:
        page = what.sub(instead, page)
    return page


def assert_same(real: str, previewed: str) -> None:
    differ = difflib.unified_diff(plain(real).splitlines(), plain(previewed).splitlines(), lineterm="", n=0)
    found = list(differ)
    assert found == [], "\n".join(found)


@pytest.mark.usefixtures("like_ana")
def test_every_page_up_to_the_exam_is_the_learners_own(hers: TestClient, viewer: Viewer) -> None:
    course = viewer.watched.view().shown
    assert_same(hers.get("/").text, viewer.see("/"))
    assert_same(hers.get("/policies").text, viewer.see("/policies"))
    for path in (f"/courses/{course.code}", *(f"/courses/{course.code}/modules/{one.slug}" for one in course.modules)):
        assert_same(hers.get(path).text, viewer.see(path))


@pytest.mark.usefixtures("like_ana")
def test_a_knowledge_check_is_answered_as_learners_answer_it(hers: TestClient, viewer: Viewer) -> None:
    course = viewer.watched.view().shown
    module = course.modules[0]
    check = next(one for one in module.blocks if isinstance(one, Check) and len(one.questions) == 1)
    path = f"/courses/{course.code}/modules/{module.slug}?check={check.id}&q.{check.questions[0].id}=p1"
    assert "Try again" in viewer.see(path)
    assert_same(hers.get(path).text, viewer.see(path))


@pytest.mark.usefixtures("like_ana")
def test_the_exam_and_its_result_are_the_learners_own(
    hers: TestClient, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = viewer.watched.view().shown
    page = hers.get(f"/courses/{course.code}/modules/{course.modules[0].slug}")
    for module in course.modules:
        page = follow(hers, send(hers, page, f"/modules/{module.slug}/done"))
    assert_same(page.text, viewer.see(f"/courses/{course.code}/exam"))
    monkeypatch.setattr(attempts.secrets, "token_hex", lambda _size=1: "1")  # the seed of the preview's first paper
    exam = follow(hers, send(hers, page, f"/courses/{course.code}/exam"))
    assert_same(exam.text, viewer.see("/attempts/1"))
    monkeypatch.undo()


def test_a_word_that_differs_would_be_seen(viewer: Viewer) -> None:
    before = viewer.see("/")
    viewer.change("course.md", "title: ", "title: New ")
    with pytest.raises(AssertionError):
        assert_same(before, viewer.see("/"))
