"""The verifier as one page: opened from a disk, it checks certificates without a network, and without us.

Its parts are modules in static/offline. Here they are laid one after the other into a single file, whose policy allows
what stands in it, named by hashes, and nothing else: no connection, no picture from elsewhere, no other script.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from app.awards.proofs.shapes import SHAPES
from app.awards.proofs.words import WORDS
from app.kit.templates import STATIC, asset_bytes, environment

MODULES = (
    "bytes",
    "words",
    "signatures",
    "shapes",
    "register",
    "keys",
    "checking",
    "cms",
    "pdf",
    "page",
)  # as they need
FACES = (
    ("Atkinson Hyperlegible Next", "atkinson-hyperlegible-next-latin-400-normal", 400, "U+0000-00FF, U+2000-206F"),
    ("Atkinson Hyperlegible Next", "atkinson-hyperlegible-next-latin-ext-400-normal", 400, "U+0100-02BA, U+1E00-1EFF"),
    ("Atkinson Hyperlegible Next", "atkinson-hyperlegible-next-latin-700-normal", 700, "U+0000-00FF, U+2000-206F"),
    ("Literata", "literata-latin-400-normal", 400, "U+0000-00FF, U+2000-206F"),
    ("Literata", "literata-latin-700-normal", 700, "U+0000-00FF, U+2000-206F"),
)
ICONS = (
    "circle-alert",
    "circle-question-mark",
    "file-x",
    "refresh-cw",
    "scale",
    "shield-check",
    "shield-x",
    "triangle-alert",
)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_GLOBALS = re.compile(r"^/\* global [A-Za-z0-9, ]+ \*/\n", re.MULTILINE)  # told to readers of one module alone
_FACE = re.compile(r"@font-face\{.*?\}")


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """The parts of the page, each whole."""

    title: str
    policy: str
    style: Markup
    script: Markup
    icons: Markup


def offline_page(keys_json: str | None) -> str:
    """Give the page, with the provider's keys in it or without."""
    style, script = _style(), _script(keys_json)
    told = json.loads(keys_json)["provider"] if keys_json else ""
    page = OfflinePage(
        title=f"Certificates of {told}" if told else "Certificates",
        policy=_policy(style, script),
        style=Markup("<style>{}</style>").format(Markup(style)),  # noqa: S704 - our own files
        script=Markup('<script type="module">{}</script>').format(Markup(script)),  # noqa: S704 - and JSON without “<”
        icons=_icons(),
    )
    return environment().get_template("verify/offline.html").render(page=page)


def _policy(style: str, script: str) -> str:
    return "; ".join((
        "default-src 'none'",
        f"script-src '{_hash(script)}'",
        f"style-src '{_hash(style)}'",
        "font-src data:",
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ))  # fmt: skip


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _script(keys_json: str | None) -> str:
    keys = json.loads(keys_json) if keys_json else None
    told = {"WORDS": WORDS, "SHAPES": SHAPES, "KEYS": keys}
    values = "".join(f"const {name} = {_literal(value)};\n" for name, value in told.items())
    return f"\n{values}\n{_program()}\n"


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _program() -> str:
    sources = [_file("vendor/noble/ed25519.js"), *(_module(name) for name in MODULES)]
    return "\n".join(sources)


def _module(name: str) -> str:
    source = _file(f"offline/{name}.js")
    return f"// --- {name}.js\n\n" + _GLOBALS.sub("", _EXPORT.sub("", _IMPORT.sub("", source)))


@cache
def _style() -> str:
    sheet = _FACE.sub("", asset_bytes("css/app.css").decode())
    return "\n".join(("", *map(_face, *zip(*FACES, strict=True)), sheet, _file("offline/verify.css")))


def _face(family: str, name: str, weight: int, letters: str) -> str:
    font = base64.b64encode((STATIC / "fonts" / f"{name}.woff2").read_bytes()).decode()
    source = f'url("data:font/woff2;base64,{font}") format("woff2")'
    return f'@font-face{{font-family:"{family}";font-weight:{weight};unicode-range:{letters};src:{source}}}'


@cache
def _icons() -> Markup:
    drawn = _file("icons/icons.svg")
    symbols = "".join(_symbols(drawn, ICONS))
    return Markup('<svg width="0" height="0" aria-hidden="true">{}</svg>').format(Markup(symbols))  # noqa: S704 - ours


def _symbols(drawn: str, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        found = re.search(rf'<symbol id="{name}".*?</symbol>', drawn, re.DOTALL)
        if found is None:
            raise LookupError(name)
        yield found[0]


def _file(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
