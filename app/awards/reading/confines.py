"""The confines of the process that reads: little memory, little time, no file to write, nobody to talk to.

The libraries in it open no connection and start no program. The walls are for the day on which a file makes one do so.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 1024 * 1024 * 1024  # address space; an ordinary file takes a quarter of it
CPU_SECONDS = 10  # of one file
_OPEN_FILES = 64
_READABLE = tuple(
    str(Path(place).resolve())
    for place in {sys.prefix, sys.base_prefix, *sys.path, "/usr/share/zoneinfo", "/dev/null"}
    if place and Path(place).exists()
)
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.chmod",
    "os.putenv",
    "urllib.",
    "ftplib.",
    "smtplib.",
    "webbrowser.",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Forbidden(Exception):
    """Something tried to leave the process."""


def close_in() -> None:
    """Put up the walls. They cannot be taken down again."""
    with suppress(ValueError, OSError):  # macOS keeps no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    sys.addaudithook(_watch)


def begin_file() -> None:
    """Allow so much time again, for the next file. Past it the system ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise Forbidden(event)
    if event == "open":
        path, _mode, flags = arguments
        if isinstance(flags, int) and flags & _WRITES:
            raise Forbidden("open for writing")
        if isinstance(path, str | bytes) and not _is_ours(os.fsdecode(path)):
            raise Forbidden("open")


def _is_ours(path: str) -> bool:
    """Say whether a file is one of the program's own."""
    return os.path.realpath(path).startswith(_READABLE)
