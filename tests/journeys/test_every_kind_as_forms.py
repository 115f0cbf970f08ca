"""Every kind of question as a form: what was sent is what is shown again, and what is forged is only blank."""

from __future__ import annotations

from fractions import Fraction

import pytest
from every_kind import course_of_every_kind, just_enough
from forms import read
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment import grading, papers
from app.assessment.grading import Answer
from app.assessment.papers import Paper, Slot
from app.content.course import Case, Course, Kind, Pool, Question
from app.kit.templates import environment
from app.request import Sent
from app.web import answers, questions
from app.web.answers import Standing

COURSE = course_of_every_kind()
ASK = environment().from_string(
    '{% import "components/question.html" as question_of %}<form>{{ question_of.ask(question) }}</form>'
)
SEEDS = st.integers(0, 10**6).map(str)
FORGED = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1", "2", "3", "99", "1.5", "٣", "²", "1e9", "None", "[", '"', "\r\n", "\x00", "on"]
    ),
    st.text(max_size=30),
)


def asked(seed: str) -> Paper:
    assert COURSE.exam is not None
    return papers.draw(COURSE.exam, seed)


def shown(slot: Slot, answer: Answer) -> Sent:
    """Give what a browser would send from the page that shows an answer."""
    (form,) = read(ASK.render(question=questions.blank_view(slot, answer))).forms
    return Sent(form.filled({}))


def fields_of(slot: Slot) -> list[str]:
    """Name every field of a question, and some that it does not have."""
    name = answers.field_name(slot.question)
    return [name, *(f"{name}.{number}" for number in range(8))]


@st.composite
def forms_of_any_kind(draw: st.DrawFn) -> tuple[Slot, Sent]:
    """Whatever might be sent for a question: some of it chosen on its page, some of it forged."""
    slot = draw(st.sampled_from(asked(draw(SEEDS)).slots))
    values = st.lists(FORGED, min_size=1, max_size=3)
    return slot, Sent({name: draw(values) for name in fields_of(slot) if draw(st.booleans())})


@settings(deadline=None)
@given(forms_of_any_kind())
def test_whatever_is_sent_is_shown_again_as_it_was_read(sent: tuple[Slot, Sent]) -> None:
    slot, form = sent
    answer = answers.read(form, slot)
    assert answers.read(shown(slot, answer), slot) == answer


@settings(deadline=None)
@given(forms_of_any_kind())
def test_whatever_is_sent_can_be_kept_told_and_graded(sent: tuple[Slot, Sent]) -> None:
    slot, form = sent
    answer = answers.read(form, slot)
    assert (answers.standing(slot, answer) is Standing.BLANK) == (answer is None)
    assert answers.as_kept(slot, answer) == questions.blank_view(slot, answer).was
    mark = grading.mark(slot.question, answer)
    assert 0 <= mark.share <= 1
    assert questions.marked_view(slot, mark).answered == (answer is not None)


@settings(deadline=None)
@given(SEEDS)
def test_an_answer_to_every_kind_survives_its_page(seed: str) -> None:
    given_, paper = just_enough(COURSE), asked(seed)
    found = {slot.question.id: answers.read(shown(slot, given_[slot.question.id]), slot) for slot in paper.slots}
    assert found == {question.id: given_[question.id] for question in paper.questions}


@settings(deadline=None)
@given(SEEDS)
def test_a_blank_page_sends_a_blank_answer_to_every_kind(seed: str) -> None:
    assert [answers.read(shown(slot, None), slot) for slot in asked(seed).slots] == [None] * len(asked(seed).slots)


@settings(deadline=None)
@given(SEEDS)
def test_the_answers_of_the_journeys_are_just_enough_whatever_is_drawn(seed: str) -> None:
    assert COURSE.exam is not None
    result = grading.grade(asked(seed).questions, just_enough(COURSE), pass_mark=COURSE.exam.pass_mark)
    assert (result.score, result.possible) == (Fraction(20), Fraction(25))
    assert result.passed


# --- an order that is not whole ------------------------------------------------------------------------------------


def slot_of(kind: Kind) -> Slot:
    return next(slot for slot in asked("any").slots if slot.question.kind is kind)


def ordered(slot: Slot, *places: str) -> Answer:
    """Read an order in which the items, as they stand on the page, were given these places."""
    name = answers.field_name(slot.question)
    return answers.read(Sent({f"{name}.{shown}": [place] for shown, place in enumerate(places, 1)}), slot)


def test_two_items_at_one_place_are_kept_and_explained() -> None:
    slot = slot_of(Kind.ORDERING)
    answer = ordered(slot, "2", "2", "", "5", "")
    assert answers.remark(slot, answer) == "Place 2 is taken more than once. Give each item a place of its own."
    assert answers.standing(slot, answer) is Standing.MENDABLE
    assert [term.picked for term in questions.blank_view(slot, answer).terms] == ["2", "2", "", "5", ""]


