"""HTML of other systems becomes our Markdown: what it says is kept, how it looked or moved is not.

Only what is named here is let through, as Markdown marks; every other tag is dropped and its words stay. Scripts,
styles and event attributes have no way into the text, which the sieve of app/content/html.py cleans once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from app.content.exchange import escaping, html_tree
from app.content.exchange.html_tree import Node

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,31});")
_FORMULA = re.compile(r"\$\$(?:(?!\$\$).)+\$\$|\\\((?:(?!\\\().)+?\\\)|\\\[(?:(?!\\\[).)+?\\\]", re.DOTALL)
_WEB = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>]+", re.IGNORECASE)
_BLOCK_NAMES = """
address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "figcaption")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "strike": "~~"}
_DROPPED = {
    "script": "a script",
    "style": "",
    "template": "",
    "noscript": "",
    "head": "",
    "title": "",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "applet": "an embedded object",
    "video": "a video",
    "audio": "a recording",
    "source": "",
    "track": "",
    "svg": "a drawing",
    "canvas": "a drawing",
    "math": "a formula",
    "input": "a form field",
    "select": "a form field",
    "textarea": "a form field",
    "button": "a button",
}
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


@dataclass(slots=True)
class Losses:
    """What could not be kept, once each, in the order it was met."""

    found: dict[str, None] = field(default_factory=dict)

    def add(self, what: str) -> None:
        """Note a loss, as a sentence."""
        if what:
            self.found[what] = None

    def dropped(self, what: str) -> None:
        """Note that a thing was not carried over."""
        self.add(f"{what[:1].upper()}{what[1:]} was not carried over." if what else "")


def looks_like(text: str) -> bool:
    """Say whether a text that may hold HTML does."""
    return _TAG.search(text) is not None


def blocks(text: str, losses: Losses) -> list[str]:
    """Give a text's paragraphs, lists and tables, each as Markdown."""
    if _FORMULA.search(text):
        losses.add("A formula is shown as it was typed.")
    return _Writer(losses).blocks(html_tree.read(escaping.without_private_but_gaps(text)).children)


def inline(text: str, losses: Losses) -> str:
    """Give a text as one line of Markdown."""
    parts = blocks(text, losses)
    if any("\n" in part.replace("\\\n", "") for part in parts):
        losses.add("A list or table in an option became one line.")
    return escaping.squeezed(" ".join(part.replace("\\\n", " ") for part in parts))


