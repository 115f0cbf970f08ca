"""One mistake gives one message, at the place where the author must type."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_course import CARET, FILES, PNG, read, shown, spoiled

from app.content import rules

C, M2, X = "course.md", "02-confidentiality.md", "exam.md"
Edit = tuple[str, str, str]  # file, old, new with a caret where the message is expected


def told() -> list[tuple[str, tuple[Edit, ...]]]:
    """Read mistakes.txt."""
    _, *mistakes = (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8").split("\n\n")
    return [_mistake(text.strip("\n").split("\n")) for text in mistakes if not text.startswith("Each begins")]


def _mistake(lines: list[str]) -> tuple[str, tuple[Edit, ...]]:
    rule, *rest = lines
    starts = [index for index, line in enumerate(rest) if line.startswith("@ ")]
    parts = [rest[start:end] for start, end in zip(starts, [*starts[1:], len(rest)], strict=True)]
    return rule, tuple((part[0][2:], _behind("-", part), _behind("+", part)) for part in parts)


def _behind(sign: str, lines: list[str]) -> str:
    return "\n".join(line[2:] for line in lines if line[:1] == sign)


MISTAKES = told()


@pytest.mark.parametrize(("rule", "edits"), MISTAKES, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(MISTAKES)])
def test_one_mistake_gives_one_message_at_its_place(tmp_path: Path, rule: str, edits: tuple[Edit, ...]):
    files, place = spoiled(*edits)

    found = shown(read(tmp_path, files))

    assert found == [f"{place} {rule}"]


@pytest.mark.parametrize(("rule", "edits"), MISTAKES, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(MISTAKES)])
def test_each_message_is_a_sentence_and_says_what_to_do(tmp_path: Path, rule: str, edits: tuple[Edit, ...]):
    (problem,) = read(tmp_path, spoiled(*edits)[0]).problems

    assert problem.message[0].isupper() or problem.message[0] in "“0123456789/" or problem.message.startswith("media/")
    assert problem.message.endswith((".", "?"))
    assert problem.remedy, rule


def test_the_sample_course_gives_no_problem(tmp_path: Path):
    reading = read(tmp_path)

    assert shown(reading) == []
    assert reading.course is not None


def test_every_caret_marks_a_place():
    assert all(any(CARET in new for _, _, new in edits) for _, edits in MISTAKES)


ELSEWHERE: list[tuple[str, dict[str, str | bytes | None], str]] = [
    ("missing-file", {X: None}, "exam.md:1:1 missing-file"),
    ("missing-media", {"media/photo.png": None}, "media/photo.png:1:1 missing-media"),
    ("bad-picture", {"media/photo.png": b"GIF89a" + bytes(9)}, "media/photo.png:1:1 bad-picture"),
    ("bad-picture", {"media/photo.png": "no picture"}, "media/photo.png:1:1 bad-picture"),
    ("bad-picture", {"media/photo.png": PNG[:20]}, "media/photo.png:1:1 bad-picture"),
    ("bad-picture", {"media/photo.png": PNG + bytes(10 * 1024 * 1024)}, "media/photo.png:1:1 bad-picture"),
    ("bad-picture", {"media/photo.png": PNG[:16] + b"\0\1\0\0" * 2 + PNG[24:]}, "media/photo.png:1:1 bad-picture"),
    ("missing-captions", {"media/talk.vtt": ""}, "media/talk.vtt:1:1 missing-captions"),
    ("missing-captions", {"media/talk.vtt": "WEBVTT\n\nNOTE nothing\n"}, "media/talk.vtt:4:1 missing-captions"),
    ("not-utf8", {"media/talk.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xe9"}, "media/talk.vtt:4:1 not-utf8"),
    ("missing-captions", {"media/talk.vtt": None}, "media/talk.vtt:1:1 missing-captions"),
    ("missing-transcript", {"media/talk.md": None}, "media/talk.md:1:1 missing-transcript"),
    ("missing-transcript", {"media/voice.md": None}, "media/voice.md:1:1 missing-transcript"),
    ("unknown-file", {"notes.txt": "x"}, "notes.txt:1:1 unknown-file"),
    ("unknown-file", {"old/01-a.md": "x", "old/02-b.md": "x"}, "old:1:1 unknown-file"),
    ("unknown-file", {"media/a.exe": "x"}, "media/a.exe:1:1 unknown-file"),
    ("unknown-file", {"media/talk.mp3": "x"}, "media/talk.mp4:1:1 unknown-file"),
    ("duplicate-module-number", {"02-more.md": "Text."}, "02-more.md:1:1 duplicate-module-number"),
    (
        "duplicate-module-number",
        {"03-confidentiality.md": "Text."},
        "03-confidentiality.md:1:1 duplicate-module-number",
    ),
    ("empty-module", {"03-empty.md": "# Title\n"}, "03-empty.md:1:1 empty-module"),
    ("empty-module", {"03-empty.md": ""}, "03-empty.md:1:1 empty-module"),
    ("not-utf8", {"03-b.md": b"Text.\nab\xffc"}, "03-b.md:2:3 not-utf8"),
    ("too-long", {"03-b.md": f"Text.\n\n{'a' * 20_001}"}, "03-b.md:3:20001 too-long"),
    ("too-long", {"03-b.md": "Text.\n\n" + f"{'a' * 99}\n" * 700}, "03-b.md:609:100 too-long"),
    ("too-long", {"03-b.md": "Text.\n" * 200_000}, "03-b.md:1:1 too-long"),
    ("settings-unclosed", {"03-b.md": "\n\n---\ntitle: x\n\nText"}, "03-b.md:1:1 settings-unclosed"),
    ("missing-setting", {"course.md": "Text only."}, "course.md:1:1 missing-setting"),
    ("missing-setting", {"course.md": "---\n---\nText."}, "course.md:2:1 missing-setting"),
    ("settings-unclosed", {"course.md": "---\ntitle: x\n"}, "course.md:1:1 settings-unclosed"),
    ("too-few-questions", {X: "## Reflection: you\n\n____\n\n", C: None}, "exam.md:1:1 too-few-questions"),
]


@pytest.mark.parametrize(("rule", "changes", "expected"), ELSEWHERE)
def test_what_is_missing_or_too_much_is_reported_as_that_file(tmp_path: Path, rule: str, changes, expected: str):
    files = {name: text for name, text in (FILES | changes).items() if text is not None}

    found = shown(read(tmp_path, files))

    assert expected in found
    assert [each for each in found if each.endswith(f" {rule}")] == [expected]
    unrelated = [each for each in found if each != expected and "objective-untested" not in each]
    assert unrelated == [] or C in changes or changes.get(C, "") is None


def test_every_rule_is_seeded_somewhere():
    seeded = {rule for rule, _ in MISTAKES} | {rule for rule, _, _ in ELSEWHERE}

    assert seeded | {"duplicate-code"} == set(rules.by_name())
