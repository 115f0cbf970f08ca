"""What a course holds, counted, and counted no other way than the rest of the house counts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from makers import make_course, make_question
from sample_course import FILES, read

from app.content import asked, inventory, reader
from app.content.course import Case, Course, Exam, Kind, Pool, Shuffle
from app.content.inventory import ObjectiveCount, Silent, Span, Story
from app.kit.templates import ROOT

SHIPPED = ROOT / "courses" / "social-media-and-confidentiality"


def sample(folder: Path) -> Course:
    course = read(folder).course
    assert course is not None
    return course


def test_a_module_is_counted_part_by_part(tmp_path: Path) -> None:
    first, second = inventory.of(sample(tmp_path)).modules
    assert (first.checks, first.check_questions, first.reflections, first.pictures) == (1, 1, 0, 2)
    assert first.stories == (Story("A call at night", steps=3, endings=1),)
    assert (first.told.options, first.told.silent) == (2, ())
    assert (second.checks, second.stories, second.pictures) == (0, (), 0)


def test_boxes_to_pause_at_and_private_questions_are_reflections(tmp_path: Path) -> None:
    files = dict(FILES)
    files["02-confidentiality.md"] += (
        "\n::: reflect\nWhat would you do?\n:::\n\n::: check\n### Reflection: your own habit\n\nWrite.\n\n____\n:::\n"
    )
    course = read(tmp_path, files).course
    assert course is not None
    assert inventory.of(course).modules[1].reflections == 2


def test_an_exam_is_counted_as_one_learner_meets_it(tmp_path: Path) -> None:
    course = sample(tmp_path)
    exam = inventory.of(course).exam
    assert exam is not None
    assert course.exam is not None
    assert (exam.questions, exam.graded) == (14, 13)
    assert exam.asked == Span(asked.graded(course.exam), asked.graded(course.exam))
    assert [(pool.title, pool.questions, str(pool.asked)) for pool in exam.pools] == [("Telehealth", 3, "2")]
    assert exam.kinds[Kind.CHOOSE_ONE] == 5
    assert sum(exam.kinds.values()) == 14
    assert exam.places == (5, 0)
    assert (exam.longest, exam.fixed) == (0, 0)
    assert exam.told.silent[0] == Silent("What is the first step?", line=8, options=1)
    assert (exam.told.without_feedback, exam.told.options) == (10, 15)


def test_objectives_are_counted_and_what_names_none_comes_last(tmp_path: Path) -> None:
    exam = inventory.of(sample(tmp_path)).exam
    assert exam is not None
    assert exam.objectives[0] == ObjectiveCount(1, 1, Span(1, 1))
    assert exam.objectives[-1] == ObjectiveCount(None, 10, Span(9, 9))


def test_a_draw_that_may_bring_more_or_less_is_a_span() -> None:
    long = Case("c", "Case", "", tuple(make_question(number) for number in (1, 2, 3)))
    exam = Exam("Exam", 80, None, items=(Pool("p", "Pool", (long, make_question(4)), draw=1),))
    found = inventory.of(replace(make_course(), exam=exam)).exam
    assert found is not None
    assert found.asked == Span(1, 3)
    assert str(found.pools[0].asked) == "1 to 3"


def test_right_answers_are_counted_by_place_and_length() -> None:
    keys = [make_question(number, right=right) for number, right in enumerate((1, 2, 2, 4), 1)]
    long = replace(keys[3].options[3], text="By far the longest of all these options")
    keys[3] = replace(keys[3], options=(*keys[3].options[:3], long))
    exam = Exam("Exam", 80, None, shuffle=Shuffle.NONE, items=tuple(keys))
    found = inventory.of(replace(make_course(), exam=exam)).exam
    assert found is not None
    assert (found.places, found.one_key, found.longest, found.fixed) == ((1, 2, 0, 1), 4, 1, 4)


def test_a_course_in_another_language_has_no_reading_level(tmp_path: Path) -> None:
    spanish = inventory.of(replace(sample(tmp_path), language="es"))
    assert spanish.read is None
    assert [one.read for one in spanish.modules] == [None, None]


def test_a_course_without_an_exam_is_counted_too() -> None:
    assert inventory.of(replace(make_course(), exam=None)).exam is None


def test_the_first_course_of_the_house_is_plain_english() -> None:
    course = reader.read(SHIPPED, today=date(2026, 11, 20)).course
    assert course is not None
    found = inventory.of(course)
    assert found.read is not None
    assert found.read == sum((one.read for one in found.modules if one.read), start=type(found.read)())
    assert 7 <= (found.read.grade or 0) < 9
    assert found.read.words < course.words, "headings and tables count for credit and are no sentences"
