"""The quick ways through a text give what the long ones give: most texts are plain, and plain ones need no parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from unittest import mock

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content import folder, html, markdown
from app.content import settings as front_matter
from app.content.desk import Desk
from app.content.findings import Findings, Line
from app.content.folder import Held
from app.content.markdown import Scribe
from app.content.media import Library

WORDS = [
    "a",
    "word",
    "Übung",
    "中文",
    "don't",
    "“so”",
    "2026",
    "1.",
    "-",
    "—",
    "e.g.",
    "50%",
    "(c)",
    "...",
    "a:b",
    "x=y",
]
MARKS = [
    "*b*",
    "**",
    "_",
    "____",
    "`c`",
    "[l](https://a.org)",
    "[@n]",
    "!",
    "<i>",
    "&amp;",
    "&",
    "\\",
    "~",
    "|",
    "^[n]",
    '"',
]
BEGINNINGS = [
    "",
    " ",
    "    ",
    "- ",
    "1. ",
    "# ",
    "> ",
    ": ",
    "~ ",
    "---",
    "===",
    "|-|",
    "::: note",
    ":::",
    "[a]: b",
    "```",
]
ADDRESSES = [
    "https://a.org/b",
    "http://",
    "//a.org",
    "a@b.org",
    "mailto:a@b.org",
    "www.a.org",
    "course.md",
    "HTTP://A.ORG",
]
PIECES = st.lists(st.sampled_from([*WORDS, *MARKS, *ADDRESSES]) | st.sampled_from(WORDS), max_size=6).map(" ".join)
LINES = st.tuples(st.sampled_from(["", "", "", *BEGINNINGS]), PIECES, st.sampled_from(["", "", " ", "  "])).map("".join)
TEXTS = st.lists(LINES, min_size=1, max_size=6).map("\n".join)


def written(text: str) -> tuple[object, ...]:
    """Write a text as blocks and as one stretch, and give all that came of it."""
    held = folder.look_into(Held({}, lambda _: None))
    lines = text.split("\n")
    findings = Findings("x.md", lines)
    scribe = Scribe(Desk(held, Library(held), date(2026, 11, 20), references={}, objectives=1), findings)
    stretches = [Line(number, 1, line) for number, line in enumerate(lines, 1)]
    blocks, inline = scribe.blocks(stretches), scribe.inline(stretches)
    note = scribe.blocks(
        [Line(1, 1, "A note.[^1]"), Line(2, 1, ""), Line(3, 1, "[^1]: So.")]
    )  # its address counts texts
    return blocks, inline, note, scribe.tally, list(findings.unwaived())


@contextmanager
def the_long_way() -> Iterator[None]:
    """Leave out every short cut."""
    parser = html.renderer()
    parser.block.ruler.disable("prose")
    parser.core.ruler.enable("normalize")
    try:
        with (
            mock.patch.object(markdown, "_BARE", re.compile("(?!)")),
            mock.patch.object(parser.linkify, "pretest", return_value=True),
        ):
            yield
    finally:
        parser.block.ruler.enable("prose")
        parser.core.ruler.disable("normalize")


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_a_plain_text_becomes_what_the_parser_would_make_of_it(text: str) -> None:
    quickly = written(text)
    with the_long_way():
        assert written(text) == quickly


def test_a_text_with_a_mark_is_not_plain() -> None:
    """The control: were everything taken for plain, the law above would see it."""
    with mock.patch.object(markdown, "_BARE", re.compile(".*", re.DOTALL)):
        quickly = written("*a*")
    with the_long_way():
        assert written("*a*") != quickly


def tree(node: yaml.Node | None) -> object:
    """Give what settings are read from: every node with its kind, its place and what it holds."""
    if node is None or isinstance(node, yaml.ScalarNode):
        return node and (node.value, bool(node.style), node.start_mark.line, node.start_mark.column)
    inner = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return type(node), node.start_mark.line, node.start_mark.column, [tree(part) for part in inner]


def composed(text: str, loader: type) -> object:
    try:
        return tree(yaml.compose(text, Loader=loader))
    except yaml.YAMLError:
        return None


VALUES = [
    "",
    "text",
    "2026-11-20",
    "MSW, LCSW",
    "~",
    "null",
    "[1, 2]",
    "{a: 0.5, b: c}",
    "it’s (so)",
    "[a b]",
    "50%",
    "中 文",
]
SETTINGS = st.lists(
    st.tuples(
        st.sampled_from(["", "", "  ", "    ", " "]),
        st.sampled_from(["", "", "- ", "-  "]),
        st.sampled_from(["a:", "b:", "name:", "x-y:", ""]),
        st.sampled_from(["", " ", "  "]),
        st.sampled_from([*VALUES, *VALUES, "[a:b]", "{a}", "'q'", "&a", "*a", "!x", "- -", "? x", "|"]),
        st.sampled_from(["", "", " ", "   # a: [remark", "#"]),
    ).map("".join),
    max_size=6,
).map("\n".join)


@settings(max_examples=1_000, deadline=None)
@given(SETTINGS)
def test_both_parsers_read_plain_settings_alike(text: str) -> None:
    quickly = composed(text, yaml.CSafeLoader)
    if front_matter.are_plain(text) and quickly is not None:
        assert composed(text, yaml.SafeLoader) == quickly


def test_the_parsers_do_not_read_all_settings_alike() -> None:
    """The control: that is why only plain settings take the quick way."""
    text = "a: [b,\tc]"
    assert composed(text, yaml.CSafeLoader) != composed(text, yaml.SafeLoader)
    assert not front_matter.are_plain(text)


def test_what_would_overflow_the_quick_parser_is_not_plain() -> None:
    deep = "\n".join(f"{' ' * level}a:" for level in range(2_000))
    for text in ("[" * 2_000, "a: " + "[" * 2_000 + "]" * 2_000, "- " * 2_000, deep):
        assert not front_matter.are_plain(text)
