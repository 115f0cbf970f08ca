"""The formats by their names, and how a file is known to be in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from app.content.exchange import aiken, gift, moodle_xml, sheet, tabbed
from app.content.exchange.decoding import NotQuestions
from app.content.exchange.items import Piece


class Format(StrEnum):
    """What questions can be read from."""

    GIFT = "gift"
    MOODLE_XML = "moodle-xml"
    AIKEN = "aiken"
    CSV = "csv"
    BLACKBOARD = "blackboard"


SAID = {
    Format.GIFT: "GIFT",
    Format.MOODLE_XML: "Moodle XML",
    Format.AIKEN: "Aiken",
    Format.CSV: "CSV",
    Format.BLACKBOARD: "Blackboard’s text format",
}
_READERS: dict[Format, Callable[[str], Iterator[Piece]]] = {
    Format.GIFT: gift.read,
    Format.MOODLE_XML: moodle_xml.read,
    Format.AIKEN: aiken.read,
    Format.CSV: sheet.read,
    Format.BLACKBOARD: tabbed.read,
}
_QTI = re.compile(r"<(?:questestinterop|(?:\w+:)?assessment(?:Item|Test)|(?:\w+:)?manifest)\b")
_OPTION = re.compile(r"^[ \t]{0,3}A[.)]\s", re.MULTILINE | re.IGNORECASE)
_ANSWER = re.compile(r"^[ \t]*ANSWER[ \t]*:", re.MULTILINE | re.IGNORECASE)
_BRACES = re.compile(r"(?<!\\)\{[^{}=~]*+[=~][^{}]*+\}")


def read(text: str, form: Format) -> Iterator[Piece]:
    """Read a file in the format it is known to have."""
    return _READERS[form](text)


def recognize(text: str) -> Format:
    """Tell the format of a file by what it holds."""
    begins = text.lstrip("\ufeff \t\r\n")
    line = begins.partition("\n")[0].rstrip("\r")
    if begins.startswith("<"):
        if _QTI.search(begins[:5000]):
            raise NotQuestions("This is QTI, which is not read yet. Export the questions as Moodle XML, GIFT or CSV.")
        return Format.MOODLE_XML
    if tabbed.is_line(line):
        return Format.BLACKBOARD
    if sheet.is_head(line):
        return Format.CSV
    if _is_aiken(text):
        return Format.AIKEN
    if "{" in text or begins.startswith(("::", "$CATEGORY")):
        return Format.GIFT
    raise NotQuestions


def _is_aiken(text: str) -> bool:
    """Say whether an option A stands before an answer, and nowhere the braces of GIFT."""
    option = _OPTION.search(text)
    return bool(option and _ANSWER.search(text, option.end()) and not _BRACES.search(text))
