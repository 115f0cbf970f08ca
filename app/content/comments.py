"""Notes to oneself: an HTML comment is not shown, not counted and not reported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.content.findings import Line

_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<rest>.*)")
_OPENS = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|(?P<comment><!--)")
_OPEN, _CLOSE = "<!--", "-->"


def fenced(lines: Sequence[Line]) -> set[int]:
    """Give the indexes of the lines that stand in a fenced block of code, fences included."""
    inside: set[int] = set()
    marks = ""
    for index, line in enumerate(lines):
        fence = _FENCE.match(line.text)
        if marks:
            inside.add(index)
            if fence and fence["marks"].startswith(marks) and not fence["rest"].strip():
                marks = ""
        elif fence and not (fence["marks"][0] == "`" and "`" in fence["rest"]):
            inside.add(index)
            marks = fence["marks"]
    return inside


def without_comments(lines: list[Line]) -> list[Line]:
    """Blank the comments out and leave every other character at its place."""
    if not any(_OPEN in line.text for line in lines):
        return lines
    code = fenced(lines)
    last_close = max((index for index, line in enumerate(lines) if _CLOSE in line.text), default=-1)
    return list(_blanked(lines, code, last_close))


def _blanked(lines: list[Line], code: set[int], last_close: int) -> Iterator[Line]:
    inside = False
    for index, line in enumerate(lines):
        if index in code and not inside:
            yield line
            continue
        text, inside = _blank(line.text, inside=inside, closes=index < last_close)
        yield _from_first_word(line, text) if text != line.text else line


def _blank(text: str, *, inside: bool, closes: bool) -> tuple[str, bool]:
    """Blank one line; `closes` says whether a comment left open here is closed on a later line."""
    kept, position = "", 0
    while position < len(text):
        if inside:
            end = text.find(_CLOSE, position)
            if end == -1:
                return kept + " " * (len(text) - position), True
            kept, position, inside = kept + " " * (end + 3 - position), end + 3, False
        match = _next_comment(text, position)
        if match is None or (_CLOSE not in text[match + 4 :] and not closes):
            return kept + text[position:], False
        kept, position, inside = kept + text[position:match], match, True
    return kept, inside


def _next_comment(text: str, position: int) -> int | None:
    for match in _OPENS.finditer(text, position):
        if match["comment"]:
            return match.start()
    return None


def _from_first_word(line: Line, text: str) -> Line:
    """Begin a line after the comment it began with, so that blanks are not taken for an indentation."""
    if line.text[: len(line.text) - len(line.text.lstrip())] == text[: len(text) - len(text.lstrip())]:
        return Line(line.number, line.column, text.rstrip())
    return Line(line.number, line.column + len(text) - len(text.lstrip()), text.strip())
