"""A certificate's file, checked offline: the signed facts that a PDF carries, and whether it is as it was sealed.

This is no reader of PDFs. It looks for what a certificate of ours must have in the open, and believes none of it:
whatever it finds is checked against the provider's keys. So it is light, and it can be written twice: static/offline
does the same in a browser (pdf.js, cms.js), and a test lets both judge the same files.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from app.awards.proofs import checking
from app.awards.proofs.checking import Proven, Verdict
from app.awards.proofs.keys import Keys, Revocations
from app.awards.proofs.seals import NoSeal
from app.awards.proofs.seals import Seal as Encoded
from app.awards.proofs.words import WORDS, filled

LARGEST_FILE = 32 * 1024 * 1024
LARGEST_EMBEDDED = 256 * 1024
LARGEST_SEAL = 128 * 1024  # as hexadecimal digits
MOST_EMBEDDED, MOST_RANGES = 64, 16
NEAR = 4096  # how far the words of one object may lie apart


def _spaced(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern.replace(b"~", rb"[\0\t\n\f\r ]"))


# White space is what PDF calls so, and not what Python does.
_EMBEDDED = _spaced(rb"/Type~*/EmbeddedFile(?![A-Za-z])")
_RANGE = _spaced(rb"/ByteRange~*\[~*(\d{1,10})~+(\d{1,10})~+(\d{1,10})~+(\d{1,10})~*\]")
_LENGTH = _spaced(rb"/Length~+(\d{1,9})(?!~+\d+~+R)(?!\d)")
_FLATE = _spaced(rb"/Filter~*(?:\[~*)?/FlateDecode(?![A-Za-z])")
_END = _spaced(rb"~*endstream")
_CONTENTS = re.compile(rb"<(?:[0-9A-Fa-f]{2})+>")


class Seal(StrEnum):
    """What became of the seal over a file."""

    INTACT = "intact"  # the file is, byte for byte, as the provider sealed it
    BROKEN = "broken"
    ABSENT = "absent"
    FOREIGN = "foreign"  # by a key that is not the provider's
    REVOKED = "revoked"  # by a key that the provider has revoked


def check(raw: bytes, keys: Keys, *, revocations: Revocations | None = None, proof: bytes | None = None) -> Proven:
    """Say what a file shows of itself: a PDF, or a certificate's signed facts with the proof that lies beside them."""
    if len(raw) > LARGEST_FILE:
        return checking.refused("too-large", keys)
    if b"%PDF-" in raw[:1024]:
        return _of_pdf(raw, keys, revocations)
    if is_certificate(raw):
        return checking.check(raw, proof, keys, revocations=revocations)
    return checking.refused("not-a-pdf", keys)


def certificate_in(raw: bytes) -> bytes:
    """Give the signed facts that a PDF carries, as `check` reads them; nothing where there are none, or several."""
    found = [each for each in dict.fromkeys(_carried(raw)) if is_certificate(each)]
    return found[0] if len(found) == 1 else b""


def is_certificate(raw: bytes) -> bool:
    """Say whether this wants to be the signed facts of a certificate."""
    return raw.startswith(b"{") and b"continua-certificate-1" in raw


def is_proof(raw: bytes) -> bool:
    """Say whether this wants to be a proof."""
    return raw.startswith(b"c2sp.org/tlog-proof@")


def carried(raw: bytes) -> Iterator[bytes]:
    """Give what a PDF carries as files of its own, as far as it can be read here. None of it is checked."""
    return _carried(raw)


def _of_pdf(raw: bytes, keys: Keys, revocations: Revocations | None) -> Proven:
    contents = list(dict.fromkeys(_carried(raw)))
    proven = _best(
        [each for each in contents if is_certificate(each)], list(filter(is_proof, contents)), keys, revocations
    )
    seal = _seal(raw, keys)
    title, sentence = (filled(words, provider=keys.provider) for words in WORDS["seals"][seal])
    return replace(proven, seal=str(seal), seal_title=title, seal_sentence=sentence)


