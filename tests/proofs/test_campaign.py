"""The campaign command: what it writes, what it refuses, and that a proof without a failing control proves nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cast import NOON
from typer.testing import CliRunner

from app.cli import campaign
from app.cli.campaign import Found, LongForm, NoProofs, Trial
from app.cli.commands import app

HELD = Trial("SQLite", "3.40.1", "as shipped", n=3, failures=0, counted={"seen": 3})
BROKE = replace(HELD, what="nothing is kept", failures=2)


def a_proof(found: Found) -> LongForm:
    return LongForm("It holds.", "The weather.", usual_n=3, try_it=lambda **_asked: found)


def test_a_campaign_writes_down_what_evidence_must_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "load", lambda _name: a_proof(Found((HELD,), (BROKE,))))
    ended = CliRunner().invoke(app, ["campaign", "kills", "--seed", "7", "--to", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    told = json.loads(Path(ended.stdout.strip()).read_text(encoding="utf-8"))
    assert (
        told
        | {
            "name": "kills",
            "claim": "It holds.",
            "command": "./run campaign kills --n 3 --seed 7",
            "n": 3,
            "failures": 0,
            "holds": True,
            "not_tried": "The weather.",
            "seed": 7,
            "sqlite": "3.40.1",
        }
        == told
    )
    assert told["control"][0]["failures"] == 2
    assert {"commit", "date", "machine", "python", "seconds"} <= told.keys()


@pytest.mark.parametrize(
    "found",
    [Found((BROKE,), (BROKE,)), Found((HELD,), (HELD,)), Found((HELD,), (BROKE, HELD))],
    ids=["the claim broke", "the control held", "one control held"],
)
def test_a_broken_claim_and_a_control_that_holds_both_end_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Found
) -> None:
    monkeypatch.setattr(campaign, "load", lambda _name: a_proof(found))
    ended = CliRunner().invoke(app, ["campaign", "kills", "--to", str(tmp_path)])
    assert ended.exit_code == 1
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]  # bad news is written down as well


def test_what_draws_no_chance_names_no_seed() -> None:
    proof = replace(a_proof(Found((HELD,), (BROKE,))), draws_chance=False)
    told = campaign.run(proof, name="completions", n=3, seed=7, now=NOON)
    assert (told["seed"], told["command"]) == (None, "./run campaign completions --n 3")


def test_evidence_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-20-kills.json"
    written = [campaign.write({"run": run}, path).name for run in (1, 2, 3)]
    assert written == ["2026-11-20-kills.json", "2026-11-20-kills-2.json", "2026-11-20-kills-3.json"]
    assert json.loads(path.read_text(encoding="utf-8")) == {"run": 1}


def test_without_the_tests_there_is_nothing_to_prove_with(tmp_path: Path) -> None:
    with pytest.raises(NoProofs, match="run once"):
        campaign.load("kills", tests=tmp_path)


@pytest.mark.campaign
def test_the_completions_hold_and_their_control_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofs.databases.KINDS", ("SQLite",))
    found = campaign.load("completions").try_it(n=3, folder=tmp_path, tell=lambda _line: None)
    assert found.holds, found
    assert [trial.counted["processes"] for trial in found.trials] == [1, 2]
