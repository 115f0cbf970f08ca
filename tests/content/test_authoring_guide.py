"""The guide tells instructors what the reader does: every rule, setting and box, in examples that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sample_course import FILES, read

from app.content import boxes, course_settings, credit_settings, exam, rules, shapes
from app.content.course import Delivery, Feedback, HourType, Kind, Method, Shuffle
from app.content.folder import MEDIA_ENDINGS

GUIDE = (Path(__file__).parents[2] / "docs" / "authoring.md").read_text()


@pytest.mark.parametrize("rule", rules.by_name().values(), ids=lambda rule: rule.name)
def test_every_rule_stands_in_the_guide_in_its_own_words(rule: rules.Rule):
    errors, warnings = GUIDE.split("### Warnings, and how to waive them")

    assert f"| `{rule.name}` | {rule.about} | {rule.remedy} |" in (errors if rule.level == rules.ERROR else warnings)


def test_the_guide_has_no_rule_of_its_own():
    tables = GUIDE[GUIDE.index("### Errors") :]

    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", tables, re.MULTILINE)) == set(rules.by_name())


@pytest.mark.parametrize("kind", [*HourType, *Method])
def test_every_type_of_hour_and_method_has_its_row(kind: HourType | Method):
    assert re.search(rf"^\| `{kind}` \|", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        *course_settings.KNOWN,
        *credit_settings.KNOWN,
        *exam.KNOWN,
        *course_settings.INSTRUCTOR,
        *boxes.TITLES,
        *Delivery,
        *Feedback,
        *Shuffle,
    ],
)
def test_every_name_an_author_may_type_is_told(name: str):
    assert re.search(rf"(?:`|^\s*){name}(?:`|:|,|\s)", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("name", shapes.NAMES)
def test_every_line_of_a_question_is_told(name: str):
    assert f"{name.capitalize()}:" in GUIDE


def test_every_kind_of_medium_is_told():
    assert all(re.search(rf"\b{ending}\b", GUIDE) for ending in MEDIA_ENDINGS)


def test_the_guide_has_a_row_for_every_kind_of_question():
    table = GUIDE[GUIDE.index("| Kind | Write |") :].split("\n\n")[0]

    assert len(table.splitlines()) - 2 == len(Kind) - 1  # the scale of an evaluation is told there


def blocks() -> list[str]:
    return re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_guide_make_a_course(tmp_path: Path):
    settings = next(text for text in blocks() if "code: ethics" in text)
    settings = settings.replace("method: nasw", "method: clock\n  minutes: 60")
    found = blocks()
    activities = "\n\n".join(text for text in found if text.startswith(("::: check", "::: scenario", "::: case")))
    module = next(text for text in found if "# A decision model" in text)
    question = next(text for text in found if text.startswith("## A client you see weekly"))
    others = "".join(
        f"\n## Objective {n}\n\nObjective: {n}\n\n- (x) Same\n- ( ) Text\n\nRationale: x\n" for n in (2, 3)
    )
    files = {
        "course.md": settings,
        "01-a-decision-model.md": module.replace("[1, 2]", "[1, 2, 3]") + "\n\n" + activities,
        "exam.md": question + others,
        "evaluation.md": next(text for text in found if text.startswith("## The examples")),
    }

    reading = read(tmp_path, files)

    assert [str(problem) for problem in reading.problems] == []


def test_the_guide_spells_as_americans_do():
    british = (
        r"\b\w*(?:colour|behaviour|licence|programme\b|centre|judgement|organis|recognis|enrolment|catalogue)\w*\b"
    )

    assert re.findall(british, GUIDE) == []
    assert len(FILES) > 10