class _Writer:
    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._in_list = 0

    def blocks(self, children: Iterable[Node | str]) -> list[str]:
        """Write children: runs of words become paragraphs, the rest what it is."""
        found: list[str] = []
        run: list[Node | str] = []
        for child in [*children, None]:
            if isinstance(child, Node) and (child.tag in _BLOCKS or _holds_blocks(child)):
                found += self._paragraph(run)
                run = []
                found += self._block(child)
            elif child is None:
                found += self._paragraph(run)
            else:
                run.append(child)
        return found

    def _paragraph(self, run: Sequence[Node | str]) -> list[str]:
        text = re.sub(r"[ \t\n\r\f]+", " ", self._words(run)).strip()
        lines = [line.strip() for line in text.split("\ue0ff")]
        guarded = [self._guarded(line) for line in lines if line]
        return ["\\\n".join(guarded)] if guarded else []

    def _guarded(self, line: str) -> str:
        text = escaping.line_start(line)
        if not self._in_list:
            return text
        text = f"\\{text}" if text.startswith("(") else text
        return escaping.no_arrow(text)

    def _block(self, node: Node) -> list[str]:
        writers: dict[str, Callable[[Node], list[str]]] = {
            "ul": self._list,
            "ol": self._list,
            "pre": lambda node: [_fenced(node.text())],
            "table": self._table,
            "hr": lambda _: ["* * *"],
            "blockquote": self._quotation,
            **dict.fromkeys(_TITLES, self._title),
        }
        return writers[node.tag](node) if node.tag in writers else self.blocks(node.children)

    def _quotation(self, node: Node) -> list[str]:
        quoted = "\n\n".join(self.blocks(node.children))
        return ["\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))] if quoted else []

    def _title(self, node: Node) -> list[str]:
        """Write a heading as a strong line: a heading of its own would begin another question."""
        text = escaping.squeezed(self._words(_flattened(node.children)).replace("\ue0ff", " "))
        return [text if "*" in text else f"**{text}**"] if text else []

    def _list(self, node: Node) -> list[str]:
        self._in_list += 1
        items = [self.blocks(child.children) for child in node.children if isinstance(child, Node)]
        self._in_list -= 1
        written = []
        for number, item in enumerate((item for item in items if item), 1):
            mark = f"{number}. " if node.tag == "ol" else "- "
            body = "\n".join(item)
            written.append(mark + body.replace("\n", "\n" + " " * len(mark)))
        return ["\n".join(written)] if written else []

    def _table(self, node: Node) -> list[str]:
        rows = [[self._cell(cell) for cell in row.nodes("td", "th")] for row in node.nodes("tr")]
        rows = [row for row in rows if row]
        if not rows:
            return []
        width = max(len(row) for row in rows)
        lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]

    def _cell(self, node: Node) -> str:
        words = escaping.squeezed(self._words(_flattened(node.children)).replace("\ue0ff", " "))
        return words.replace("|", "\\|")

    def _words(self, children: Iterable[Node | str]) -> str:
        return "".join(escaping.inline(c) if isinstance(c, str) else self._mark(c) for c in children)

    def _mark(self, node: Node) -> str:
        if node.tag in _DROPPED:
            self._losses.dropped(_DROPPED[node.tag])
            return ""
        writers: dict[str, Callable[[Node], str]] = {
            "br": lambda _: "\ue0ff",
            "img": self._picture,
            "a": self._link,
            "sub": self._shifted,
            "sup": self._shifted,
            **dict.fromkeys(("code", "kbd", "samp", "tt"), lambda node: _code(node.text())),
        }
        if node.tag in writers:
            return writers[node.tag](node)
        inner = self._words(node.children)
        return _marked(_MARKS[node.tag], inner) if node.tag in _MARKS else inner

    def _picture(self, node: Node) -> str:
        self._losses.dropped("a picture")
        said = escaping.squeezed(node.attributes.get("alt", ""))
        return escaping.inline(f"(picture: {said})") if said else ""

    def _link(self, node: Node) -> str:
        words, address = self._words(node.children), node.attributes.get("href", "").strip()
        if not address or address.startswith("#"):
            return words
        if not _WEB.fullmatch(address):
            self._losses.add("A link that leads nowhere from here lost its address.")
            return words
        if node.text().strip() == address:
            return f"<{address}>"
        text = words.replace("\ue0ff", " ").strip()
        return f"[{text}](<{address}>)" if text else f"<{address}>"

    def _shifted(self, node: Node) -> str:
        text = node.text().strip()
        table = _RAISED if node.tag == "sup" else _LOWERED
        shifted = text.translate(table)
        if not node.nodes("a") and any(a == b for a, b in zip(text, shifted, strict=True)):
            self._losses.add("Raised or lowered letters stand on the line.")
            return self._words(node.children)
        return self._words(node.children) if node.nodes("a") else shifted


def _marked(marks: str, inner: str) -> str:
    """Put marks around words, where they would be read as marks; spaces stay outside."""
    words = inner.strip()
    if not words or "\ue0ff" in words or "\n" in words:
        return inner
    if marks == "*" and words.startswith("*"):
        marks = "_"
    if marks == "**" and re.match(r"\*[^*]", words):
        words = re.sub(r"^\*(.*[^\\])\*$", r"_\1_", words)
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    return f"{before}{marks}{words}{marks}{after}"


def _code(text: str) -> str:
    text = escaping.squeezed(text)
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    body = text.strip("\n")
    return f"{fence}\n{body}\n{fence}"


def _holds_blocks(node: Node) -> bool:
    """Say whether a tag that usually stands in a line holds paragraphs all the same."""
    return node.tag not in _DROPPED and bool(node.nodes(*_BLOCKS))


def _flattened(children: Iterable[Node | str]) -> list[Node | str]:
    """Give the words of a cell in one line, its paragraphs one after another."""
    found: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and child.tag in _BLOCKS:
            found += [*_flattened(child.children), " "]
        else:
            found.append(child)
    return found
