"""An author's HTML, brought down to what prints: a few elements, no attribute, and nothing that could be fetched."""

from __future__ import annotations

import html as entities
import re

import nh3

TAGS = frozenset(
    {"p", "br", "em", "strong", "del", "code", "pre", "sup", "sub", "blockquote"}
    | {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
)
_PICTURE = re.compile(r'<img\b(?:[^>]*?\balt="(?P<alt>[^"]*)")?[^>]*>')
_MEDIUM = re.compile(r"<(?P<tag>video|audio)\b.*?</(?P=tag)>", re.DOTALL)
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(?P<words>.*?)</h[1-6]>", re.DOTALL)
_TERM = re.compile(r"<dt\b[^>]*>(?P<words>.*?)</dt>", re.DOTALL)
_MEANING = re.compile(r"<dd\b[^>]*>(?P<words>.*?)</dd>", re.DOTALL)
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


def plain(html: str) -> str:
    """Give the words alone, a line for each block."""
    told = _CELL_ENDS.sub(" | ", _BLOCK_ENDS.sub("\n", _described(html)))
    words = entities.unescape(_TAG.sub("", told))
    lines = (" ".join(line.split()).removesuffix(" |") for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def _described(html: str) -> str:
    told = _MEDIUM.sub(lambda found: f"[{'Film' if found['tag'] == 'video' else 'Recording'}: see the course]", html)
    return _PICTURE.sub(lambda found: f"[Picture: {found['alt']}]" if found["alt"] else "", told)
