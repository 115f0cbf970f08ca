"""Known holes in the libraries, asked of the database of holes, and believed only if it finds one that is planted.

An audit that could not ask says “no known vulnerabilities” in the same words as one that did. So an old version with
a hole that everybody knows is asked about in the same run: whoever does not find that has checked nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.cli.symptoms import Grade, Symptom
from app.kit.templates import ROOT

LOCK = ROOT / "locks" / "run.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
PLANTED = ("django", "2.2.0")  # CVE-2019-12308 and many more; nothing of ours needs it
PATIENCE_SECONDS = 180

Ask = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class NotAsked(Exception):
    """The audit could not be made."""

    why: str


def pinned(lock: str) -> dict[str, str]:
    """Give the name and version of every library in a lock."""
    return {name.lower(): version for name, version in PINNED.findall(lock)}


def ask_pip_audit(wanted: Path) -> str:
    """Let pip-audit ask about a list of libraries; give its answer as JSON."""
    words = (
        "-m",
        "pip_audit",
        "-r",
        str(wanted),
        "--no-deps",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    )
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, *words], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise NotAsked("the database of known holes did not answer in time") from None
    if "No module named" in done.stderr:
        raise NotAsked("pip-audit is not installed; it comes with the tests: ./run test --collect-only")
    return done.stdout


def symptoms(ask: Ask = ask_pip_audit, *, lock: Path = LOCK) -> list[Symptom]:
    """Give every known hole in what is locked, or say that nothing was checked and why."""
    held = pinned(lock.read_text(encoding="utf-8"))
    try:
        answers = _answers(ask, held)
    except NotAsked as error:
        return [_unknown(error.why)]
    name, version = PLANTED
    if not answers.get(name):
        return [_unknown(f"{name} {version}, whose holes are well known, was asked about as well, and none was found")]
    silent = sorted(held.keys() - answers.keys())
    holes = [_hole(one, held[one], hole) for one in sorted(held.keys() & answers.keys()) for hole in answers[one]]
    if silent:
        holes.append(_unknown(f"nothing was said about {', '.join(silent)}"))
    if holes:
        return holes
    words = f"No known hole in {len(held)} libraries; that of {name} {version}, asked for as a trial, was found."
    return [Symptom("libraries", Grade.WELL, words)]


def _answers(ask: Ask, held: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Give the holes of each library that was answered for."""
    with TemporaryDirectory(prefix="continua-") as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("\n".join(f"{name}=={version}" for name, version in [*held.items(), PLANTED]) + "\n")
        said = ask(wanted)
    try:
        told = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise NotAsked("the database of known holes could not be reached") from None
    return {str(one["name"]).lower(): one["vulns"] for one in told if "vulns" in one}


def _hole(name: str, version: str, hole: dict[str, Any]) -> Symptom:
    mended = ", ".join(hole.get("fix_versions") or ()) or "no version yet"
    words = f"{name} {version} has a known hole, {hole['id']}; mended in {mended}."
    return Symptom("libraries", Grade.UNSAFE, words, "Upgrade Continua. If there is no newer version, tell its makers.")


def _unknown(why: str) -> Symptom:
    return Symptom("libraries", Grade.UNKNOWN, f"Not checked for known holes: {why}.", "Try where there is a network.")
