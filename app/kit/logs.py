"""The log: one line an event on stderr, in UTC, with the id of its request, and nobody's name, address or words.

Machines get JSON; whoever looks at a terminal gets the same in words.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

request_id: ContextVar[str] = ContextVar("request_id", default="")  # of the request that is being answered
OURS = "continua"
PARTS = "parts"  # under this name a line carries what a machine asks for: log.info(…, extra={PARTS: {…}})


def keep(stream: TextIO | None = None) -> None:
    """Write what is logged to a stream: warnings of everybody, and what we note ourselves."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Words() if stream.isatty() else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)


def note(event: str, **parts: Any) -> None:
    """Note an event by its name, with what is known of it: numbers, and words of our own."""
    logging.getLogger(OURS).info(event, extra={PARTS: parts})


class Lines(logging.Formatter):
    """One line of JSON: at, level, from, event, and what else is known. A trace is one text in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; whatever stands in it, it is one."""
        told = {"at": _at(record), "level": record.levelname.lower(), "from": record.name, "event": record.getMessage()}
        told |= _known(record)
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True, default=str)


class Words(logging.Formatter):
    """The same for a person: a trace stands below its line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        known = " ".join(f"{name}={value}" for name, value in _known(record).items())
        line = f"{_at(record)} {record.levelname.lower()}: {record.getMessage()} {known}".rstrip()
        line = "".join(letter if letter.isprintable() else " " for letter in line)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _known(record: logging.LogRecord) -> dict[str, Any]:
    asked = {"request": request_id.get()} if request_id.get() else {}
    return asked | getattr(record, PARTS, {})
