"""Texts as other systems keep them, by the name of their format, and how a question's heading is found in one."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt

from app.content.exchange import escaping, from_html
from app.content.exchange.from_html import Losses

LONGEST_HEADING = 200  # letters: what reads well above options on a phone
LONGEST_TEXT = 20_000
_NUMBERED = re.compile(r"(?:q(?:uestion)?|item|frage|aufgabe)?[\s.:#_-]*\d+[\s.:)]*", re.IGNORECASE)
_SENTENCE = re.compile(r".*?[.?!:][”\"')]*(?=\s)")
_MARKS = re.compile(r"(?<!\\)[*_`\[~<]|[\ue000-\ue0ff]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def blocks(text: str, form: str, losses: Losses) -> list[str]:
    """Give a text's paragraphs as our Markdown; `form` is html, markdown, plain, or moodle: HTML or none."""
    text = text.strip()[:LONGEST_TEXT]
    if form == "markdown":
        return from_html.blocks(_markdown().render(text), losses)
    if form == "html":
        return from_html.blocks(text, losses)
    if form != "plain" and from_html.looks_like(text):
        return from_html.blocks(text.replace("\n", "<br>"), losses)
    return escaping.blocks(escaping.without_private_but_gaps(text)).split("\n\n") if text else []


def inline(text: str, form: str, losses: Losses) -> str:
    """Give a text as one line of our Markdown."""
    if form == "plain" or (form == "moodle" and not from_html.looks_like(text)):
        return escaping.inline(escaping.squeezed(escaping.without_private_but_gaps(text[:LONGEST_TEXT])))
    return escaping.squeezed(" ".join(one_line(part) for part in blocks(text, form, losses)))


def one_line(block: str) -> str:
    """Give a paragraph in one line: what guarded its beginning is not needed there, and does no harm."""
    return escaping.squeezed(block.replace("\\\n", " "))


def joined(parts: list[str]) -> str:
    """Put paragraphs together."""
    return "\n\n".join(part for part in parts if part)


def stem(name: str, parts: list[str]) -> tuple[str, str]:
    """Find the heading in a question's text; what is too long for one becomes a heading and a prompt.

    `name` is what the other system calls the question: plain, and often its text cut off, or only a number.
    """
    name = escaping.squeezed(name)
    if not parts:
        return escaping.inline(name) or "Question", ""
    first = one_line(parts[0])
    if _is_line(parts[0]) and (len(first) <= LONGEST_HEADING or _plainly(first) == name):
        return first, joined(parts[1:])
    if _is_a_title(name, first):
        return escaping.inline(name), joined(parts)
    return _cut(first, parts)


def _is_line(block: str) -> bool:
    return not block.startswith(("- ", "1. ", "|", "```", "> ", "* * *")) and "\n" not in block.replace("\\\n", "")


def _is_a_title(name: str, first: str) -> bool:
    cut_off = _plainly(first).startswith(name.rstrip(". …"))
    return bool(name) and not cut_off and not _NUMBERED.fullmatch(name) and len(name) <= LONGEST_HEADING


def _cut(first: str, parts: list[str]) -> tuple[str, str]:
    """Take whole sentences for the heading, or the first words where no sentence is short enough."""
    sentence = _SENTENCE.match(first)
    if _is_line(parts[0]) and sentence and len(sentence.group()) <= LONGEST_HEADING and not _MARKS.search(first):
        rest = first[sentence.end() :].strip()
        return sentence.group().strip(), joined([escaping.line_start(rest), *parts[1:]])
    words = _plainly(_MARKS.sub("", first))[:80]
    short = words.rpartition(" ")[0] if len(words) == 80 and " " in words else words
    return f"{escaping.inline(short.strip())} …", joined(parts)


def _plainly(markdown: str) -> str:
    """Give a line of Markdown without its backslashes, to compare it with a name."""
    text = re.sub(r"&lt;", "<", _ESCAPE.sub(r"\1", markdown))
    return escaping.squeezed(re.sub(r"&amp;", "&", text))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
