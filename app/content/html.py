"""HTML of course texts: what each piece of grammar becomes, and the sieve that everything passes at the end.

Pages allow no inline style and no inline script, so none is written here.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.content import grammar

_TAGS = """
a abbr audio blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr img li ol p
pre s section span strong sub summary sup table tbody td th thead tr track ul video
"""
_ATTRIBUTES = {
    "a": "href title rel role aria-label",
    "audio": "controls preload src",
    "div": "role tabindex aria-label",
    "img": "src alt title width height loading decoding",
    "ol": "start",
    "section": "role aria-label",
    "span": "data-gap",
    "th": "scope colspan rowspan",
    "td": "colspan rowspan",
    "track": "kind label src srclang default",
    "video": "controls preload src",
}


@cache
def _sieve() -> nh3.Cleaner:
    """Give the sieve: only the tags, attributes and kinds of address that course pages need."""
    allowed = {tag: set(names.split()) for tag, names in _ATTRIBUTES.items()}
    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        attributes={tag: allowed.get(tag, set()) | {"class", "id"} for tag in _TAGS.split()},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,  # the renderer has set it, on links that leave the site
    )


def clean(text: str) -> str:
    """Let through what is safe. The last thing done to every text, whoever wrote it."""
    return _sieve().clean(text).strip()


def escape(text: str) -> str:
    """Write a text so that it is read as text."""
    return html.escape(text, quote=True)


@cache
def renderer() -> MarkdownIt:
    """Give the parser with all that it needs to write."""
    markdown = grammar.parser()
    for name, rule in _RULES.items():
        markdown.add_render_rule(name, _adapted(rule))
    return markdown


def _adapted(rule: Any) -> Any:
    """Our rules need the token and no more."""

    def adapted(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
        return str(rule(tokens[index]))

    return adapted


def _attributes(token: Token) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in token.attrs.items())


def _link(token: Token) -> str:
    href = str(token.attrs.get("href", ""))
    outside = ' rel="noopener noreferrer"' if href.startswith(("http:", "https:")) else ""
    return f"<a{_attributes(token)}{outside}>"


def _cell(token: Token) -> str:
    """Write a table's cell, its alignment as a class: pages allow no style of their own."""
    side = str(token.attrs.get("style", "")).partition(":")[2]
    align = f' class="align-{side}"' if side in {"left", "center", "right"} else ""
    scope = ' scope="col"' if token.tag == "th" else ""
    return f"<{token.tag}{scope}{align}>"


def _table(token: Token) -> str:
    label = escape(str(token.meta.get("label", "Table")))
    return f'<div{_attributes(token)} class="table-scroll" role="region" tabindex="0" aria-label="{label}"><table>\n'


def _box(token: Token) -> str:
    box = token.meta["box"]
    title = escape(box.heading)
    return (
        f'<section{_attributes(token)} class="box box-{escape(box.kind)}" aria-label="{title}">'
        f'<p class="box-title">{title}</p>\n'
    )


def _figure(token: Token) -> str:
    return str(token.meta["picture"].figure(_attributes(token)))


def _notes(token: Token) -> str:
    return f'<section{_attributes(token)} class="footnotes" role="doc-endnotes" aria-label="Notes">\n<ol>\n'


_GAP = "gap"
_RULES = {
    "link_open": _link,
    "th_open": _cell,
    "td_open": _cell,
    "table_open": _table,
    "table_close": lambda _: "</table></div>\n",
    "box_open": _box,
    "box_close": lambda _: "</section>\n",
    "citation": lambda token: token.meta["citation"],
    "gap": lambda token: f'<span class="gap" data-gap="{token.meta[_GAP]}">____</span>',
    "raw_html": lambda token: escape(token.content),
    "image": lambda token: token.meta["picture"].image(),
    "figure": _figure,
    "medium": lambda token: token.meta["medium"].figure(_attributes(token)),
    "activity": lambda _: "",
    "footnote_block_open": _notes,
}
