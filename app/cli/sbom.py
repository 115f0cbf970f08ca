"""`continua sbom`: everything that is in this installation and was made elsewhere, for whoever watches over holes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import typer

from app.cli.dependencies import LOCK, PINNED
from app.kit.clock import system_clock
from app.kit.templates import ROOT

STATIC = ROOT / "static"
ROW = re.compile(r"^\| (@?[a-z][\w./@-]*) \| (\d[\w.]*) \|$", re.MULTILINE)
SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def sbom() -> None:
    """Print a bill of materials (CycloneDX 1.6, JSON): libraries with their locked hashes, scripts and fonts."""
    typer.echo(json.dumps(bill(now=system_clock()), ensure_ascii=False, indent=2))


def bill(*, now: datetime) -> dict[str, Any]:
    """Write the bill of what is locked and of what lies in static/."""
    components = [*libraries(LOCK.read_text(encoding="utf-8")), *scripts(STATIC / "vendor"), *fonts(STATIC / "fonts")]
    named = uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{named}",  # the same for the same materials
        "version": 1,
        "metadata": {
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "component": {"type": "application", "bom-ref": "continua", "name": "continua", "version": _own_version()},
        },
        "components": components,
        "dependencies": [{"ref": "continua", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def libraries(lock: str) -> Iterator[dict[str, Any]]:
    """Give every Python library of a lock, each with the hashes of the files it may be installed from."""
    places = [*PINNED.finditer(lock)]
    ends = [place.start() for place in places[1:]] + [len(lock)]
    for place, end in zip(places, ends, strict=True):
        name, version = place[1].lower(), place[2]
        hashes = [{"alg": "SHA-256", "content": one} for one in SHA256.findall(lock[place.end() : end])]
        purl = _purl("pypi", name, version)
        # Several files each, one for a kind of machine: as a reference, for the hashes of a component are of one file.
        yield {"type": "library", "bom-ref": purl, "purl": purl, "name": name, "version": version} | {
            **_license(name),
            "externalReferences": [{"type": "distribution", "url": purl, "hashes": hashes}],
        }


def scripts(folder: Path) -> Iterator[dict[str, Any]]:
    """Give every script of others, with the packages that were pressed into it, as the README beside it names them."""
    for path in sorted(folder.glob("*/*.js")):
        told = (path.parent / "README.md").read_text(encoding="utf-8")
        inside = [
            {"type": "library", "name": name, "version": version, "purl": _purl("npm", name, version)}
            for name, version in ROW.findall(told)
        ]
        yield _file(path, kind="library", name=f"{path.parent.name}/{path.name}") | {"components": inside}


def fonts(folder: Path) -> Iterator[dict[str, Any]]:
    """Give every font."""
    for path in sorted(folder.glob("*.woff2")):
        yield _file(path, kind="file", name=f"fonts/{path.name}")


def _file(path: Path, *, kind: str, name: str) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    hashes = [{"alg": "SHA-256", "content": digest}]
    return {"type": kind, "bom-ref": f"static/{name}", "name": name, "hashes": hashes}


def _purl(kind: str, name: str, version: str) -> str:
    return f"pkg:{kind}/{name.replace('@', '%40')}@{version}"


def _license(name: str) -> dict[str, Any]:
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return {}
    return {"licenses": [{"expression": told["License-Expression"]}]} if "License-Expression" in told else {}


def _own_version() -> str:
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "0"
