"""An author's HTML, brought down to what prints: a few elements, no attribute, and nothing that could be fetched."""

from __future__ import annotations

import html as entities
import re

import nh3

TAGS = frozenset(
    {"p", "br", "em", "strong", "del", "code", "pre", "sup", "sub", "blockquote"}
    | {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
)
SHEET_TAGS = TAGS | {"h2", "h3", "h4", "h5", "h6", "section", "dl", "dt", "dd", "hr"}
_PICTURE = re.compile(r'<img\b(?:[^>]*?\balt="(?P<alt>[^"]*)")?[^>]*>')
_MEDIUM = re.compile(r"<(?P<tag>video|audio)\b.*?</(?P=tag)>", re.DOTALL)
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(?P<words>.*?)</h[1-6]>", re.DOTALL)
_TERM = re.compile(r"<dt\b[^>]*>(?P<words>.*?)</dt>", re.DOTALL)
_MEANING = re.compile(r"<dd\b[^>]*>(?P<words>.*?)</dd>", re.DOTALL)
_SUMMARY = re.compile(r"<summary>.*?</summary>", re.DOTALL)
_CAPTION = re.compile(r"<figcaption>(?P<words>.*?)</figcaption>", re.DOTALL)
_WAY_BACK = re.compile(r'<a [^>]*class="footnote-backref"[^>]*>.*?</a>', re.DOTALL)
_LINK = re.compile(r'<a href="(?P<to>(?:https?|mailto|tel):[^"]*)"[^>]*>(?P<words>.*?)</a>', re.DOTALL)
_BLOCK_ENDS = re.compile(r"</(?:p|li|tr|h[1-6]|dt|dd|pre|blockquote|figcaption)>|<br\s*/?>")
_CELL_ENDS = re.compile(r"</t[hd]>")
_TAG = re.compile(r"<[^>]*>")


def printed(html: str) -> str:
    """Give HTML for paper: pictures by their descriptions, headings in bold, everything else plain."""
    told = _described(html)
    told = _HEADING.sub(r"<p><strong>\g<words></strong></p>", told)
    told = _TERM.sub(r"<p><strong>\g<words></strong></p>", told)
    told = _MEANING.sub(r"<p>\g<words></p>", told)
    return nh3.clean(told, tags=set(TAGS), attributes={}).strip()


def sheet(html: str) -> str:
    """Give HTML for a sheet of its own: its headings and boxes stay, and a link says where it leads."""
    told = _described(_SUMMARY.sub("", _WAY_BACK.sub("", html)))
    told = _LINK.sub(_addressed, _CAPTION.sub(r"<p>\g<words></p>", told))
    told = told.replace("<h1", "<h2").replace("</h1>", "</h2>")
    classes = {tag: {"class"} for tag in ("section", "p", "td", "th")}
    return nh3.clean(told, tags=set(SHEET_TAGS), attributes=classes).strip()


def _addressed(link: re.Match[str]) -> str:
    """Write an address behind the words of its link, unless they are the address."""
    words, to = link["words"], link["to"].removeprefix("mailto:").removeprefix("tel:")
    return words if to.removesuffix("/") in {words, words.removesuffix("/")} else f"{words} ({to})"


def plain(html: str) -> str:
    """Give the words alone, a line for each block."""
    told = _CELL_ENDS.sub(" | ", _BLOCK_ENDS.sub("\n", _described(html)))
    words = entities.unescape(_TAG.sub("", told))
    lines = (" ".join(line.split()).removesuffix(" |") for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def _described(html: str) -> str:
    told = _MEDIUM.sub(lambda found: f"[{'Film' if found['tag'] == 'video' else 'Recording'}: see the course]", html)
    return _PICTURE.sub(lambda found: f"[Picture: {found['alt']}]" if found["alt"] else "", told)
