"""An edition keeps exactly what was read."""

from __future__ import annotations

import dataclasses
import json
import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_course import FILES, read

from app.content import compiled
from app.content.course import Course, Question

SHORT = st.text(max_size=6)
st.register_type_strategy(str, SHORT)
st.register_type_strategy(
    Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=99)
)
st.register_type_strategy(Fraction, st.fractions(max_denominator=50))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.from_type(Question))
def test_every_question_survives(question: Question):
    stored = json.loads(json.dumps(compiled._dumped(question)))

    again = compiled._loader(Question)(stored)

    assert again == question
    assert repr(again) == repr(question)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.from_type(Course))
def test_every_course_survives(course: Course):
    again = compiled.load(compiled.dump(course))

    assert again == course
    assert repr(again) == repr(course)


def test_the_sample_course_survives(tmp_path: Path):
    course = read(tmp_path).course

    assert course is not None
    again = compiled.load(compiled.dump(course))
    assert again == course
    assert compiled.dump(again) == compiled.dump(course)


def test_an_edition_of_six_modules_loads_within_ten_milliseconds(tmp_path: Path):
    course = read(tmp_path, dict(FILES)).course
    assert course is not None
    text = compiled.dump(dataclasses.replace(course, modules=course.modules * 3))
    compiled.load(text)

    took = []
    for _ in range(5):
        began = time.process_time()
        compiled.load(text)
        took.append(time.process_time() - began)

    assert min(took) < 0.050


def test_an_edition_of_another_format_is_refused():
    with pytest.raises(ValueError, match="format 2"):
        compiled.load('{"format": 2, "course": {}}')


def test_what_says_nothing_new_is_left_out(tmp_path: Path):
    course = read(tmp_path).course

    assert course is not None
    stored = json.loads(compiled.dump(course))["course"]
    assert stored["reviewed_on"] == date(2026, 11, 1).isoformat()
    assert "minimum_minutes" not in stored
