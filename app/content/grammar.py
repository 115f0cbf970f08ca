"""The grammar of course texts: CommonMark, and the few things of our own that it lacks.

Every rule reports to the scribe that stands in `env`, which knows the file, its lines and the course.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.rules_inline.image import image
from markdown_it.rules_inline.link import link
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_inline

from app.content import boxes
from app.content.findings import Line, Place

CITATION = re.compile(r"\[@(?P<key>[^\[\],;\s]{1,100})(?:,[ \t]*(?P<locator>[^\[\]\n]{0,200}))?\]")
GAP = re.compile(r"_{3,}\((?P<accepted>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)_{3,}")
MEDIUM = re.compile(r"@\[(?P<kind>video|audio)\]\((?P<address>[^)\s]*)(?:\s+\"(?P<title>[^\"]*)\")?\)\s*")
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>|<[!?][A-Za-z][^<>]*>")
DECORATIVE = "{decorative}"

InlineRule = Callable[[StateInline, bool], bool]


class Trail:
    """Finds the way back from a position in a paragraph to the line and column where it was typed."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Begin with the source lines that a text was made of."""
        self.lines = lines
        self.shift = 0  # where the nested text that is being read begins within its paragraph
        self._row = 0
        self._content = ""
        self._cells: dict[int, int] = {}

    def enter(self, token: Token) -> None:
        """Take up a paragraph, a heading or a table cell."""
        self._row = token.map[0] if token.map else 0
        self._content = token.content
        self.shift = 0

    def place(self, position: int) -> Place:
        """Say where a position of the current text was typed."""
        before = self._content[: position + self.shift]
        row = min(self._row + before.count("\n"), len(self.lines) - 1)
        piece = self._content.split("\n")[before.count("\n")]
        line = self.lines[row]
        start = line.text.find(piece, self._cells.get(row, 0))
        start = max(line.text.find(piece.strip()), 0) if start == -1 else start
        return Place(line.number, line.column + start + len(before) - before.rfind("\n") - 1)

    def leave(self) -> None:
        """Remember how far a table's row has been read: its next cell may look the same."""
        if "\n" not in self._content and self._row < len(self.lines):
            start = self.lines[self._row].text.find(self._content, self._cells.get(self._row, 0))
            self._cells[self._row] = max(start, 0) + len(self._content)


