"""What may stand in a certificate's files, read so strictly that no two programs can read them differently.

The shapes are data, `shapes.json`, because the verifier in the browser (static/offline) reads by the same ones: what
one of the two accepts and the other refuses would be a place to hide a forgery in.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

Read = dict[str, Any]

SHAPES = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))
LARGEST: dict[str, int] = SHAPES["largest"]  # bytes, of each kind of file
DEEPEST = 16
_CALENDAR = {"date": date.fromisoformat, "instant": datetime.fromisoformat}


class Unfit(ValueError):
    """What was read is not what it should be; `reason` is one of those that words.json puts into a sentence."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        self.reason = reason
        super().__init__(reason)


def read(raw: bytes, shape: str) -> Read:
    """Read JSON of the named shape, however it is laid out, or raise `Unfit`."""
    return _shaped(_parsed(raw, shape), shape)


def read_canonical(raw: bytes, shape: str) -> Read:
    """Read JSON of the named shape that is written in its one way (RFC 8785): no space, no name twice, one order."""
    value = _parsed(raw, shape)
    if canonical(value) != raw:
        raise Unfit("not-canonical")
    return _shaped(value, shape)


def canonical(value: object) -> bytes:
    """Write a value in its one way. `Unfit` where it has none: half a character, too large a number."""
    import rfc8785

    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except ValueError as error:
        raise Unfit("not-canonical") from error


def _parsed(raw: bytes, shape: str) -> object:
    if len(raw) > LARGEST[shape]:
        raise Unfit("too-large")
    try:
        value: object = json.loads(raw.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unfit("not-canonical") from error
    if _is_deeper(value, DEEPEST):
        raise Unfit("not-canonical")
    return value


def _refuse(written: str) -> None:
    raise ValueError(written)


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    held = value.values() if isinstance(value, dict) else value
    return not levels or any(_is_deeper(each, levels - 1) for each in held)


def _shaped(value: object, shape: str) -> Read:
    if not fits(value, shape):
        raise Unfit("wrong-shape")
    assert isinstance(value, dict)  # noqa: S101 - for whoever checks types: only objects are read
    return value


def fits(value: object, shape: str) -> bool:
    """Say whether a value has a shape: `?` null too, `[]` a list, `{}` an object by any names, `=`, `#` a literal."""
    match shape[0]:
        case "?":
            return value is None or fits(value, shape[1:])
        case "[":
            return isinstance(value, list) and all(fits(each, shape[1:-1]) for each in value)
        case "{":
            return isinstance(value, dict) and all(_is_name(name) and fits(value[name], shape[1:-1]) for name in value)
        case "=":
            return value == shape[1:]
        case "#":
            return type(value) is int and value == int(shape[1:])
    return _is_object(value, shape) if shape in SHAPES["objects"] else _is_plain(value, shape)


def _is_object(value: object, shape: str) -> bool:
    named = SHAPES["objects"][shape]
    if not isinstance(value, dict) or not (
        value.keys() >= named.keys() if _is_open(shape) else value.keys() == named.keys()
    ):
        return False
    return all(fits(value[name], within) for name, within in named.items())


def _is_open(shape: str) -> bool:
    return shape in SHAPES["open"]  # lists of keys may tell more than an older verifier knows


def _is_plain(value: object, shape: str) -> bool:
    if shape == "boolean":
        return isinstance(value, bool)
    if shape == "size":
        return type(value) is int and value >= 0
    return isinstance(value, str) and bool(_pattern(shape).fullmatch(value)) and _is_on_calendar(value, shape)


def _is_name(name: str) -> bool:
    return bool(re.fullmatch(SHAPES["names"], name))


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(SHAPES["patterns"][shape])


def _is_on_calendar(value: str, shape: str) -> bool:
    if shape not in _CALENDAR:
        return True
    try:
        _CALENDAR[shape](value)
    except ValueError:
        return False
    return True
