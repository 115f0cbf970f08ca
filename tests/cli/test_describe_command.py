"""`continua describe` prints what a course holds, for a person and for a program, and in the same figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from content.sample_course import FILES, write
from typer.testing import CliRunner

from app.cli.commands import app as continua
from app.cli.describe import NothingToDescribe
from app.cli.publish import NoFolder
from app.kit.templates import ROOT

SHIPPED = str(ROOT / "courses" / "social-media-and-confidentiality")


def run(*words: str) -> str:
    return CliRunner().invoke(continua, ["describe", *words], catch_exceptions=False).stdout


def plain(*folders: str) -> list[dict[str, Any]]:
    return json.loads(run(*folders, "--format", "json"))["courses"]


@pytest.fixture
def sample(tmp_path: Path) -> str:
    return str(write(tmp_path / "c", dict(FILES)))


def test_a_course_is_described_line_by_line(sample: str) -> None:
    said = run(sample)
    for line in (
        "The Ethics of Technology: “Who is watching?” (ethics-of-technology)",
        "Contact hours   Clock hours",
        "Computed        60 minutes by the clock ÷ 60   1 hour",
        "Claimed         0.5 ethics + 0.5 general       1 hour",
        "Scenarios      “A call at night”: 3 steps, 1 ending",
        "Module 1       feedback on each of 2 options",
        "Exam           14 questions, 13 graded; 12 asked of a learner",
        "Pools          “Telehealth”: 3 questions, 2 asked",
        "Right answers  of 5 with one right answer, as written: 1st 5, 2nd 0",
        "               shuffled for each learner in 5 of 5",
        "               the longest option in 0 of 5 (0%)",
        "Options        no feedback on 10 of 15 options:",
        "                 line 22: Which of these identify a client? (3 options)",
        "Objective 1    Apply a decision model to a dilemma: six steps",
        "  taught in    1. A decision model",
        "  checked by   no knowledge check that names it",
        "  tested by    1 question of the exam, 1 asked of a learner:",
        "               What is the first step?",
        "Loose ends     The exam question “Put the steps in order” names no objective.",
        "Ethics areas    15%  A  History and evolution of values and ethics",
        "                 5%  H  Diversity and social justice",
    ):
        assert line in said.splitlines()


def test_figures_stand_under_figures(sample: str) -> None:
    head, first, second, whole = (
        line for line in run(sample).splitlines() if line.startswith(("Modules", "1.", "2.", "In all"))
    )
    assert len({len(line) for line in (head, first, second, whole)}) == 1
    assert head.split() == [
        "Modules",
        "Words",
        "Grade",
        "Ease",
        "Checks",
        "Questions",
        "Scenarios",
        "Reflections",
        "Pictures",
    ]
    assert whole.split()[-5:] == ["1", "1", "1", "0", "2"]


def test_the_first_course_of_the_house_has_a_figure_for_everything() -> None:
    (course,) = plain(SHIPPED)
    said = run(SHIPPED)
    assert f"{course['words']:,} words ÷ 10,000 words an hour" in said
    assert course["words"] == sum(module["words"] for module in course["modules"]) == course["credit"]["words"]
    assert f"{course['reading']['grade']}" in said
    assert course["exam"]["right_answers"]["questions"] == sum(course["exam"]["right_answers"]["places"]) == 11
    assert course["exam"]["feedback"] == {"options": 57, "without": 0, "questions": []}
    assert [len(row["tested"]) for row in course["objectives"]] == [3, 3, 3, 3, 2]
    assert course["objectives"][0]["taught"][0]["slug"] == "before-you-post"
    assert sum(area["percent"] for area in course["ethics_areas"]) == 100
    assert "Pools          none: every learner is asked every question" in said


def test_several_courses_are_described_one_after_the_other(sample: str) -> None:
    assert [course["code"] for course in plain(SHIPPED, sample)] == [
        "social-media-and-confidentiality",
        "ethics-of-technology",
    ]
    assert run(SHIPPED, sample) == f"{run(SHIPPED)}\n\n{run(sample)}"


def test_a_course_without_exam_objectives_in_checks_and_english_is_described_too(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "exam.md"}
    files["course.md"] = (
        files["course.md"].replace("format: reading", "format: in-person").replace("language: en", "language: es")
    )
    files["01-a-decision-model.md"] = files["01-a-decision-model.md"].replace(
        "### May Dana accept?\n", "### May Dana accept?\nObjective: 1\n\n"
    )
    said = run(str(write(tmp_path / "c", files))).splitlines()
    assert "There is no exam." in said
    assert "No grade and no ease: the formulas are for English, and this course is in “es”." in said
    assert "  checked by   May Dana accept?" in said
    assert "  tested by    –" in said
    assert plain(str(tmp_path / "c"))[0]["exam"] is None


def test_a_question_that_is_drawn_says_from_where(tmp_path: Path) -> None:
    files = dict(FILES)
    files["exam.md"] = files["exam.md"].replace(
        "### The client moves to another state\n", "### The client moves to another state\n\nObjective: 2\n"
    )
    said = run(str(write(tmp_path / "c", files)))
    assert "               The client moves to another state (drawn from “Telehealth”)\n" in said
    assert "  tested by    2 questions of the exam, 1 to 2 asked of a learner:" in said


def test_a_folder_that_is_none_or_holds_no_course_yet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoFolder):
        run(str(tmp_path / "nowhere"))
    with pytest.raises(NothingToDescribe, match=r"has 2 errors, so it is no course yet\. .*\./run check"):
        run(str(tmp_path))


def test_what_an_author_wrote_steers_no_terminal(tmp_path: Path) -> None:
    files = dict(FILES)
    files["course.md"] = files["course.md"].replace("A sample", "A").replace("Who is watching?", "\x1b[31mred")
    assert "\x1b" not in run(str(write(tmp_path / "c", files)))