@cache
def parser() -> MarkdownIt:
    """Give the one parser; it keeps nothing from one text to the next."""
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": True})
    markdown.enable(["table", "strikethrough", "linkify", "smartquotes"])
    markdown.use(footnote_plugin).use(deflist_plugin)
    if markdown.linkify is not None:
        markdown.linkify.set({"fuzzy_link": False})  # or “course.md” in a sentence would become a link to Moldova
        markdown.linkify.pretest = _may_hold_an_address
    markdown.validateLink = _leave_to_the_scribe  # type: ignore[method-assign]
    _add_inline_rules(markdown)
    markdown.block.ruler.before("fence", "box", _box, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    markdown.block.ruler.before("fence", "medium", _medium, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    markdown.block.ruler.before("table", "prose", _prose)
    markdown.core.ruler.disable("normalize")  # texts come in lines: there is no line end to change
    markdown.core.ruler.at("inline", _read_inline)
    markdown.core.ruler.after("inline", "figures", _figures)
    return markdown


def _may_hold_an_address(text: str) -> bool:
    """Say whether a text is worth a search for bare addresses: all but mail ones have two slashes."""
    return "//" in text or "@" in text


def _leave_to_the_scribe(url: str) -> bool:  # noqa: ARG001
    """Let every address pass: the scribe judges each and can say why it is refused."""
    return True


def _add_inline_rules(markdown: MarkdownIt) -> None:
    ruler = markdown.inline.ruler
    ruler.before("emphasis", "gap", _gap)
    ruler.before("link", "citation", _citation)
    ruler.at("link", _linked(link))
    ruler.at("autolink", _linked(autolink))
    ruler.at("image", _image)
    ruler.at("footnote_inline", _footnote)
    ruler.after("autolink", "raw_html", _raw_html)


def _read_inline(state: StateCore) -> None:
    """Read the text of each block, knowing where it was typed."""
    trail: Trail = state.env["trail"]
    for token in state.tokens:
        if token.type == "inline":
            trail.enter(token)
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)
            trail.leave()


def _place(state: StateInline, position: int) -> Place:
    trail: Trail = state.env["trail"]
    return trail.place(position)


def _citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it calls its rules like this
    match = CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        place = _place(state, match.start("key"))
        token.meta = {"citation": state.env["scribe"].cite(match["key"], match["locator"] or "", place)}
    state.pos = match.end()
    return True


def _gap(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    gaps: list[tuple[str, Place]] | None = state.env.get("gaps")
    if gaps is None:
        return False
    match = GAP.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        gaps.append((match["accepted"], _place(state, match.start("accepted"))))
        token = state.push("gap", "", 0)
        token.meta = {"gap": len(gaps)}
    state.pos = match.end()
    return True


def _raw_html(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.env["scribe"].raw_html(_place(state, state.pos))
        token = state.push("raw_html", "", 0)
        token.content = match.group()
    state.pos = match.end()
    return True


def _linked(rule: InlineRule) -> InlineRule:
    """Let the scribe judge the address of every link that a rule makes."""

    def judged(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        start, count = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and not silent:
            opening = next(token for token in state.tokens[count:] if token.type == "link_open")
            address, at = _address(state, start) or (str(opening.attrs["href"]), start)
            href = state.env["scribe"].link(address, _place(state, at))
            opening.attrs = {"href": href} if href else {}
        return found

    return judged


def _address(state: StateInline, start: int) -> tuple[str, int] | None:
    """Find the address of a link as it was typed, and where; nothing if it is typed elsewhere."""
    source = state.src
    if source[start] == "<":
        return None
    label_end = state.md.helpers.parseLinkLabel(state, start + (source[start] == "!"))
    at = label_end + 2
    if label_end < 0 or source[label_end + 1 : at] != "(":
        return None
    while at < state.pos and source[at] in " \t\n":
        at += 1
    destination = state.md.helpers.parseLinkDestination(source, at, state.posMax)
    return destination.str, at + (source[at : at + 1] == "<")


def _nested(state: StateInline, silent: bool, rule: InlineRule) -> bool:  # noqa: FBT001
    """Read a text within a text: places within it count from its own beginning."""
    trail: Trail = state.env["trail"]
    before = trail.shift
    trail.shift = before + state.pos + 2
    found = rule(state, silent)
    trail.shift = before
    return found


def _footnote(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    return _nested(state, silent, footnote_inline)


def _image(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    start = state.pos
    if not _nested(state, silent, image):
        return False
    decorative = state.src.startswith(DECORATIVE, state.pos)
    if not silent:
        token = state.tokens[-1]
        address, at = _address(state, start) or (str(token.attrs["src"]), start)
        places = (_place(state, start), _place(state, at))
        caption = str(token.attrs.get("title", ""))
        alternative = "" if decorative else " ".join(token.content.split())
        token.meta = {
            "picture": state.env["scribe"].picture(
                address, alternative, places=places, caption=caption, decorative=decorative
            )
        }
    state.pos += len(DECORATIVE) if decorative else 0
    return True


def _prose(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: ARG001, FBT001
    """Take a paragraph of which every line begins with a letter: of all other rules, none could want it.

    Most paragraphs are such ones, and to ask every rule for each of their lines would take longer than all the rest.
    """
    if state.blkIndent or state.parentType != "root":
        return False
    after = start
    while after < state.lineMax and not state.isEmpty(after):
        if not state.src[state.bMarks[after]].isalpha():
            return False
        after += 1
    if _is_defined(state, after + 1):
        return False
    state.push("paragraph_open", "p", 1).map = [start, after]
    inline = state.push("inline", "", 0)
    inline.content = mdTrim(state.src[state.bMarks[start] : state.eMarks[after - 1]])
    inline.map, inline.children = [start, after], []
    state.push("paragraph_close", "p", -1)
    state.line = after
    return True


def _is_defined(state: StateBlock, line: int) -> bool:
    """Say whether a line begins a definition of what stands above it."""
    return line < state.lineMax and state.src[state.bMarks[line] + state.tShift[line]] in ":~"


def _box(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    box = state.env.get("boxes", {}).get(start)
    if box is None:
        return False
    if silent:
        return True
    if box.kind in {boxes.CHECK, boxes.SCENARIO}:
        token = state.push("activity", "", 0)
        token.meta, token.map = {"box": box}, [start, box.after]
    else:
        _push_box(state, start, box)
    state.line = box.after
    return True


def _push_box(state: StateBlock, start: int, box: boxes.Box) -> None:
    opening = state.push("box_open", "section", 1)
    opening.meta, opening.map = {"box": box}, [start, box.after]
    line_max, state.lineMax = state.lineMax, box.end
    state.md.block.tokenize(state, box.first, box.end)
    state.lineMax = line_max
    state.push("box_close", "section", -1)


def _medium(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    begin = state.bMarks[start] + state.tShift[start]
    match = MEDIUM.fullmatch(state.src[begin : state.eMarks[start]])
    if match is None or state.sCount[start] - state.blkIndent >= 4:
        return False
    if not silent:
        line = state.env["trail"].lines[start]
        at = line.column + max(line.text.find("@["), 0) + match.start("address")
        token = state.push("medium", "", 0)
        token.map = [start, start + 1]
        token.meta = {
            "medium": state.env["scribe"].medium(
                match["kind"], match["address"], Place(line.number, at), match["title"] or ""
            )
        }
        state.line = start + 1
    return True


def _figures(state: StateCore) -> None:
    """Turn each paragraph that is one picture into a figure."""
    found: list[Token] = []
    for token in state.tokens:
        if token.type == "paragraph_close" and _is_picture(found[-1]):
            figure = Token("figure", "figure", 0, meta=(found[-1].children or [])[0].meta)
            figure.map, figure.level = found[-2].map, found[-2].level
            found[-2:] = [figure]
        else:
            found.append(token)
    state.tokens = found


def _is_picture(token: Token) -> bool:
    return token.type == "inline" and [child.type for child in token.children or ()] == ["image"]
