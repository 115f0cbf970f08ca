"""What every page carries stays light: the sheet, and the scripts of a learner's page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.kit.templates import STATIC, TEMPLATES, asset_bytes

COMPONENTS = TEMPLATES / "components"

HEAVIEST_SHEET = 20_000  # bytes as served, before compression; the list of faces is counted apart: it only names files
HEAVIEST_CHECKING_SHEET = 6_000  # besides the one of every page
HEAVIEST_SCRIPTS = 65_000  # all of them together; no page takes more than a few
FACES = re.compile(r"@font-face\{.*?\}")


def sheet() -> str:
    """Give our part of the style sheet, as it is served."""
    return FACES.sub("", asset_bytes("css/app.css").decode())


def weight(text: str) -> int:
    return len(text.encode())


def test_the_sheet_is_light() -> None:
    assert weight(sheet()) <= HEAVIEST_SHEET


def test_the_sheet_of_the_pages_that_check_is_light() -> None:
    assert 1_000 < weight(asset_bytes("css/verify/verify.css").decode()) <= HEAVIEST_CHECKING_SHEET


def test_the_scripts_are_light() -> None:
    scripts = {path.name: path.stat().st_size for path in (STATIC / "js").glob("*.js")}
    assert len(scripts) > 1
    assert sum(scripts.values()) <= HEAVIEST_SCRIPTS, scripts


def test_every_component_has_its_sheet_in_the_one_sheet() -> None:
    named = set(re.findall(r'url\("([a-z_]+\.css)"\)', (STATIC / "css/app.css").read_text(encoding="utf-8")))
    assert named | {"app.css"} == {path.name for path in (STATIC / "css").glob("*.css")}


@pytest.mark.parametrize("component", sorted(COMPONENTS.glob("*.html")), ids=lambda path: path.stem)
def test_every_component_is_used(component: Path) -> None:
    others = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html") if path != component]
    assert any(f'"components/{component.name}" ' in source for source in others), "an empty room"


def test_what_is_too_heavy_would_be_found() -> None:
    assert weight(sheet()) > HEAVIEST_SHEET // 2, "it is the sheet that is weighed"
    assert "@font-face" not in sheet()
