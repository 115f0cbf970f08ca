"""Receipts: what was found, dated and signed, for the case file.

The server remembers no check. Whoever wants a receipt hands the results back, and only what this house found and signed
itself, within a day, comes on to it. As CSV a receipt ends in a signature over every byte before, so that it can be
checked again for ever; as PDF it is sealed, and holds that CSV.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.awards import attesting, numbers, telling
from app.awards.attesting import SIGNATURE, Attested, Attests
from app.awards.verdicts import instant
from app.kit import tables
from app.kit.errors import Conflict, Invalid, Refusal, TooLarge, Unavailable
from app.kit.signing import Algorithm, PublicKey, verifies

MOST = 2_000  # results
LONGEST_KEPT = timedelta(days=1)  # later the certificates may stand otherwise: they are to be checked again
TITLE = "Receipt of a check of certificates"
MEANING = (
    "Each line says what was found at the time it names. A file is original (the very bytes that were issued), saved "
    "again with the same facts, altered, a picture to be compared by eye, not ours, or not readable. A certificate may "
    "be revoked or replaced later: check it again when you rely on it."
)
MARK = "signature"
KIND = "ed25519:"  # before the value, which may begin with a plus: a spreadsheet would take that for a formula
COLUMNS = (
    *("File", "SHA-256 of the file", "Certificate number", "Document", "On record", "Counts", "Holder", "Course"),
    *("Contact hours", "Completed on", "What was found", "What differs", "History", "Checked at (UTC)"),
)


class NothingToReceive(Invalid):
    """A receipt of nothing."""

    def __init__(self) -> None:
        """Say what is missing."""
        words = "There is nothing to write a receipt of yet. Check a file or a number first."
        super().__init__({"result": words}, words)


class NotFoundHere(Conflict):
    """A result that this house did not sign, or that was changed since."""

    title = "That is not what we found"
    message = "One of these results was not found here, or was changed since. Check the files again for a receipt."


class FoundTooLongAgo(Conflict):
    """A result that is too old to be put under today's date."""

    message = "Some of this was found more than a day ago, and may be otherwise today. Check it again for a receipt."


class CannotSign(Unavailable):
    """The key that signs is not at hand."""

    title = "There is no receipt just now"
    message = "The signing key is not at hand, so there is no receipt just now. What was found stands. Try again later."


class NotAReceipt(Refusal):
    """The file is no receipt, or not as it was signed."""

    title = "This is not a receipt as it was signed"
    message = "This file is not a receipt of this provider, or not a byte is as it was: its signature does not fit."


