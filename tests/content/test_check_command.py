"""`continua check` prints what the browser shows, and tells by its exit status whether to go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_course import FILES, TODAY, spoiled, write

from app.cli.check import MANY, check


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*paths: str, form: str = "text") -> tuple[int, str, str]:
    out: list[str] = []
    err: list[str] = []
    status = check(paths, format=form, today=TODAY, write=out.append, complain=err.append)
    return status, "".join(out), "".join(err)


def test_a_course_without_problems_is_passed_in_silence(here: Path):
    write(here / "good", dict(FILES))

    assert run("good") == (0, "", "")


def test_an_error_is_one_line_under_the_path_as_typed(here: Path):
    files, _ = spoiled(("exam.md", "- (x) Name", "- ( ) Name"))
    write(here / "courses" / "bad", files)

    status, out, _ = run("courses/bad/")

    assert status == 1
    assert out == (
        "courses/bad/exam.md:16:3: error no-right-answer: “What is the first step?” has no right answer. "
        "Put an x in its brackets: - (x) …"
    )


def test_a_warning_alone_passes(here: Path):
    write(here / "c", {**FILES, "notes.txt": "x"})

    status, out, _ = run("c")

    assert (status, out.count("\n")) == (0, 0)
    assert out.startswith("c/notes.txt:1:1: warning unknown-file: ")


def test_a_folder_that_is_not_there_could_not_be_checked(here: Path):
    status, out, err = run("nowhere")

    assert (status, out) == (2, "")
    assert "nowhere" in err


def test_an_unknown_format_or_no_folder_could_not_be_run(here: Path):
    write(here / "c", dict(FILES))

    assert run("c", form="xml")[0] == 2
    assert run()[0] == 2


def test_json_holds_problems_and_courses(here: Path):
    files, _ = spoiled(
        ("exam.md", "- (x) Name", "- ( ) Name"), ("course.md", "code: ethics-of-technology ", "code: other ")
    )
    write(here / "a", dict(FILES))
    write(here / "b", files)

    status, out, _ = run("b", "a", form="json")

    found = json.loads(out)
    assert status == 1
    assert list(found) == ["problems", "courses"]
    assert [list(problem) for problem in found["problems"]] == [
        ["path", "line", "column", "level", "rule", "message", "remedy"]
    ]
    assert found["courses"] == [
        {
            "code": "ethics-of-technology",
            "title": "The Ethics of Technology: “Who is watching?”",
            "modules": 2,
            "questions": 14,
            "words": found["courses"][0]["words"],
            "credit": {
                "method": "clock",
                "words": found["courses"][0]["words"],
                "questions": 12,
                "minutes": "60/1",
                "hours": "1/1",
                "claimable": "1.0",
                "claimed": {"ethics": "0.5", "general": "0.5"},
            },
        }
    ]


def test_problems_of_several_folders_are_sorted_together(here: Path):
    for name in ("b", "a"):
        write(here / name, {**FILES, "notes.txt": "x"})

    _, out, _ = run("b", "a")

    lines = out.splitlines()
    told = [line.split(": ")[1] for line in lines]
    assert told == ["error duplicate-code", "warning unknown-file", "warning unknown-file"]
    assert lines == sorted(lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_many_courses_are_told_in_the_same_words_by_several_processes(here: Path, form: str):
    spoilt, _ = spoiled(("exam.md", "- (x) Name", "- ( ) Name"))
    for number in range(MANY):
        files = spoilt if number % 5 == 0 else dict(FILES)
        code = f"code: course-{number % (MANY - 1)} "  # the last has the code of the first
        write(
            here / f"c{number:02}",
            files | {"course.md": files["course.md"].replace("code: ethics-of-technology ", code)},
        )
    paths = sorted(path.name for path in here.iterdir())

    def told(processes: int) -> tuple[int, str]:
        out: list[str] = []
        return check(paths, format=form, today=TODAY, write=out.append, processes=processes), "".join(out)

    alone, together = told(1), told(2)

    assert together == alone
    assert alone[0] == 1
    assert f"c{MANY - 1}/course.md" in alone[1]
    assert "duplicate-code" in alone[1]


def test_a_folder_of_courses_stands_for_each_of_them(here: Path):
    files, _ = spoiled(("exam.md", "- (x) Name", "- ( ) Name"))
    write(here / "courses" / "a", dict(FILES))
    write(here / "courses" / "b", files)
    (here / "courses" / "notes").mkdir()

    status, out, _ = run("courses/")

    assert status == 1
    assert "courses/b/exam.md:16:3: error no-right-answer" in out
    assert "notes" not in out


def test_a_course_that_lost_its_course_file_is_not_taken_for_a_folder_of_courses(here: Path):
    write(here / "c", {name: text for name, text in FILES.items() if name != "course.md"})
    write(here / "c" / "inner", dict(FILES))

    status, out, _ = run("c")

    assert status == 1
    assert "c/course.md:1:1: error missing-file" in out
