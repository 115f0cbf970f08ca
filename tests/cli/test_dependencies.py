"""An audit of the libraries is believed only if it finds what was planted; the bill of materials names everything."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import dependencies, sbom
from app.cli.commands import app
from app.cli.dependencies import NotAsked, symptoms
from app.cli.symptoms import Grade
from app.kit.templates import ROOT

HOLE = {"id": "CVE-2019-12308", "fix_versions": ["2.2.2"]}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "run.txt"
    path.write_text("jinja2==3.1.6 \\\n    --hash=sha256:aa\nPyYAML==6.0.3\n")
    return path


def answering(**vulns: list[dict[str, object]] | None) -> dependencies.Ask:
    """Give an audit that answers with these holes; a name with None is not answered for."""

    def ask(wanted: Path) -> str:
        told = []
        for line in wanted.read_text().split():
            name, version = line.split("==")
            held = vulns.get(name.replace("-", "_"), [])
            one = {"name": name, "version": version}
            told.append(one | ({"skip_reason": "not found"} if held is None else {"vulns": held}))
        return json.dumps({"dependencies": told})

    return ask


def test_an_audit_that_finds_the_planted_hole_and_no_other_is_believed(lock: Path) -> None:
    (found,) = symptoms(answering(django=[HOLE]), lock=lock)
    assert found.grade == Grade.WELL
    assert "2 libraries" in found.words


def test_a_hole_in_what_is_installed_is_unsafe(lock: Path) -> None:
    (found,) = symptoms(answering(django=[HOLE], jinja2=[{"id": "CVE-1", "fix_versions": []}]), lock=lock)
    assert (found.grade, "CVE-1" in found.words) == (Grade.UNSAFE, True)


@pytest.mark.parametrize(
    "ask",
    [answering(), answering(django=None), lambda _wanted: "", lambda _wanted: "[]", lambda _wanted: '{"fixes": []}'],
    ids=["finds nothing", "skips it", "says nothing", "says something else", "has no answer"],
)
def test_control_an_audit_that_misses_the_planted_hole_has_checked_nothing(ask: dependencies.Ask, lock: Path) -> None:
    (found,) = symptoms(ask, lock=lock)
    assert found.grade == Grade.UNKNOWN
    assert "Not checked" in found.words


def test_a_library_that_was_passed_over_in_silence_is_named(lock: Path) -> None:
    (found,) = symptoms(answering(django=[HOLE], pyyaml=None), lock=lock)
    assert (found.grade, "pyyaml" in found.words) == (Grade.UNKNOWN, True)


def test_without_the_program_it_says_so(lock: Path) -> None:
    def missing(_wanted: Path) -> str:
        raise NotAsked("pip-audit is not installed")

    assert symptoms(missing, lock=lock)[0].grade == Grade.UNKNOWN


def test_nothing_of_ours_needs_what_is_planted() -> None:
    assert dependencies.PLANTED[0] not in dependencies.pinned(dependencies.LOCK.read_text())


def test_the_bill_of_materials_names_everything_that_others_made() -> None:
    told = json.loads(CliRunner().invoke(app, ["sbom"]).stdout)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    named = {one["bom-ref"]: one for one in told["components"]}
    assert len(named) == len(told["components"])
    locked = dependencies.pinned((ROOT / "locks" / "run.txt").read_text())
    assert {f"pkg:pypi/{name}@{version}" for name, version in locked.items()} <= named.keys()
    for name, version in locked.items():
        (where,) = named[f"pkg:pypi/{name}@{version}"]["externalReferences"]
        assert where["hashes"], name
    for path in [*(ROOT / "static").glob("vendor/*/*.js"), *(ROOT / "static").glob("fonts/*.woff2")]:
        place = path.relative_to(ROOT / "static").as_posix().removeprefix("vendor/")
        assert named[f"static/{place}"]["hashes"][0]["content"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {one["name"] for one in named["static/codemirror/codemirror.js"]["components"]} >= {"@codemirror/view"}


def test_the_same_materials_make_the_same_bill() -> None:
    first, second = (sbom.bill(now=datetime(2026, 11, day, tzinfo=UTC)) for day in (1, 2))
    assert first["serialNumber"] == second["serialNumber"]