class KeyNotTrusted(NotAReceipt):
    """The key that signed it is not among those that are trusted."""

    message = "The key that signed this receipt is not among the keys that were given, or was revoked."


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose receipt it is."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is put on record."""

    origin: Origin
    made_at: datetime
    keys: tuple[tuple[str, str], ...]  # name and fingerprint of each key that signed a result
    results: tuple[Attested, ...]

    @property
    def counted(self) -> str:
        """What it counts up to."""
        return telling.counted(map(telling.of, self.results))


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt that was read back, and whose signature fits."""

    made_at: str
    origin: Origin
    key: str
    rows: tuple[dict[str, str], ...]  # under the names of COLUMNS


def make(brought: Sequence[str], hand: Attests, *, origin: Origin, now: datetime) -> Receipt:
    """Write a receipt of results that somebody hands back, as JSON. Raises what is told above, or `TooLarge`."""
    if not brought:
        raise NothingToReceive
    if len(brought) > MOST:
        raise TooLarge(f"A receipt holds up to {MOST:,} results. Write one of a part of them.")
    results = tuple(_ours(text, hand, now=now) for text in brought)
    names = dict.fromkeys(str(told[SIGNATURE]["key"]) for told in results)
    return Receipt(origin, now, tuple((name, hand.fingerprint(name)) for name in names), results)


def to_csv(receipt: Receipt, hand: Attests) -> bytes:
    """Give the receipt as CSV, signed over all that stands before its last line."""
    written = io.StringIO()
    lines = csv.writer(written)
    for line in _lines(receipt):
        lines.writerow([neutral(cell) for cell in line])
    said = b"\xef\xbb\xbf" + written.getvalue().encode()  # the mark by which spreadsheets know UTF-8
    signature = hand.sign(said)
    value = base64.b64encode(signature.value).decode()
    return said + f"{MARK},{signature.key},{KIND}{value}\r\n".encode()


def read_csv(content: bytes, keys: Mapping[str, Any]) -> SignedReceipt:
    """Check a receipt against a file of public keys, and read it. Raises `NotAReceipt` or `KeyNotTrusted`."""
    said, mark, last = content.rpartition(f"\n{MARK},".encode())
    match last.removesuffix(b"\n").removesuffix(b"\r").split(b","):
        case [name, value] if mark and content.startswith(b"\xef\xbb\xbf"):
            key = _trusted(name.decode("ascii", errors="replace"), keys)
        case _:
            raise NotAReceipt
    if not verifies(key, _bytes(value), said + b"\n"):
        raise NotAReceipt
    return _read(said.decode("utf-8-sig"), key.name)


def neutral(cell: str) -> str:
    """Take from a text what would make a spreadsheet act on it."""
    return str(tables.harmless(cell))


def differences(told: Mapping[str, Any]) -> str:
    """Tell what differs in one line."""
    each = (
        f"{telling.field(one['field'])}: {one['paper']} on the file, {one['record']} on record" for one in _of(told)
    )
    return "; ".join(each)


def history(told: Mapping[str, Any]) -> str:
    """Tell what became of a certificate in one line."""
    lines = telling.history(told["history"])
    return "; ".join(f"{words} {numbers.in_groups(number)}".strip() for words, number in lines)


def _of(told: Mapping[str, Any]) -> Iterable[Mapping[str, str]]:
    found: list[Mapping[str, str]] = told["differences"]
    return found


def _ours(text: str, hand: Attests, *, now: datetime) -> Attested:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise NotFoundHere from None
    if not isinstance(told, dict) or not attesting.is_ours(told, hand):
        raise NotFoundHere
    checked_at = datetime.strptime(told["checked_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if now - checked_at > LONGEST_KEPT:
        raise FoundTooLongAgo
    return told


def _lines(receipt: Receipt) -> Iterator[Sequence[str]]:
    yield (TITLE,)
    yield ("Made at (UTC)", instant(receipt.made_at))
    yield ("By", receipt.origin.name, receipt.origin.address)
    for name, fingerprint in receipt.keys:
        yield ("Key", name, f"SHA-256 {fingerprint}")
    yield ("Found", receipt.counted)
    yield ("Meaning", MEANING)
    yield ()
    yield COLUMNS
    for told in receipt.results:
        yield _line(told)


def _line(told: Mapping[str, Any]) -> Sequence[str]:
    known = told["facts"] or {}
    return (
        told["filename"] or told["asked"],
        f"sha256:{told['sha256']}" if told["sha256"] else "",  # digits with an E would be read as one number
        numbers.in_groups(told["number"]),
        telling.document(told),
        telling.status(told),
        {True: "yes", False: "no", None: ""}[told["ok"]],
        known.get("holder", ""),
        known.get("course", ""),
        known.get("hours", ""),
        known.get("completed_on", ""),
        told["sentence"],
        differences(told),
        history(told),
        told["checked_at"],
    )


def _trusted(name: str, keys: Mapping[str, Any]) -> PublicKey:
    for key in keys.get("keys", ()):
        if key.get("key") == name and key.get("use") == "statement" and not key.get("revoked"):
            return PublicKey(name, Algorithm(key["algorithm"]), base64.b64decode(key["public"]))
    raise KeyNotTrusted


def _read(text: str, key: str) -> SignedReceipt:
    lines = list(csv.reader(io.StringIO(text)))
    head = {line[0]: line[1:] for line in lines if line}
    try:
        first = lines.index(list(COLUMNS)) + 1
        name, address = head["By"]
        return SignedReceipt(
            made_at=head["Made at (UTC)"][0],
            origin=Origin(name, address),
            key=key,
            rows=tuple(dict(zip(COLUMNS, line, strict=True)) for line in lines[first:]),
        )
    except (ValueError, KeyError, IndexError):
        raise NotAReceipt from None


def _bytes(value: bytes) -> bytes:
    try:
        return base64.b64decode(value.removeprefix(b"'").removeprefix(KIND.encode()), validate=True)
    except (binascii.Error, ValueError):
        return b""
