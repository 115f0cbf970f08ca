"""The press: sets a sheet in type with WeasyPrint, and reaches for nothing but what it is handed.

WeasyPrint fetches whatever a page names, local files too. Names and titles come from people, so the page is
escaped *and* nothing is fetched: a request for anything but our own fonts and drawings stops the press.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from weasyprint import Document
    from weasyprint.urls import URLFetcher

_ROOT = Path(__file__).resolve().parents[3]
_FOLDERS = (_ROOT / "templates/certificate", _ROOT / "templates/transcript", _ROOT / "templates/evidence")
_SHELF = "https://certificate.invalid/"  # no such host exists; the press answers for it from memory

_FONT = re.compile(r"((literata|atkinson-hyperlegible-next)-([a-z-]+)-(\d+)-([a-z]+)\.woff2)")

Served = Mapping[str, bytes]  # name on the shelf -> content


class OutsideRequest(Exception):
    """A page asked for something that was not handed to it: a file, an address. Nothing was fetched."""


def page(template: str, **words: object) -> str:
    """Fill a template of a printed page. Everything is escaped; a missing word is an error, not a gap."""
    environment = Environment(loader=FileSystemLoader(_FOLDERS), autoescape=True, undefined=StrictUndefined)
    environment.filters["printed"] = Markup  # what records.printing has made harmless is not escaped again
    return environment.get_template(template).render(words)


def lay_out(html: str, served: Served) -> Document:
    """Set a page in type and break it into sheets; nothing is painted yet."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    try:
        source = HTML(string=html, base_url=_SHELF, url_fetcher=fetcher(served))
        return source.render(font_config=FontConfiguration())
    except FatalURLFetchingError as denied:
        raise OutsideRequest(str(denied)) from denied


def fetcher(served: Served) -> URLFetcher:
    """Give a fetcher that knows the shelf and nothing else. It opens no file and no connection."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ShelfOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint's call
            name = url.removeprefix(_SHELF)
            if not url.startswith(_SHELF) or name not in served:
                raise FatalURLFetchingError(url)
            return URLFetcherResponse(url, served[name], {"Content-Type": _content_type(name)})

    return ShelfOnly()


@cache
def furniture() -> Served:
    """Read what every page is set with: the style sheets and the unpacked fonts. Files that never change."""
    fonts = {file.name: file for file in sorted((_ROOT / "static/fonts").glob("*.woff2")) if _FONT.match(file.name)}
    return {
        **{css.name: css.read_bytes() for folder in _FOLDERS for css in sorted(folder.glob("*.css"))},
        "fonts.css": "\n".join(_face(*_FONT.findall(name)[0]) for name in fonts).encode(),
        **{name: _unpacked(file) for name, file in fonts.items()},
    }


def _face(file: str, family: str, subset: str, weight: str, style: str) -> str:
    """Declare one font file under its family's and its subset's name: “literata latin-ext”."""
    return (
        f'@font-face {{ font-family: "{family} {subset}"; font-weight: {weight}; font-style: {style}; '
        f'src: url("{file}") }}'
    )


def _unpacked(font: Path) -> bytes:
    """Unpack a web font once, rather than once for every certificate."""
    from fontTools.ttLib import woff2  # type: ignore[import-untyped]

    plain = io.BytesIO()
    woff2.decompress(io.BytesIO(font.read_bytes()), plain)
    return plain.getvalue()


def _content_type(name: str) -> str:
    return {"css": "text/css", "svg": "image/svg+xml"}.get(name.rpartition(".")[2], "font/ttf")
