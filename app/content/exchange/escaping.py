"""Plain text as Markdown that reads the same: nothing in it is taken for a mark, an option or a setting."""

from __future__ import annotations

import re

from app.content import shapes

GAP_OPENS, GAP_CLOSES = "\ue000", "\ue001"  # stand around a gap's number until its text is written
_PRIVATE = re.compile("[\ue000-\ue0ff]")
_OTHERS = re.compile("[\ue002-\ue0ff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_ACTIVE = re.compile(r"[\\`*\[\]]|~(?=~)|(?<=~)~|<|&(?=#?\w{1,31};)|_")
_BLOCK = re.compile(r"(?:#{1,6}(?=\s|$)|[>+=:|]|[-*](?=[\s-]|$)|@\[)")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def without_private(text: str) -> str:
    """Take out what no author types: control characters, and the marks that stand in for gaps here."""
    return _CONTROL.sub(" ", _PRIVATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def without_private_but_gaps(text: str) -> str:
    """Take out what no author types, and leave the marks of gaps, which were put there by a reader of ours."""
    return _CONTROL.sub(" ", _OTHERS.sub("\ufffd", text))


def inline(text: str) -> str:
    """Escape a stretch of a line."""
    return _ACTIVE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    mark, text = match.group(), match.string
    if mark in "<&":
        return "&lt;" if mark == "<" else "&amp;"
    if mark == "_":
        around = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if all(side.isalnum() for side in around) and match.start():
            return mark  # within a word, as in file_name
    return f"\\{mark}"


def line_start(line: str) -> str:
    """Guard the beginning of a line that would be read as a heading, a list, an option or a setting."""
    text = line.lstrip()
    if not text:
        return ""
    if _NUMBERED.match(text):
        return _NUMBERED.sub(r"\1\\\2", text, count=1)
    if _BLOCK.match(text):
        return f"\\{text}"
    if shapes.SLIP.match(text) or shapes.ARROW_SLIP.match(text):
        return f"&#{ord(text[0])};{text[1:]}"
    return _unnamed(text)


def _unnamed(text: str) -> str:
    """Guard a line like `Hint: …`, which would be taken for a setting of ours."""
    named = shapes.NAMED.fullmatch(text)
    if named and any(named["name"].lower() == name or shapes.one_slip(named, name) for name in shapes.NAMES):
        return text.replace(":", "&#58;", 1)
    return text


def blocks(text: str) -> str:
    """Write plain text as paragraphs: empty lines divide them, and lines stay lines."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return "\n\n".join("\\\n".join(line_start(inline(line.strip())) for line in _lines(part)) for part in paragraphs)


def _lines(paragraph: str) -> list[str]:
    return [line for line in paragraph.split("\n") if line.strip()]


def no_arrow(text: str) -> str:
    """Write an arrow so that it does not divide a term from its meaning."""
    return text.replace("->", "-&gt;").replace("→", "&rarr;")


def squeezed(text: str) -> str:
    """Give a text in one line."""
    return " ".join(text.split())
