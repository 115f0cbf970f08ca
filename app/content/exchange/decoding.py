"""The bytes of a question file as text, whatever program saved them."""

from __future__ import annotations

import codecs
import re

from app.kit.errors import TooLarge, Unsupported

MOST_BYTES = 10 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_LIKE_ASCII = {"iso-8859-1", "iso-8859-15", "latin-1", "latin1", "windows-1252", "cp1252", "us-ascii"}
OLD = "It is not saved as UTF-8 and was read as Windows-1252. Look at letters with accents and at quotation marks."


class QuestionsTooLarge(TooLarge):
    """The file is larger than any exam."""

    message = "A question file may have up to 10 MB. Export fewer questions at a time, or without their pictures."


class NotQuestions(Unsupported):
    """The file holds no questions in a form we read."""

    message = (
        "No questions were found in this file. It may be GIFT, Moodle XML, Aiken, CSV or Blackboard’s text format."
    )


def decode(content: bytes) -> tuple[str, str]:
    """Give the text, and a remark where it had to be guessed how it was saved."""
    if len(content) > MOST_BYTES:
        raise QuestionsTooLarge
    if content.startswith(b"PK\x03\x04"):
        raise NotQuestions(
            "This is a zip file, or a document of a word processor or spreadsheet. Unpack it, or save it as CSV."
        )
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding), ""
    if encoding := _without_mark(content):
        return _strictly(content, encoding), ""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _old(content)
    if "\0" in text:
        raise NotQuestions("This file is not text. Export the questions again as GIFT, Moodle XML, Aiken or CSV.")
    return text, ""


def _without_mark(content: bytes) -> str:
    """Tell UTF-16 by its zeros where no mark says so."""
    head = content[:400]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 4 and not odd else ""


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotQuestions("This file says how it is saved, and is not. Save it once more as UTF-8.") from None


def _old(content: bytes) -> tuple[str, str]:
    if b"\0" in content:
        raise NotQuestions("This file is not text. Export the questions again as GIFT, Moodle XML, Aiken or CSV.")
    declared = _DECLARED.match(content)
    known = declared is not None and declared[1].decode("ascii").lower() in _LIKE_ASCII
    return content.decode("cp1252", errors="replace"), "" if known else OLD