def _best(certificates: list[bytes], proofs: list[bytes], keys: Keys, revocations: Revocations | None) -> Proven:
    """Check the one certificate, with whichever proof shows most."""
    if len(certificates) != 1:
        return checking.refused("several-certificates" if certificates else "no-certificate", keys)
    proven = checking.check(certificates[0], proofs[0] if proofs else None, keys, revocations=revocations)
    for proof in proofs[1:]:
        if proven.verdict == Verdict.PROVEN:
            break
        proven = checking.check(certificates[0], proof, keys, revocations=revocations)
    return proven


# --- what is attached ----------------------------------------------------------------------------------------------


def _carried(raw: bytes) -> Iterator[bytes]:
    for _, found in zip(range(MOST_EMBEDDED), _EMBEDDED.finditer(raw), strict=False):
        if (content := _embedded(raw, found.start())) is not None:
            yield content


def _embedded(raw: bytes, place: int) -> bytes | None:
    """Give the content of the stream whose dictionary holds a place."""
    begin, keyword = raw.rfind(b"obj", max(0, place - NEAR), place), raw.find(b"stream", place, place + NEAR)
    if begin < 0 or keyword < 0:
        return None
    told = raw[begin:keyword]
    start = keyword + (8 if raw.startswith(b"\r\n", keyword + 6) else 7)
    lengths = _lengths(raw, told, start)
    if b"/Filter" not in told:
        return raw[start : start + lengths[0]] if lengths and lengths[0] <= LARGEST_EMBEDDED else None
    if not _FLATE.search(told) or b"/DecodeParms" in told:
        return None
    inflated = (_inflated(raw[start : start + length]) for length in lengths)
    return next((content for content in inflated if content is not None), None)


def _lengths(raw: bytes, told: bytes, start: int) -> list[int]:
    """Give the lengths that a stream may have: as it says itself, else up to its end, with or without a line's end."""
    said = int(found[1]) if (found := _LENGTH.search(told)) else -1
    if said >= 0 and _END.match(raw[start + said : start + said + 12]):
        return [said]
    most = raw[start : start + LARGEST_EMBEDDED].find(b"endstream")
    return [length for length in (most, most - 1, most - 2) if length >= 0]


def _inflated(packed: bytes) -> bytes | None:
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(packed, LARGEST_EMBEDDED + 1)
    except zlib.error:
        return None
    return content if len(content) <= LARGEST_EMBEDDED and reader.eof and not reader.unused_data else None


# --- the seal ------------------------------------------------------------------------------------------------------


def _seal(raw: bytes, keys: Keys) -> Seal:
    """Say whether a PDF is, byte for byte, as one of the provider's keys sealed it."""
    seals = [
        _seal_in(raw, tuple(map(int, found.groups())), keys)
        for _, found in zip(range(MOST_RANGES), _RANGE.finditer(raw), strict=False)
    ]
    if not seals:
        return Seal.ABSENT
    telling = [seal for seal in seals if seal != Seal.BROKEN]
    return Seal.INTACT if Seal.INTACT in telling else telling[-1] if telling else Seal.BROKEN


def _seal_in(raw: bytes, span: tuple[int, ...], keys: Keys) -> Seal:
    start, gap, after, rest = span
    if start or not gap < after <= gap + LARGEST_SEAL or after + rest != len(raw):
        return Seal.BROKEN
    if not _CONTENTS.fullmatch(contents := raw[gap:after]):
        return Seal.BROKEN
    try:
        seal = Encoded.read(bytes.fromhex(contents[1:-1].decode()))
    except NoSeal:
        return Seal.BROKEN
    if hashlib.sha256(raw[:gap] + raw[after:]).digest() != seal.digest:
        return Seal.BROKEN
    known = keys.seals()
    signer = seal.signer(known)
    if signer is None:
        return Seal.FOREIGN
    return Seal.REVOKED if known[signer].revoked else Seal.INTACT
