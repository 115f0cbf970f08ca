"""Templates and what pages are drawn with: everything is escaped, and an unknown name is an error."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"

# Each is the files it imports, pressed into one.
SHEETS = {"css/app.css", "css/studio/studio.css", "css/verify/verify.css"}
IMPORT = re.compile(r'@import url\("([a-z0-9_-]+\.css)"\)(?: layer\(([a-z]+)\))?;')
RELATIVE = re.compile(r'url\("\.\./([a-z0-9/._-]+)"\)')


@cache
def environment() -> Environment:
    """Give an environment over `templates/`: autoescape for HTML, and an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html", "svg", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset  # a global, so that components see it too
    return made


@cache
def asset(name: str) -> str:
    """Give the address of a static file: it changes when the file does, so it may be kept for a year."""
    digest = hashlib.sha256(asset_bytes(name)).hexdigest()[:12]
    return f"/static/{digest}/{name}"


@cache
def asset_bytes(name: str) -> bytes:
    """Read a static file; a style sheet is the files it imports, in their layers, as one.

    Raise `ValueError` for a name that leads out of `static/`, or that is another spelling of one that does not:
    whatever is asked for is read and kept, so there must be one name for each file and no more.
    """
    path = (STATIC / name).resolve()
    if path.relative_to(STATIC).as_posix() != name:
        raise ValueError(name)
    raw = path.read_bytes()
    return _joined(raw.decode(), path.parent).encode() if name in SHEETS else raw


def _joined(manifest: str, folder: Path) -> str:
    """Put the sheets of a manifest in their places, neighbors of one layer in one block."""
    order = manifest.partition("@import")[0]
    layers = (
        f"@layer {layer} {{ {''.join(_sheet(folder / name) for name, _ in sheets)} }}"
        for layer, sheets in groupby(IMPORT.findall(manifest), key=lambda found: found[1])
    )
    return RELATIVE.sub(lambda found: f'url("{asset(found[1])}")', _pressed(order + "".join(layers)))


def _sheet(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _pressed(css: str) -> str:
    """Leave out what is for those who read the source: remarks and white space."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r" ?([{};,>]) ?", r"\1", re.sub(r"\s+", " ", css)).strip()
    return css.replace(": ", ":").replace(";}", "}")
