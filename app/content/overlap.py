"""Words that a course shares with a text it must not copy from: every run of so many in a row, and where it stands.

Compared is what is said: capitals, punctuation, line ends and the marks of Markdown make no difference, and neither do
the citations, footnote marks and addresses between two words. A hyphen joins letters, also at the end of a line, where
a source that was copied out of a PDF has many. The list of references is left out: a title is written as it is printed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from app.content import folder
from app.content.findings import Line
from app.content.folder import COURSE, Source

RUN = 8  # words in a row; fewer are shared by accident, in a phrase or a name
MOST_PLACES = 50  # of a source that are compared: what stands there oftener is found all the same, at one of these

_REFERENCES = re.compile(r"references[ \t]*:")
_UNSAID = re.compile(
    r"\[@[^\]]*\]"  # a citation
    r"|\[\^[^\]]*\]:?"  # the mark of a footnote
    r"|(?<=\])\([^)\s]*|^ {0,3}\[[^\]]+\]:[ \t]+\S+"  # where a link leads
    r"|<?https?://[^\s<>]+>?"
    r"|</?[A-Za-z][^<>]*>"  # a tag
    r"|^[ \t>]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?:[(\[][ xX✓]?[)\]])?"  # an item of a list, an option
    r"|^[ \t]*:::[ \t]*\w*"  # a box
)
_JOINED = re.compile(r"[*`~\\]|(?<![^\W_])_+|_+(?![^\W_])")  # emphasis and escapes
_HYPHEN = r"(?<=[^\W\d_])[-‐‑\u00ad](?:[ \t]*\n[ \t>]*)?(?=[^\W\d_])"
_WORD = re.compile(rf"[^\W_]+(?:(?:['’_]|{_HYPHEN})[^\W_]+)*")
_WITHIN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as a row of words: as they are compared, as they stand there, and on which line."""

    name: str
    words: tuple[str, ...] = field(repr=False)
    written: tuple[str, ...] = field(repr=False)
    lines: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in a row that stand in two texts."""

    text: str
    line: int
    words: str  # as they are written in the course
    count: int
    source: str
    source_line: int


def of_course(root: Path) -> list[Source]:
    """Give every text of a course folder: course.md, modules, exam, evaluation, and those among the media."""
    held = folder.look_into(root)
    return [folder.source(held, name) for name in sorted(held.names) if name.endswith(".md")]


def of_source(source: Source) -> Text:
    """Read a text of a course, without the notes its author left for herself."""
    lines = list(source.body())
    return read(source.name, _without_references(lines) if source.name == COURSE else lines)


def of_plain(name: str, content: str) -> Text:
    """Read any text."""
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    return read(name, [Line(number, 1, line) for number, line in enumerate(text.split("\n"), 1)])


def _without_references(lines: Sequence[Line]) -> list[Line]:
    """Blank out the list of references among the settings: from its name to the next setting."""
    kept, inside = [], False
    for line in lines:
        at_the_margin = line.text[:1].strip() != ""
        inside = bool(_REFERENCES.match(line.text)) or (inside and not at_the_margin)
        kept.append(Line(line.number, 1, "") if inside else line)
    return kept


def read(name: str, lines: Sequence[Line]) -> Text:
    """Part lines into words, each with the line that it begins on."""
    said = [_JOINED.sub("", _UNSAID.sub(" ", normalize("NFKC", line.text))) for line in lines]
    begins, text = [0], "\n".join(said)
    for line in said:
        begins.append(begins[-1] + len(line) + 1)
    found = list(_WORD.finditer(text))
    return Text(
        name=name,
        words=tuple(_WITHIN.sub("", match.group()).casefold() for match in found),
        written=tuple(" ".join(match.group().split()) for match in found),
        lines=tuple(lines[bisect_right(begins, match.start()) - 1].number for match in found),
    )


def shared(texts: Sequence[Text], sources: Sequence[Text], *, run: int = RUN) -> Iterator[Run]:
    """Name every run of so many words or more that a text shares with a source, in the order of the texts."""
    places = [_places(source, run) for source in sources]
    for text in texts:
        found = [
            _told(text, start, count, source, at)
            for source, index in zip(sources, places, strict=True)
            for start, count, at in _runs(text, source, index, run)
        ]
        yield from sorted(found, key=lambda one: (one.line, one.source))


def _places(source: Text, run: int) -> dict[tuple[str, ...], list[int]]:
    """Say where in a source each row of so many words begins."""
    index: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(source.words) - run + 1):
        index.setdefault(source.words[at : at + run], []).append(at)
    return index


def _runs(
    text: Text, source: Text, index: Mapping[tuple[str, ...], Sequence[int]], run: int
) -> Iterator[tuple[int, int, int]]:
    """Give where each run begins in the text, how long it is, and where it begins in the source.

    Of the places that a source has the same words at, the one is told that shares the most of them.
    """
    here = 0
    while here <= len(text.words) - run:
        places = index.get(text.words[here : here + run], ())[:MOST_PLACES]
        if not places:
            here += 1
            continue
        tried = ((*_whole(text.words, source.words, here, at), at) for at in places)
        before, after, at = max(tried, key=lambda one: (one[1], one[0], -one[2]))
        yield here - before, before + after, at - before
        here += after - run + 1  # what comes next begins within this run at the earliest, and ends behind it


def _whole(ours: Sequence[str], theirs: Sequence[str], here: int, there: int) -> tuple[int, int]:
    """Say how many words are the same before two places, and how many from there on."""
    before = after = 0
    while before < min(here, there) and ours[here - before - 1] == theirs[there - before - 1]:
        before += 1
    most = min(len(ours) - here, len(theirs) - there)
    while after < most and ours[here + after] == theirs[there + after]:
        after += 1
    return before, after


def _told(text: Text, start: int, count: int, source: Text, at: int) -> Run:
    return Run(
        text=text.name,
        line=text.lines[start],
        words=" ".join(text.written[start : start + count]),
        count=count,
        source=source.name,
        source_line=source.lines[at],
    )
