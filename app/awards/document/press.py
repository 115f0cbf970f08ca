"""The press: sets a sheet in type with WeasyPrint, and reaches for nothing but what it is handed.

WeasyPrint fetches whatever a page names, local files too. Names and titles come from people, so the page is
escaped *and* nothing is fetched: a request for anything but our own fonts and drawings stops the press.

Fonts and style sheets are unpacked, declared and parsed once for the life of the process: done for every sheet they
would take ten times what setting it takes.
"""

from __future__ import annotations

import atexit
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from weasyprint import CSS, HTML, Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

_ROOT = Path(__file__).resolve().parents[3]
FONTS = _ROOT / "static/fonts"
_FOLDERS = tuple(_ROOT / "templates" / name for name in ("certificate", "transcript", "evidence", "handout"))
SHELF = "https://certificate.invalid/"  # no such host exists; the press answers for it from memory

_FONT = re.compile(r"((literata|atkinson-hyperlegible-next)-([a-z-]+)-(\d+)-([a-z]+)\.woff2)")
# Every letter stays a letter when the text is copied or searched, and figures stand in columns. Said of the fonts and
# not of the text: for every stretch of text that has features of its own, WeasyPrint 70 forgets to free some memory.
_FEATURES = '"liga" 0, "clig" 0, "dlig" 0, "hlig" 0, "calt" 0, "tnum" 1'
_DECLARED = re.compile(r"(--[a-z]+):\s*([^;]+);")
_USED = re.compile(r"var\((--[a-z]+)\)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML has no place for

Served = Mapping[str, bytes]  # name on the shelf -> content


class OutsideRequest(Exception):
    """A page asked for something that was not handed to it: a file, an address. Nothing was fetched."""


@dataclass(slots=True)
class Drawn:
    """A picture given as PDF operators, in a space of this size, with y running down. WeasyPrint draws it itself."""

    width: float
    height: float
    operators: bytes

    def get_intrinsic_size(self, _resolution: object, _font_size: object) -> tuple[float, float, float]:
        """Give its size and the ratio of its sides."""
        return self.width, self.height, self.width / self.height

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:
        """Draw it as large as this, at the origin of the stream."""
        stream.transform(a=width / self.width, d=height / self.height)
        stream.stream.append(self.operators)


def page(template: str, **words: object) -> str:
    """Fill a template of a printed page. Everything is escaped; a missing word is an error, not a gap."""
    return environment().get_template(template).render(words)


@cache
def environment() -> Environment:
    """Give what templates are filled by. It keeps them once they are read."""
    made = Environment(loader=FileSystemLoader(_FOLDERS), autoescape=True, undefined=StrictUndefined)
    made.filters["printed"] = Markup  # what records.printing has made harmless is not escaped again
    return made


def lay_out(html: str, *, pictures: Mapping[str, Drawn] = MappingProxyType({})) -> Document:
    """Set a page in type and break it into sheets, with these pictures under their names; nothing is painted yet."""
    from weasyprint import HTML

    source = HTML(string=html, base_url=SHELF, url_fetcher=fetcher(furniture()))
    return _rendered(source, pictures=pictures, sheets=())


def lay_out_certificate(xhtml: str, *, paper: str, pictures: Mapping[str, Drawn]) -> Document:
    """Set a page that is well-formed XML, on this paper, with these pictures under their names.

    The parser that is built into Python reads it in a tenth of the time that one for all of HTML takes.
    """
    return _rendered(_parsed(xhtml), pictures=pictures, sheets=_certificate_sheets(paper))


def _rendered(source: HTML, *, pictures: Mapping[str, Drawn], sheets: tuple[CSS, ...]) -> Document:
    from weasyprint.urls import FatalURLFetchingError

    shelved = {f"{SHELF}{name}": picture for name, picture in pictures.items()}
    try:
        return source.render(font_config=fonts(), stylesheets=list(sheets), cache=shelved)
    except FatalURLFetchingError as denied:
        raise OutsideRequest(str(denied)) from denied


def _parsed(xhtml: str) -> HTML:
    from xml.etree.ElementTree import XML

    import cssselect2
    from weasyprint import HTML

    class Parsed(HTML):  # type: ignore[misc]  # WeasyPrint is untyped
        def __init__(self) -> None:
            self.base_url, self.url_fetcher, self.media_type = SHELF, fetcher(furniture()), "print"
            root = XML(_UNPRINTABLE.sub("", xhtml))  # our own template: it declares no entities
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, *_forms: object) -> list[CSS]:
            return []  # sheet.css says what HTML's elements are

    return Parsed()


def fetcher(served: Served) -> URLFetcher:
    """Give a fetcher that knows the shelf and nothing else. It opens no file and no connection."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ShelfOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint's call
            name = url.removeprefix(SHELF)
            if not url.startswith(SHELF) or name not in served:
                raise FatalURLFetchingError(url)
            return URLFetcherResponse(url, served[name], {"Content-Type": _content_type(name)})

    return ShelfOnly()


@cache
def fonts() -> FontConfiguration:
    """Declare our fonts, once."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    known = FontConfiguration()
    CSS(
        string=furniture()["fonts.css"].decode(),
        base_url=SHELF,
        url_fetcher=fetcher(furniture()),
        font_config=known,
    )
    atexit.register(fonts.cache_clear)  # it clears its files away, and needs a whole interpreter for that
    return known


@cache
def _certificate_sheets(paper: str) -> tuple[CSS, ...]:
    from weasyprint import CSS

    served = fetcher(furniture())
    return (CSS(string=certificate_style(paper), base_url=SHELF, url_fetcher=served, font_config=fonts()),)


def certificate_style(paper: str) -> str:
    """Give a certificate's style, with every variable put in: looked up for every box, they cost a tenth."""
    style = "".join(furniture()[name].decode() for name in ("type.css", "sheet.css"))
    style = f"{style} @page {{ size: {paper} landscape }}"
    words = dict(_DECLARED.findall(style))
    style = _DECLARED.sub("", style)
    while _USED.search(style):
        style = _USED.sub(lambda used: words[used[1]], style)
    return style


@cache
def furniture() -> Served:
    """Read what every page is set with: the style sheets and the unpacked fonts. Files that never change."""
    found = {file.name: file for file in sorted(FONTS.glob("*.woff2")) if _FONT.match(file.name)}
    return {
        **{css.name: css.read_bytes() for folder in _FOLDERS for css in sorted(folder.glob("*.css"))},
        "fonts.css": declared(found).encode(),
        **{name: _unpacked(file) for name, file in found.items()},
    }


def declared(fonts: Iterable[str]) -> str:
    """Declare fonts by the names of their files."""
    return "\n".join(_face(*_FONT.findall(name)[0]) for name in fonts)


def _face(file: str, family: str, subset: str, weight: str, style: str) -> str:
    """Declare one font file under its family's and its subset's name: “literata latin-ext”."""
    return (
        f'@font-face {{ font-family: "{family} {subset}"; font-weight: {weight}; font-style: {style}; '
        f'font-feature-settings: {_FEATURES}; src: url("{file}") }}'
    )


def _unpacked(font: Path) -> bytes:
    """Unpack a web font once, rather than once for every certificate."""
    from fontTools.ttLib import woff2  # type: ignore[import-untyped]

    plain = io.BytesIO()
    woff2.decompress(io.BytesIO(font.read_bytes()), plain)
    return plain.getvalue()


def _content_type(name: str) -> str:
    return {"css": "text/css", "svg": "image/svg+xml"}.get(name.rpartition(".")[2], "font/ttf")
