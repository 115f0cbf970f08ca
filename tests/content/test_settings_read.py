"""Settings are plain text wherever an author writes text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_course import FILES, read, shown

from app.content import plain_values
from app.content import settings as front_matter
from app.content.course import Course, HourType
from app.content.findings import Findings

TITLE = "title: The Ethics of Technology: “Who is watching?”"


def course(tmp_path: Path, old: str, new: str) -> Course:
    assert old in FILES["course.md"]
    reading = read(tmp_path, {**FILES, "course.md": FILES["course.md"].replace(old, new)})
    assert shown(reading) == []
    assert reading.course is not None
    return reading.course


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "“x” and 'y",
        "[not a list]",
        "{neither: this}",
        "& more",
        "* star",
        "! bang",
        "% percent",
        "@ at",
        "`tick`",
        "- dash",
        "? ask",
        "yes",
        "null",
        "1.0",
        "2026-01-01",
        "# no remark",
        "a #hash",
        "| bar",
        "> gt",
        "~",
        "it's",
        '"a" and "b"',
        "…",
    ],
)
def test_everything_after_the_first_colon_is_text(tmp_path: Path, text: str):
    assert course(tmp_path, TITLE, f"title: {text}").title == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('"Quoted"', "Quoted"),
        ("'It''s'", "It's"),
        ("Text   # a remark", "Text"),
        ("One\n  two\n\n  three", "One two three"),
        ("\n  Below", "Below"),
        (">\n  Folded\n  text", "Folded text"),
        ('"Say \\"so\\""', 'Say "so"'),
    ],
)
def test_quotes_remarks_and_longer_texts_are_understood(tmp_path: Path, typed: str, text: str):
    assert course(tmp_path, TITLE, f"title: {typed}").title == text


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\"'#"), min_size=1, max_size=20))
def test_any_text_is_read_as_typed(text: str):
    lines = ["---", f"title: {text}", "---"]
    findings = Findings("x.md", lines)

    block = front_matter.split(lines, findings, texts=plain_values.PART)

    entry = block.root.entry("title")
    assert list(findings.unwaived()) == []
    assert entry is not None
    assert entry.value.text == text


def test_every_setting_of_a_course_is_read(tmp_path: Path):
    found = read(tmp_path).course

    assert found is not None
    assert found.objectives[1] == "Describe what the Code says about searching for clients"
    assert found.instructors[0].bio == "She says: “ask first”."
    assert found.credit.claimed == {HourType.ETHICS: found.credit.total / 2, HourType.GENERAL: found.credit.total / 2}
    assert sum(found.ethics_areas.values()) == 100
    assert found.exam is not None
    assert (found.exam.pass_mark, found.exam.attempts) == (80, None)


def test_blank_lines_before_and_spaces_after_the_hyphens_are_accepted(tmp_path: Path):
    text = "\n\n" + FILES["course.md"].replace("---\n", "---  \n")

    assert read(tmp_path, {**FILES, "course.md": text}).problems == ()


def test_lists_may_stand_at_the_margin(tmp_path: Path):
    text = (
        FILES["course.md"]
        .replace("  - Apply", "- Apply")
        .replace("  - Describe", "- Describe")
        .replace("  - Compare", "- Compare")
    )

    assert read(tmp_path, {**FILES, "course.md": text}).problems == ()


def test_a_misspelt_setting_names_the_nearest(tmp_path: Path):
    text = FILES["course.md"].replace("level: intermediate", "levl: intermediate")
    (problem,) = read(tmp_path, {**FILES, "course.md": text}).problems

    assert (
        str(problem) == "c/course.md:5:1: error unknown-setting: There is no setting “levl” here. Did you mean “level”?"
    )


def test_live_courses_may_do_without_an_exam(tmp_path: Path):
    files = {name: text for name, text in FILES.items() if name != "exam.md"}
    files["course.md"] = files["course.md"].replace("format: reading", "format: live-webinar")

    assert read(tmp_path, files).problems == ()


def test_the_exam_may_say_the_same_as_the_course(tmp_path: Path):
    exam = FILES["exam.md"].replace("shuffle: options", "shuffle: options\npass: 80\nattempts: unlimited")

    assert read(tmp_path, {**FILES, "exam.md": exam}).problems == ()


def said(tmp_path: Path, old: str, new: str) -> list[str]:
    assert old in FILES["course.md"]
    reading = read(tmp_path, {**FILES, "course.md": FILES["course.md"].replace(old, new)})
    return [f"{problem.message} {problem.remedy}" for problem in reading.problems]


def test_the_quotation_marks_of_a_word_processor_are_named(tmp_path: Path):
    (words,) = said(tmp_path, "level: intermediate", "level: “intermediate”")
    assert "Leave out the quotation marks. Write one of: beginning," in words


def test_whoever_claims_hours_without_a_type_is_told_the_types(tmp_path: Path):
    (words,) = said(tmp_path, "hours: {ethics: 0.5, general: 0.5}", "hours: 1")
    assert "{general: 1.0}. The types are general, clinical, ethics," in words


@pytest.mark.parametrize("mark", ["", "– ", "• "])
def test_an_item_without_its_hyphen_is_told_to_begin_with_one(tmp_path: Path, mark: str):
    second = FILES["course.md"].split("objectives:\n")[1].splitlines()[1]
    (words,) = said(tmp_path, second, second.replace("- ", mark, 1))
    assert "Begin it with a hyphen and a space: - …" in words
