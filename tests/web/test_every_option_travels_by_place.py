"""An option travels under its place on her paper: the author's own order is nowhere to be read."""

from __future__ import annotations

import steps
from fastapi.testclient import TestClient
from forms import read

pytest_plugins = ["visitors"]


def test_no_page_of_the_exam_holds_the_numbers_of_its_author(hers: TestClient) -> None:
    exam = steps.start_exam(hers)
    fields = read(exam).forms[0].offered
    values = [value for name, offered in fields.items() if name.startswith("q.question-") for value in offered]
    assert values
    assert all(value.startswith("p") for value in values)


def test_what_was_chosen_by_place_is_the_option_that_was_meant(hers: TestClient) -> None:
    result = steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), steps.RIGHT))
    assert "100%" in result.text
