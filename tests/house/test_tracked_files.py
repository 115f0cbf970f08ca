"""What is committed: nothing of anybody's machine, no registry's address, and third parties' files byte for byte."""

from __future__ import annotations

import hashlib
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written in parts, or this file would be the one that names them.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("fonts", "googleapis", "com"),
        ("fonts", "gstatic", "com"),
    )
)
MACHINE = re.compile(r"(?<![\w.$}:/])/(?:work|root|home|Users|tmp)/[\w.]")
SECRET = re.compile(r"BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{30}")
BINARY = {".woff2", ".png", ".jpg", ".webp", ".webm", ".m4a", ".mp4", ".pdf", ".ico"}
VENDORED = {
    "static/fonts": ("*.woff2", "*OFL.txt"),
    "static/icons": ("icons.svg",),
    "static/vendor/codemirror": ("codemirror.js",),
    "static/vendor/noble": ("ed25519.js",),
}


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> tuple[tuple[str, str], ...]:
    kept = (path for path in tracked() if path.suffix not in BINARY)
    return tuple((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in kept)


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_files_of_the_house_are_there_to_be_looked_at() -> None:
    assert len(tracked()) > 150
    assert ROOT / "app" / "main.py" in tracked()


def test_no_file_names_the_address_of_a_registry() -> None:
    assert lines_with(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_lock_names_where_a_package_is_fetched_from() -> None:
    for path in sorted((ROOT / "locks").glob("*.txt")):
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", path.read_text(encoding="utf-8")), path
        assert "--hash=sha256:" in path.read_text(encoding="utf-8")


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE) == []


def test_no_file_holds_a_secret() -> None:
    assert lines_with(SECRET) == []


def test_nothing_that_is_made_or_private_is_tracked() -> None:
    made = re.compile(r"(^|/)(__pycache__|\.venv|var|\.env)(/|$)|\.(db|sqlite|pyc|eml|log)$")
    assert [path for path in tracked() if made.search(path.relative_to(ROOT).as_posix())] == []


def sums(folder: str) -> dict[str, str]:
    """Read the SHA-256 that a folder's README gives for each file."""
    readme = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    return {
        name.strip("`"): digest
        for name, digest in re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})` \|$", readme, re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (folder, path.name)
        for folder, patterns in VENDORED.items()
        for pattern in patterns
        for path in sorted((ROOT / folder).glob(pattern))
    ],
)
def test_third_parties_files_are_what_their_readme_says(folder: str, name: str) -> None:
    content = (ROOT / folder / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sums(folder)[name]


@pytest.mark.parametrize("folder", VENDORED)
def test_a_readme_lists_no_file_that_is_gone(folder: str) -> None:
    listed = {name for name in sums(folder) if not name.endswith((".tgz,", ".tgz", "tgz`,"))}
    assert listed
    assert listed <= {path.name for path in (ROOT / folder).iterdir()}


def test_what_must_not_be_committed_would_be_found() -> None:
    for folder in ("home", "root", "work", "tmp"):  # in parts again
        assert MACHINE.search(f'open("/{folder}/continua/x.png")')
    assert not MACHINE.search("${HOME}/home/page and https://example.org/home/page")
    assert SECRET.search("-----BEGIN EC PRIVATE" + " KEY-----")
