"""The machine and its files: who may read them, whether there is room, and what drawing stands on."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.cli.symptoms.finding import Grade, Symptom
from app.settings import Settings

OTHERS = 0o077  # the rights of whoever is not the owner
LEAST_FREE = 1024**3
LEAST_SHARE = 0.05
BACKUP_NOTE = "last-backup"
BACKUP_OLD = timedelta(hours=36)  # a day, and half of one for the run itself
PANGO = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "/opt/homebrew/lib/libpangoft2-1.0.dylib")
WIDE_FONT = "Noto Sans CJK"


def rights(settings: Settings) -> Iterator[Symptom]:
    """Whether others on this machine can read records, keys or passwords."""
    yield _of_folder(settings.data)
    yield from _of_keys(settings.data / "keys")
    yield from _of_secrets([Path(".env"), Path(settings.smtp_url_file), Path(settings.database_url_file)])


def _of_folder(folder: Path) -> Symptom:
    if not folder.is_dir():
        return Symptom("data folder", Grade.SOON, f"{folder} is not there yet.", "Start the site once: ./run")
    if _mode(folder) & OTHERS:
        words = f"Others on this machine can look into {folder}, where names and license numbers lie."
        return Symptom("data folder", Grade.UNSAFE, words, f"chmod 700 {folder}")
    return Symptom("data folder", Grade.WELL, f"{folder} is open to its owner alone.")


def _of_keys(folder: Path) -> Iterator[Symptom]:
    open_ones = [path for path in (folder, *sorted(folder.glob("*.pem"))) if path.exists() and _mode(path) & OTHERS]
    if open_ones:
        words = f"Others can read {', '.join(map(str, open_ones))}: whoever has a key can sign as this house."
        remedy = f"chmod 700 {folder} && chmod 600 {folder}/*.pem, and if others had accounts here: ./run keys rotate"
        yield Symptom("keys", Grade.UNSAFE, words, remedy)
    elif folder.is_dir():
        yield Symptom("keys", Grade.WELL, "The keys can be read by their owner alone.")


def _of_secrets(files: list[Path]) -> Iterator[Symptom]:
    for path in files:
        if path.is_file() and _mode(path) & OTHERS:
            words = f"Others on this machine can read {path}, and a password may stand in it."
            yield Symptom("secrets", Grade.UNSAFE, words, f"chmod 600 {path}")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def account(_settings: Settings) -> Iterator[Symptom]:
    """Whether the site runs as the account that may do everything."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words = "This runs as root: a fault in any library would have the whole machine."
        yield Symptom("account", Grade.SOON, words, "Give the site an account of its own, and the data folder to it.")


def space(settings: Settings) -> Iterator[Symptom]:
    """Whether there is room on the disk for what is written next."""
    there = next((one for one in (settings.data, *settings.data.absolute().parents) if one.exists()), Path("/"))
    usage = shutil.disk_usage(there)
    free = f"{usage.free / 1024**3:,.1f} GB"
    if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE:
        words = f"Only {free} are free where the data folder is. On a full disk nothing can be saved."
        yield Symptom("disk", Grade.UNSAFE, words, "Make room, or give the data folder a larger disk.")
    else:
        yield Symptom("disk", Grade.WELL, f"{free} are free.")


def backups(settings: Settings, *, now: datetime) -> Iterator[Symptom]:
    """Whether a backup was made lately; the site cannot see one, so the script that makes it says so."""
    note = settings.data / BACKUP_NOTE
    how = f"Let the script that makes them end with: touch {note}"
    if not note.exists():
        yield Symptom("backup", Grade.UNKNOWN, "Nobody has said when the last backup was made.", how)
        return
    made_at = datetime.fromtimestamp(note.stat().st_mtime, tz=UTC)
    if now - made_at > BACKUP_OLD:
        words = f"The last backup is of {made_at:%Y-%m-%d %H:%M} UTC. What came after it exists once."
        yield Symptom("backup", Grade.UNSAFE, words, "Look why the backup did not run, and run it now.")
    else:
        yield Symptom("backup", Grade.WELL, f"The last backup is of {made_at:%Y-%m-%d %H:%M} UTC.")


def drawing(_settings: Settings) -> Iterator[Symptom]:
    """Whether certificates can be drawn, in every script that names are written in."""
    if not any(_loads(name) for name in PANGO):
        yield Symptom("Pango", Grade.UNSAFE, "Certificates cannot be drawn without it.", "Run ./run once as root.")
    else:
        yield Symptom("Pango", Grade.WELL, "It is there: certificates can be drawn.")
    if not _has_font(WIDE_FONT):
        words = f"{WIDE_FONT} is missing: a certificate with a Chinese, Japanese or Korean name is refused."
        yield Symptom(
            "fonts", Grade.SOON, words, "Install fonts-noto-core and fonts-noto-cjk, or run ./run once as root."
        )
    else:
        yield Symptom("fonts", Grade.WELL, "Names can be set in every script.")


def _loads(library: str) -> bool:
    with suppress(OSError):
        ctypes.CDLL(library)
        return True
    return False


def _has_font(family: str) -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    asked = [program, ":", "family"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return family in listed.stdout
