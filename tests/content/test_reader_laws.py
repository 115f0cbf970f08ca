"""Laws of the reader: it never raises, it reads every file, and every place it names is in the file."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_course import FILES, TODAY, read, shown, spoiled, write

from app.content import reader

TEXTS = [name for name in FILES if name.endswith(".md")]
ODD = [
    "---",
    ":::",
    "::: check",
    "::: scenario",
    "## Pool: x (draw 9)",
    "### Case: y",
    "- (x) a",
    "-( ) b",
    "- [ ] c",
    "- a -> b",
    "1. x",
    "____",
    "Answer:",
    "Rationale:",
    "Waive: x",
    "> quote",
    "  > feedback",
    "```",
    "<!--",
    "-->",
    "![](x)",
    "@[video](media/talk.mp4)",
    "[@nasw-code]",
    "[^1]",
    "___(a)___",
    "\t- deep",
    "# A",
    "#### B",
    "\\Hint: x",
    "| a |",
    "|---|",
    "&amp; \u2028 \x0c \ufeff",
    "title: [",
    "  - x: {",
    "'",
    '"',
    "[x](",
    "💥",
    "\r",
]


def places_are_inside(folder: Path, problems) -> bool:
    for problem in problems:
        path = folder / problem.path.removeprefix("c/")
        raw = path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else ""
        lines = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not 1 <= problem.line <= len(lines) or not 1 <= problem.column <= len(lines[problem.line - 1]) + 1:
            return False
    return True


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(TEXTS),
    st.binary(max_size=60) | st.lists(st.sampled_from(ODD) | st.text(max_size=12)).map("\n".join),
)
def test_any_bytes_are_a_course_or_a_list_of_problems(name: str, content: bytes | str):
    with tempfile.TemporaryDirectory() as folder:
        files = {**FILES, name: content if isinstance(content, bytes) else content.encode("utf-8", "replace")}

        reading = read(Path(folder), files)

        assert places_are_inside(Path(folder), reading.problems)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 50_000,
        "---\na: " + "[" * 200_000 + "\n---\n",
        "---\n" + "- " * 50_000 + "\n---\n",
        "> " * 20_000,
        "*a " * 20_000,
        "[" * 20_000,
        "![" * 20_000,
        "<!--" * 20_000,
        "`" * 20_000 + " `` ",
        "_" * 30_000,
        "<a " * 20_000,
        "[@" * 20_000,
        "___(" * 20_000,
        "::: note\n" * 3_000,
        "| a " * 5_000 + "\n" + "|---" * 5_000,
        "- (x) a\n" * 3_000,
        "## Q\n" * 3_000,
        "[^1]: " * 10_000,
        "::: note" + " " * 19_000 + "x",
        "::: check" + "\t:" * 9_000 + "x",
        "# a" + " " * 19_000 + "b",
        "- a" + " " * 19_000 + "b",
        "- a -> b" + " " * 19_000 + "c",
        "- " + " " * 19_000 + "a",
        "## Pool: a" + " (" * 9_000,
        "---\na" + " " * 19_000 + "b\n---\n",
    ],
    ids=range(26),
)
@pytest.mark.parametrize("name", ["02-confidentiality.md", "exam.md"])
def test_a_hostile_text_is_read_in_reasonable_time(tmp_path: Path, name: str, content: str):
    began = time.process_time()

    read(tmp_path, {**FILES, name: content})

    assert time.process_time() - began < 15  # seconds of this process: what is slow here is slow for good


def test_every_file_is_read_even_when_one_is_bad(tmp_path: Path):
    files, _ = spoiled(("exam.md", "- (x) Name", "- ( ) Name"), ("02-confidentiality.md", "- One", "::: note"))
    files["01-a-decision-model.md"] = b"\xff"
    files["course.md"] = str(files["course.md"]).replace("level: intermediate", "level: easy")

    rules = [each.split(" ")[1] for each in shown(read(tmp_path, files))]

    assert {"not-utf8", "bad-setting", "no-right-answer", "unclosed-box"} <= set(rules)


def test_a_folder_that_is_not_there_lacks_everything(tmp_path: Path):
    reading = reader.read(tmp_path / "nowhere", today=TODAY, label="c")

    assert shown(reading) == ["01-….md:1:1 missing-file", "course.md:1:1 missing-file"]


def test_a_symbolic_link_is_not_followed(tmp_path: Path):
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nText")
    folder = write(tmp_path / "c", dict(FILES))
    (folder / "03-secret.md").symlink_to(secret)
    (folder / "media" / "photo.png").unlink()
    (folder / "media" / "photo.png").symlink_to(secret)

    reading = reader.read(folder, today=TODAY, label="c")

    assert "03-secret.md:1:1 unknown-file" in shown(reading)
    assert reading.course is None


def test_a_file_that_is_no_file_is_never_opened(tmp_path: Path):
    folder = write(tmp_path, dict(FILES))
    os.mkfifo(folder / "03-pipe.md")

    assert shown(reader.read(folder, today=TODAY, label="c")) == ["03-pipe.md:1:1 unknown-file"]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path):
    files = {
        name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
        for name, text in FILES.items()
        if name.endswith(".md")
    }

    plain = read(tmp_path / "a").course
    windows = read(tmp_path / "b", {**FILES, **files}).course

    assert plain == windows


def test_the_hash_names_what_a_course_holds_and_not_where_it_lies(tmp_path: Path):
    first, second = write(tmp_path / "a", dict(FILES)), write(tmp_path / "b", dict(FILES))
    same = reader.content_hash(first)

    assert same == reader.content_hash(second)
    (second / "media" / "photo.png").write_bytes(b"another")
    assert same != reader.content_hash(second)
    (first / ".DS_Store").write_bytes(b"x")
    assert same == reader.content_hash(first)


def test_two_courses_may_not_share_a_code(tmp_path: Path):
    first = reader.read(write(tmp_path / "a", dict(FILES)), today=TODAY)
    second = reader.read(write(tmp_path / "b", dict(FILES)), label="b", today=TODAY, taken={first.code})

    assert first.problems == ()
    assert [str(each).split(": ")[0] for each in second.problems] == ["b/course.md:2:7"]
    assert second.problems[0].rule == "duplicate-code"
    assert second.course is None