def test_an_order_with_open_places_keeps_those_that_were_given() -> None:
    slot = slot_of(Kind.ORDERING)
    answer = ordered(slot, "", "4", "", "", "1")
    assert answers.remark(slot, answer) == ""
    assert answers.standing(slot, answer) is Standing.PART
    assert [term.picked for term in questions.blank_view(slot, answer).terms] == ["", "4", "", "", "1"]


def test_items_that_share_a_place_count_as_left_out() -> None:
    slot = slot_of(Kind.ORDERING)
    assert grading.share(slot.question, {"1": 1, "2": 2, "3": 3, "4": 3, "5": 5}) == Fraction(1, 4)
    assert grading.share(slot.question, {"1": 1, "2": 1, "3": 1, "4": 1, "5": 1}) == 0
    assert grading.share(slot.question, {"1": 2, "2": 3}) == grading.share(slot.question, [1, 2])


# --- what is not what it was meant to be -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["about 75", "75 minutes", "7,5", "1,00", "seventy-five", "1/2", "5%"])
def test_a_number_that_cannot_be_read_is_kept_and_explained(text: str) -> None:
    slot = slot_of(Kind.NUMBER)
    answer = answers.read(Sent({answers.field_name(slot.question): [text]}), slot)
    assert answer == text
    assert answers.remark(slot, answer).startswith(f"We cannot read “{text}” as a number.")
    assert answers.standing(slot, answer) is Standing.MENDABLE


@pytest.mark.parametrize("text", ["75", " 75 ", "1,000.5", "−3", "+4", ".5"])
def test_a_number_in_digits_needs_no_remark(text: str) -> None:
    slot = slot_of(Kind.NUMBER)
    assert answers.remark(slot, answers.read(Sent({answers.field_name(slot.question): [text]}), slot)) == ""


def test_lines_are_kept_as_they_were_written_however_a_form_sends_them() -> None:
    slot = slot_of(Kind.FREE_TEXT)
    answer = answers.read(Sent({answers.field_name(slot.question): ["\r\nOne.\r\n\r\nTwo.\r\n"]}), slot)
    assert answer == "One.\n\nTwo."


def test_what_is_filled_in_part_is_told_from_what_is_whole() -> None:
    matching, gaps = slot_of(Kind.MATCHING), slot_of(Kind.GAPS)
    assert answers.standing(matching, {"1": 1}) is Standing.PART
    assert answers.standing(matching, {"1": 1, "2": 2, "3": 3}) is Standing.WHOLE
    assert answers.standing(gaps, ["saw", ""]) is Standing.PART
    assert answers.standing(gaps, ["saw", "think"]) is Standing.WHOLE


# --- gaps ------------------------------------------------------------------------------------------------------------


def test_gaps_stand_in_their_sentence() -> None:
    view = questions.blank_view(slot_of(Kind.GAPS), ["saw", "think"])
    said = [(str(piece.words), piece.gap.value if piece.gap else None) for piece in view.prompt]
    assert said == [("<p>Write what you ", "saw"), (" and heard, and keep what you ", "think"), (" apart.</p>", None)]


# --- what is written for oneself -------------------------------------------------------------------------------------


def free(course: Course) -> list[Question]:
    checks = [check for module in course.modules for check in module.checks()]
    return [question for check in checks for question in check.questions if question.kind is Kind.FREE_TEXT]


@pytest.mark.parametrize("question", free(COURSE), ids=lambda question: question.id)
def test_what_is_written_in_a_check_belongs_to_no_form(question: Question) -> None:
    view = questions.practice_view(Slot(1, question, ()), "Dear diary")
    page = ASK.render(question=view)
    assert "Dear diary" not in page
    assert 'form="apart"' in page
    assert 'id="apart"' not in page
    assert "neither sent nor saved" in page
    assert ("Never write anything that could identify a client." in page) == question.private


def test_a_private_answer_in_an_exam_says_that_only_she_sees_it() -> None:
    (slot,) = (slot for slot in asked("any").slots if slot.question.private)
    page = ASK.render(question=questions.blank_view(slot, None))
    assert "Only you see this. Never write anything that could identify a client." in page


# --- the course itself ------------------------------------------------------------------------------------------------


def test_the_course_uses_every_construct_of_an_exam() -> None:
    assert COURSE.exam is not None
    every = set(Kind) - {Kind.SCALE}
    checked = {one.kind for module in COURSE.modules for check in module.checks() for one in check.questions}
    assert {question.kind for question in COURSE.exam.questions()} == checked == every
    pools = [item for item in COURSE.exam.items if isinstance(item, Pool)]
    assert any(pool.per_objective for pool in pools)
    assert any(isinstance(item, Case) for pool in pools for item in pool.items)
    assert any(isinstance(item, Case) for item in COURSE.exam.items)
    assert {one.kind for one in COURSE.evaluation} == {Kind.SCALE, Kind.FREE_TEXT}
