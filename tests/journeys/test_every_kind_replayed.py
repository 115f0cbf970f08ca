"""A paper from its seed: the one that is kept on an attempt lays out the very paper again, wherever and whenever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from every_kind import course_of_every_kind
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import make_edition, make_enrollment, read_everything
from sqlmodel import Session

from app.assessment import attempts, papers
from app.content.course import Course, Kind
from app.identity.people import Person
from app.kit.templates import environment
from app.web import exam_pages, questions

ROOT = Path(__file__).parents[2]
COURSE = course_of_every_kind()
PAPER = environment().from_string(
    '{% import "components/question.html" as question_of %}'
    "{% for one in questions %}{{ question_of.story(one) }}{{ question_of.ask(one) }}{% endfor %}"
)
ELSEWHERE = f"""
import sys
sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(ROOT / "tests")!r}]
import test_every_kind_replayed as here
from app.content import compiled
course = compiled.load(sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(here.laid_out(course, sys.argv[1]).encode())
"""


def laid_out(course: Course, seed: str) -> str:
    """Write the paper of a seed as its page shows it."""
    assert course.exam is not None
    slots = exam_pages.with_stories(papers.draw(course.exam, seed))
    return PAPER.render(questions=[questions.blank_view(slot, None, story=opens) for slot, opens in slots])


def laid_out_elsewhere(course: str, seed: str) -> bytes:
    """Lay the paper out in another process, in which sets and dictionaries of texts fall otherwise."""
    command = [sys.executable, "-c", ELSEWHERE, seed]
    chance = os.environ | {"PYTHONHASHSEED": "4242", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, input=course.encode(), capture_output=True, check=True, cwd=ROOT, env=chance).stdout


def test_the_seed_of_an_attempt_lays_out_the_very_paper_in_another_process(db: Session, ana: Person) -> None:
    edition = make_edition(db, COURSE)
    enrollment = make_enrollment(db, ana, edition)
    read_everything(db, enrollment)
    attempt = attempts.start(db, enrollment, now=enrollment.began_at)
    here = laid_out(edition.course, attempt.seed)
    assert "Put the visit in order." in here
    assert laid_out_elsewhere(edition.compiled, attempt.seed) == here.encode()


def test_another_seed_lays_out_another_paper() -> None:
    assert laid_out(COURSE, "one") != laid_out(COURSE, "another")


@settings(deadline=None)
@given(st.integers(0, 10**9).map(str))
def test_true_stands_before_false_on_every_paper_and_no_key_is_the_order_on_the_page(seed: str) -> None:
    assert COURSE.exam is not None
    for slot in papers.draw(COURSE.exam, seed).slots:
        if slot.question.kind is Kind.TRUE_FALSE or slot.question.shuffle is False:
            assert list(slot.order) == sorted(slot.order)
        if slot.question.kind is Kind.ORDERING:
            assert list(slot.order) != sorted(slot.order)
