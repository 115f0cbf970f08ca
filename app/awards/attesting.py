"""Attesting: a result of a check carries the time and a signature, so that it can be shown to somebody later.

The server keeps no list of what was checked. Whoever wants a receipt hands the results back, and what is not signed
here does not come on to it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.awards.verdicts import Result, instant
from app.kit.errors import Unavailable

SIGNATURE = "signature"
Attested = dict[str, Any]  # a result as the API tells it, with `checked_at` and `signature`


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and the 64 bytes of Ed25519."""

    key: str
    value: bytes


class Attests(Protocol):
    """Whoever signs for the house."""

    def sign(self, message: bytes) -> Signature:
        """Sign with the statement key that is in use."""

    def signed(self, signature: Signature, message: bytes) -> bool:
        """Say whether one of this house's statement keys that still count made this signature."""

    def fingerprint(self, key: str) -> str:
        """Give the SHA-256 of a public key, as its page shows it."""


def attest(result: Result, hand: Attests, *, now: datetime, asked: str = "") -> Attested:
    """Tell a result, with the time of the check and a signature over the whole; `asked` is a number as it was typed.

    Where the key is not at hand the result stands all the same, unsigned, and does not come on to a receipt.
    """
    told = {**result.plain(), "asked": asked, "checked_at": instant(now)}
    try:
        signature = hand.sign(canonical(told))
    except Unavailable:
        return {**told, SIGNATURE: None}
    return {**told, SIGNATURE: {"key": signature.key, "value": base64.b64encode(signature.value).decode()}}


def is_ours(told: Mapping[str, Any], hand: Attests) -> bool:
    """Say whether a result that somebody brings was found and signed here, and is unchanged."""
    match told.get(SIGNATURE):
        case {"key": str(key), "value": str(value), **rest} if not rest:
            said = {name: words for name, words in told.items() if name != SIGNATURE}
            return _is_signed(Signature(key, _bytes(value)), said, hand)
    return False


def canonical(told: Mapping[str, Any]) -> bytes:
    """Give the one text of a result (RFC 8785): what is signed is this."""
    import rfc8785

    return rfc8785.dumps(dict(told))


def _is_signed(signature: Signature, said: Mapping[str, Any], hand: Attests) -> bool:
    try:
        return hand.signed(signature, canonical(said))
    except (ValueError, TypeError, RecursionError):  # what has no canonical text was not signed here
        return False


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""
