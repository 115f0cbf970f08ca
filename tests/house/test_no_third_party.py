"""No page asks another host for anything: every script, style, picture and form of a template is of this site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FETCHES = re.compile(
    r"<(?:script|link|img|source|video|audio|track|iframe|embed|object|form|use|image)\b[^>]*?"
    r"\b(?:src|href|srcset|poster|data|action)\s*=\s*[\"']?\s*(?:https?:)?//[^\s\"'>]+",
    re.IGNORECASE,
)
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
IN_SCRIPTS = re.compile(
    r"(?:fetch|import|sendBeacon|EventSource|WebSocket|Request|Worker)\s*\(\s*[\"'`](?:https?:|wss?:)?//|"
    r"\bfrom\s+[\"'](?:https?:)?//",
)
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".svg"})
STYLES = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_fetches_anything_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert FETCHES.findall(text) == []
    assert IN_STYLES.findall(text) == []


def test_no_style_and_no_script_fetches_anything_from_elsewhere() -> None:
    assert [path for path in STYLES if IN_STYLES.search(path.read_text(encoding="utf-8"))] == []
    assert [path for path in SCRIPTS if IN_SCRIPTS.search(path.read_text(encoding="utf-8"))] == []
    assert len(STYLES) > 20
    assert SCRIPTS


@pytest.mark.parametrize(
    "planted",
    [
        '<script type="module" src="https://cdn.example/x.js">',
        "<link rel=stylesheet href=//fonts.example/css>",
        '<img alt="" src="http://pixel.example/1.gif">',
        '<form method="post" action="https://elsewhere.example/">',
    ],
)
def test_control_what_fetches_from_elsewhere_is_found(planted: str) -> None:
    assert FETCHES.search(planted)
    assert not FETCHES.search('<a href="https://www.aswb.org/">')
    assert IN_STYLES.search('@import "https://fonts.example/css"')
    assert IN_SCRIPTS.search('fetch("https://elsewhere.example/")')
