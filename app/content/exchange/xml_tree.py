"""XML as a small tree whose tags know their lines. Documents that declare entities or types are refused.

Only the expat of the standard library is used, and nothing outside the text is ever opened: without a document type
there are no entities but the five of XML, and so neither bombs nor files or addresses that would be fetched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 30
# One that is not closed reaches to the end of the text: to look for its end once more from every later one would
# take the square of their number.
_QUESTION = re.compile(r"<question\b.*?(?:(?P<end></question\s*>)|\Z)", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([a-zA-Z][a-zA-Z0-9]{1,31};)")
_LONE = re.compile(r"&(?!#?\w{1,31};)")
_DECLARED = re.compile(r"\s*<\?xml\b[^>]*\?>")


class Broken(Exception):
    """The text is no XML from some line on."""

    def __init__(self, line: int, message: str) -> None:
        """Take the line, and what is wrong there."""
        self.line = line
        super().__init__(message)


class Declares(Exception):
    """The text declares a document type: it is not read at all."""


@dataclass(slots=True)
class Tag:
    """A tag with its attributes, its text and what it holds."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list[Tag] = field(default_factory=list)

    def all(self, name: str) -> list[Tag]:
        """Find the tags of this name that stand directly in it."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Tag | None:
        """Find the first tag of this name that stands directly in it."""
        return next((child for child in self.children if child.name == name), None)

    def words(self, *path: str) -> str:
        """Give the text at the end of a path of tags; empty where there is none."""
        tag: Tag | None = self
        for name in path:
            tag = tag.first(name) if tag else None
        return tag.text.strip() if tag else ""


def read(text: str) -> Tag:
    """Read a whole document."""
    declared = _DECLARED.match(text)
    return _Reader().read("\n" * declared.group().count("\n") + text[declared.end() :] if declared else text)


def questions(text: str) -> Iterator[tuple[int, Tag | Broken]]:
    """Read each <question> by itself, for a document that is broken somewhere."""
    for match in _QUESTION.finditer(text):
        if match["end"] is None:
            return
        line = text.count("\n", 0, match.start()) + 1
        try:
            tag = _Reader(shift=line - 1).read(_mended(match.group()))
        except Broken as broken:
            yield line, broken
        else:
            yield line, tag


def _mended(text: str) -> str:
    """Write what HTML knows and XML does not, &nbsp; and a lone &, so that XML knows it too."""
    pieces = _CDATA.split(text)
    return "".join(piece if index % 2 else _known(piece) for index, piece in enumerate(pieces))


def _known(text: str) -> str:
    named = _NAMED.sub(lambda m: html.escape(html.unescape(m.group()), quote=False), text)
    return _LONE.sub("&amp;", named)


class _Reader:
    def __init__(self, shift: int = 0) -> None:
        self._shift = shift
        self._open: list[Tag] = []
        self._root: Tag | None = None
        self._expat = expat.ParserCreate("utf-8")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._starts
        self._expat.EndElementHandler = self._ends
        self._expat.CharacterDataHandler = self._says
        self._expat.StartDoctypeDeclHandler = self._declares
        self._expat.EntityDeclHandler = self._declares

    def read(self, text: str) -> Tag:
        try:
            self._expat.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            raise Broken(error.lineno + self._shift, expat.ErrorString(error.code)) from error
        if self._root is None:
            raise Broken(1 + self._shift, "nothing in it")
        return self._root

    def _starts(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise Broken(self._expat.CurrentLineNumber + self._shift, "tags within tags, too deep")
        tag = Tag(name, self._expat.CurrentLineNumber + self._shift, attributes)
        if self._open:
            self._open[-1].children.append(tag)
        self._root = self._root or tag
        self._open.append(tag)

    def _ends(self, _name: str) -> None:
        self._open.pop()

    def _says(self, text: str) -> None:
        self._open[-1].text += text

    def _declares(self, *_what: object) -> None:
        raise Declares
