"""The web process draws nothing: what sets type and takes memory lives in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.kit.templates import ROOT

HEAVY = (
    "weasyprint",
    "pikepdf",
    "fontTools",
    "segno",
    "alembic",
    "pypdfium2",
    "pypdfium2_raw",
    "zxingcpp",
    "PIL",
    "pyhanko",
    "pyld",
)
SERVES_EVERYTHING = """
import json, sys
from datetime import UTC, datetime
import steps
from conftest import Postbox, StillClock
from fastapi.testclient import TestClient
from app.identity import sign_in
from app.identity.sign_in import Proof
from app.main import create_app
from app.settings import Settings
import cast as the_cast

clock = StillClock()
house = create_app(Settings(_env_file=None, public_url="https://ce.example.org"), clock=clock, mailer=Postbox())
steps.publish(house)
with house.state.wiring.database.write() as db:
    token = sign_in.begin(db, the_cast.join(db, "ana"), proof=Proof.PASSKEY, now=clock())
with TestClient(house, base_url="https://ce.example.org", follow_redirects=False) as her:
    her.cookies.set("__Host-continua", token)
    number = steps.earn(her)
    pdf = her.get(f"/certificates/{number}.pdf")
print(json.dumps({"status": pdf.status_code, "start": pdf.content[:5].decode(), "modules": sorted(sys.modules)}))
"""


def ran(script: str, folder: Path, url: str = "") -> str:
    """Run a script in a Python of its own, and give what it printed."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    settings = {"CONTINUA_DATA": str(folder), "CONTINUA_DATABASE_URL": url, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_web_process_that_gave_somebody_her_pdf_has_loaded_none_of_what_draws_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    told = json.loads(ran(SERVES_EVERYTHING, tmp_path, sqlite_url))
    assert (told["status"], told["start"]) == (200, "%PDF-"), "it was really drawn"
    assert [name for name in told["modules"] if name.split(".")[0] in HEAVY] == []


@pytest.mark.parametrize("module", ["app.main", "app.cli.commands", "app.cli.serve"])
def test_what_starts_with_the_server_loads_nothing_heavy(module: str, tmp_path: Path) -> None:
    loaded = ran(f"import {module}, sys; print(*sys.modules)", tmp_path).split()
    assert [name for name in loaded if name.split(".")[0] in HEAVY] == []


def test_what_is_loaded_would_be_found(tmp_path: Path) -> None:
    loaded = ran("import weasyprint, sys; print(*sys.modules)", tmp_path).split()
    assert "weasyprint" in loaded
