"""A course as JSON and back, without loss: how an edition keeps what was read when it was published.

The nouns themselves are the schema. Fields that say nothing new are left out, so a noun may gain a field
with a default and old editions still load.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from app.content.course import Course

FORMAT = 1
KEPT = 64  # courses in memory: an edition never changes, and each answer that is saved asks for one
TAG = "is"  # names the noun where a field may hold one of several
_TEXTUAL: tuple[type, ...] = (Fraction, Decimal)
_PLAIN: tuple[type, ...] = (str, int, bool)

Load = Callable[[Any], Any]


def dump(course: Course) -> str:
    """Write a course as JSON."""
    return json.dumps({"format": FORMAT, "course": _dumped(course)}, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=KEPT)
def load(text: str) -> Course:
    """Read a course that was written by `dump`."""
    stored = json.loads(text)
    if stored["format"] != FORMAT:
        message = f"This edition is stored in format {stored['format']}; this program reads {FORMAT}."
        raise ValueError(message)
    course: Course = _loader(Course)(stored["course"])
    return course


def _dumped(value: Any) -> Any:
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, _TEXTUAL):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_dumped(item) for item in value]
    if isinstance(value, dict):
        return {_dumped(key): _dumped(item) for key, item in value.items()}
    return _dumped_noun(value)


def _dumped_noun(noun: Any) -> dict[str, Any]:
    said = ((each, getattr(noun, each.name)) for each in fields(noun))
    return {TAG: type(noun).__name__} | {each.name: _dumped(value) for each, value in said if not _default(each, value)}


def _default(each: Field[Any], value: Any) -> bool:
    if each.default is not MISSING:
        # Alike is not the same: Decimal("0") and Decimal("0.00") are equal and print differently.
        return type(each.default) is type(value) and repr(each.default) == repr(value)
    return each.default_factory is not MISSING and bool(each.default_factory() == value)


@cache
def _loader(kind: Any) -> Load:
    """Give the function that reads values of a type; made once a type."""
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _load_either(get_args(kind))
    if origin is tuple:
        return _load_tuple(get_args(kind))
    if origin is dict:
        return _load_dict(*get_args(kind))
    if is_dataclass(kind):
        return _load_noun(kind)
    if kind is date:
        return date.fromisoformat
    return _same if kind in _PLAIN else kind


def _same(value: Any) -> Any:
    return value


def _load_tuple(parts: tuple[Any, ...]) -> Load:
    if parts[-1] is Ellipsis:
        load_item = _loader(parts[0])
        return lambda values: tuple([load_item(value) for value in values])
    loads = tuple(_loader(part) for part in parts)
    return lambda values: tuple(load(value) for load, value in zip(loads, values, strict=True))


def _load_dict(key: Any, value: Any) -> Load:
    load_key, load_value = _loader(key), _loader(value)
    return lambda stored: {load_key(name): load_value(item) for name, item in stored.items()}


def _load_either(kinds: tuple[Any, ...]) -> Load:
    nouns: dict[str, Any] = {kind.__name__: kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)}
    if nouns:
        return lambda stored: None if stored is None else _loader(nouns[stored[TAG]])(stored)
    (only,) = (kind for kind in kinds if kind is not types.NoneType)
    load_only = _loader(only)
    return lambda value: None if value is None else load_only(value)


def _load_noun(kind: Any) -> Load:
    hints = get_type_hints(kind)
    loads: dict[str, Load] = {}

    def load_noun(stored: dict[str, Any]) -> Any:
        if not loads:  # a pool holds cases and a case questions: made when first needed
            loads.update({each.name: _loader(hints[each.name]) for each in fields(kind)})
        return kind(**{name: loads[name](value) for name, value in stored.items() if name != TAG})

    return load_noun
