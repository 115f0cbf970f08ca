"""The log: one line an event, for machines and for people, with the id of the request."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from app.kit import logs


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Leave the log of the tests as it was."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    handlers, level, own_level = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    ours.setLevel(own_level)


def told(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_time_in_utc_and_its_request() -> None:
    stream = io.StringIO()
    logs.keep(stream)
    held = logs.request_id.set("a1")
    logs.note("refused", refusal="NotYourRole", person=7)
    logs.request_id.reset(held)
    (line,) = told(stream)
    assert {one: line[one] for one in ("event", "refusal", "person", "request", "level")} == {
        "event": "refused", "refusal": "NotYourRole", "person": 7, "request": "a1", "level": "info",
    }  # fmt: skip
    assert datetime.fromisoformat(str(line["at"])).utcoffset() is not None


def test_a_fault_is_one_line_too_with_its_trace() -> None:
    stream = io.StringIO()
    logs.keep(stream)
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        logging.getLogger("anybody").exception("two\nlines")
    (line,) = told(stream)
    assert line["event"] == "two\nlines"
    assert "ZeroDivisionError" in str(line["trace"])


def test_libraries_are_heard_when_they_warn_and_not_before() -> None:
    stream = io.StringIO()
    logs.keep(stream)
    logging.getLogger("a.library").info("chatter")
    logging.getLogger("a.library").warning("trouble")
    assert [line["event"] for line in told(stream)] == ["trouble"]


def test_a_person_reads_words_and_no_line_is_forged() -> None:
    stream = Terminal()
    logs.keep(stream)
    logs.note("refused", refusal="TooLarge", route="/verify\n2026 forged")
    assert stream.getvalue().count("\n") == 1
    assert "info: refused refusal=TooLarge" in stream.getvalue()
