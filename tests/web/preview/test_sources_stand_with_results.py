"""Where an author says what a question rests on, its result says so too, by the name readers know."""

from __future__ import annotations

from on_view import Viewer

pytest_plugins = ["viewers"]

SOURCE = "Source: National Association of Social Workers, 2021, 1.02"


def test_a_result_names_the_source_of_its_question(every: Viewer) -> None:
    assert SOURCE in every.see("/attempts/1/result")


def test_an_exam_that_is_still_to_be_answered_does_not(every: Viewer) -> None:
    assert "Source:" not in every.see("/attempts/1")
