"""Evaluations: asked of every course, sent once, and kept apart from whoever sent them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cast import NOON
from makers import make_course, make_enrollment, make_question
from sqlmodel import Session, select

from app.content.course import Course, Kind
from app.identity.people import Person
from app.kit.errors import Invalid
from app.learning import evaluations
from app.learning.evaluations import LONGEST, Evaluation, EvaluationResponse


def course_with_own_questions() -> Course:
    scale = replace(make_question(1), id="pace", kind=Kind.SCALE, graded=False, heading="The pace was right.")
    words = replace(make_question(2), id="more", kind=Kind.FREE_TEXT, graded=False, heading="What was missing?")
    return make_course(evaluation=(scale, words))


def everything(course: Course, answer: str = "5") -> dict[str, str]:
    return {item.name: answer for item in evaluations.items(course) if item.is_scale}


def test_every_objective_and_what_boards_ask_is_asked_of_every_course() -> None:
    course = make_course()
    items = evaluations.items(course)
    assert [item.asks for item in items[:3]] == list(course.objectives)
    assert {item.name for item in items[3:]} == {
        "instructor", "content", "relevance", "format", "commercial", "practice",
    }  # fmt: skip
    assert len({item.name for item in items}) == len(items)


def test_what_the_author_asks_comes_after_it() -> None:
    assert [item.name for item in evaluations.items(course_with_own_questions())][-2:] == ["own-pace", "own-more"]


def test_every_scale_must_be_answered_and_no_text_need_be() -> None:
    course = course_with_own_questions()
    with pytest.raises(Invalid) as refused:
        evaluations.read(course, {})
    assert set(refused.value.fields) == set(everything(course))
    assert evaluations.read(course, everything(course)) == everything(course)


@pytest.mark.parametrize("answer", ["0", "6", "4.5", "five", "", "55", "５"])
def test_a_scale_runs_from_one_to_five(answer: str) -> None:
    course = make_course()
    with pytest.raises(Invalid) as refused:
        evaluations.read(course, everything(course) | {"content": answer})
    assert set(refused.value.fields) == {"content"}


def test_a_text_has_an_end() -> None:
    course = make_course()
    whole = everything(course) | {"practice": "x" * LONGEST}
    assert evaluations.read(course, whole)["practice"] == "x" * LONGEST
    with pytest.raises(Invalid, match="another look"):
        evaluations.read(course, whole | {"practice": "x" * (LONGEST + 1)})


def test_what_was_not_asked_is_not_kept() -> None:
    course = make_course()
    assert "extra" not in evaluations.read(course, everything(course) | {"extra": "5"})


def test_an_evaluation_is_kept_once(db: Session, ana: Person) -> None:
    enrollment = make_enrollment(db, ana)
    assert not evaluations.is_done(db, enrollment)
    evaluations.submit(db, enrollment, {"content": "5"}, now=NOON)
    evaluations.submit(db, enrollment, {"content": "1"}, now=NOON + timedelta(hours=1))
    assert evaluations.is_done(db, enrollment)
    (said,) = db.exec(select(EvaluationResponse)).all()
    assert json.loads(said.answers) == {"content": "5"}
    assert db.exec(select(Evaluation)).one().submitted_at == NOON


def test_an_evaluation_may_hold_any_text(db: Session, ana: Person) -> None:
    text = "“Ich” \x00 ‘moi’ 我 🙂 </script> \\u0000"
    evaluations.submit(db, make_enrollment(db, ana), {"practice": text}, now=NOON)
    assert json.loads(db.exec(select(EvaluationResponse)).one().answers)["practice"] == text
