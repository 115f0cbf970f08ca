"""A handout is read as its author typed it: boxes to tick, blanks to fill in, and what must be mended first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sample_course import FILES, TODAY, write

from app.content import handouts
from app.content.findings import Line
from app.content.handout import BLANK, BOX, TICKED, Handout
from app.content.handouts import NotAHandout
from app.kit.templates import ROOT

TITLE = "# My decision log\n\n"


def marked(text: str) -> str:
    return "\n".join(line.text for line in handouts.marked([Line(1, 1, line) for line in text.split("\n")]))


def read(folder: Path, text: str, name: str = "log.md") -> Handout:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return handouts.read(path, today=TODAY).handout


@pytest.mark.parametrize("item", ["- [ ] Call", "* [ ] Call", "1. [ ] Call", "  - [] Call", "> - [ ] Call", "☐ Call"])
def test_a_box_is_typed_in_brackets(item: str) -> None:
    assert BOX in marked(item)
    assert len(marked(item)) == len(item), "what stands behind it is found at the same column"


@pytest.mark.parametrize("item", ["- [x] Done", "- [X] Done", "- [✓] Done", "☑ Done", "☒ Done"])
def test_a_box_may_be_ticked_already(item: str) -> None:
    assert TICKED in marked(item)


def test_boxes_may_stand_in_a_line_and_in_a_table() -> None:
    assert marked("Safe? [ ] Yes [ ] No").count(BOX) == 2
    assert marked("| Safe | [ ] | [x] |").count(BOX) == 1


@pytest.mark.parametrize("text", ["[x](https://x.example)", "[x]: https://x.example", "an [] array", "[1]", "`a`"])
def test_other_brackets_are_no_boxes(text: str) -> None:
    assert marked(text) == text


@pytest.mark.parametrize("text", ["Name: ______", "Name____", "___", "a ___ b", "| ____ |", "______"])
def test_a_blank_is_a_row_of_underscores(text: str) -> None:
    assert BLANK * 3 in marked(text)
    assert len(marked(text)) == len(text)


@pytest.mark.parametrize("text", ["___both___", "__strong__", "a_name", "_softly_"])
def test_emphasis_is_no_blank(text: str) -> None:
    assert marked(text) == text


def test_code_is_left_as_it_is() -> None:
    code = "```\n- [ ] ____\n```"
    assert marked(code) == code


def test_our_letters_cannot_be_typed() -> None:
    assert BOX not in marked(f"a {BOX} b")


def test_a_handout_that_lies_alone_has_a_title_and_no_course(tmp_path: Path) -> None:
    found = read(tmp_path, "\n# My **decision** log #\n\n## When\n\n- [ ] Call\n\nName: ____\n")
    assert (found.title, found.course, found.language) == ("My decision log", "", "en")
    assert "<h2>When</h2>" in found.html
    assert f"<li>{BOX}" in found.html
    assert f"<p>Name: {BLANK * 4}</p>" in found.html


def test_a_handout_of_a_course_knows_its_course_and_cites_its_references(tmp_path: Path) -> None:
    write(tmp_path, dict(FILES))
    text = f"{TITLE}As asked [@nasw-code, 1.07(c)]. See [the module](02-confidentiality.md).\n"
    found = read(tmp_path, text, "media/log.md")
    assert found.course == "The Ethics of Technology: “Who is watching?”"
    assert "(National Association of Social Workers, 2021, 1.07(c))" in found.html


def test_a_course_that_is_not_finished_has_handouts_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"course.md": "---\ntitle: Half a course\nlanguage: es\n---\n"})
    found = read(tmp_path, f"{TITLE}Text\n", "media/log.md")
    assert (found.course, found.language) == ("Half a course", "es")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("No title\n", "log.md has no title. Begin it with a line like: # My decision log"),
        ("", "has no title"),
        ("#\n\nText", "has no title"),
        (f"{TITLE}[x](nowhere.md)", "log.md:3:5: error bad-link"),
        (f"{TITLE}::: note\nText", "log.md:3:1: error unclosed-box"),
        (f"{TITLE}::: check\n### What?\n:::", "error unknown-box"),
    ],
)
def test_what_must_be_mended_is_said_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(NotAHandout) as refused:
        read(tmp_path, text)
    assert complaint in refused.value.message
    assert refused.value.message.startswith(str(tmp_path / "log.md"))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.md").write_bytes(b"# T\xff")
    for name, rule in (("log.md", "not-utf8"), ("gone.md", "cannot be opened")):
        with pytest.raises(NotAHandout) as refused:
            handouts.read(tmp_path / name, today=TODAY)
        assert rule in refused.value.message
        assert str(tmp_path / name) in refused.value.message


def test_a_warning_is_given_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.md").write_text(f"{TITLE}A <b>tag</b>\n", encoding="utf-8")
    reading = handouts.read(tmp_path / "log.md", today=TODAY)
    assert [(one.rule, one.line, one.path) for one in reading.warnings] == [("raw-html", 3, str(tmp_path / "log.md"))]


def test_what_describes_a_picture_or_a_recording_is_known_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, dict(FILES))
    (tmp_path / "media" / "log.md").write_text(TITLE, encoding="utf-8")
    (tmp_path / "media" / "log.pdf").write_bytes(b"%PDF-")
    told = {name: handouts.described(tmp_path / "media" / f"{name}.md") for name in ("consent", "talk", "voice", "log")}
    assert {name: medium.name if medium else "" for name, medium in told.items()} == {
        "consent": "consent.svg",
        "talk": "talk.mp4",
        "voice": "voice.mp3",
        "log": "",
    }


def test_the_example_of_the_guide_is_a_handout(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```\n(# My decision log\n.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    found = read(tmp_path, example)
    assert (found.html.count(BOX), found.html.count(TICKED)) == (4, 1)
    assert "<td></td>" in found.html


def test_a_handout_comes_back_from_its_json_as_it_was(tmp_path: Path) -> None:
    found = read(tmp_path, f"{TITLE}- [ ] “Call” ____\n")
    assert Handout.from_json(found.to_json()) == found
