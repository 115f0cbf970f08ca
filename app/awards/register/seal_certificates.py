"""The certificates (X.509) behind the seal of a PDF: a root of twenty years, and leaves of three.

A leaf is made every year and outlives it by two, so that whoever opens a PDF in Acrobat soon after sees a leaf that is
still good; later checks go by the time of issue. Keys are never seen here: whoever holds them is asked to sign.
"""

from __future__ import annotations

import hashlib
import secrets
import stringprep
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.kit.signing import PublicKey

ROOT_LIVES = timedelta(days=20 * 365)
LEAF_LIVES = timedelta(days=3 * 365)
BACKDATED = timedelta(days=1)  # clocks differ: a leaf is good at once wherever it is looked at
LONGEST_NAME = 64  # of an X.509 common name, in bytes: some count those, and no less than letters
DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"  # RFC 9336

Sign = Callable[[bytes], bytes]
Extension = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Whose certificate it is, and who vouches for it."""

    subject: Any
    issuer: Any


def root(key: PublicKey, *, house: str, sign: Sign, now: datetime) -> bytes:
    """Make the certificate of a root key, signed by itself."""
    name = _name(house, "Root")
    basic = _extension("basic_constraints", {"ca": True, "path_len_constraint": 0}, critical=True)
    usage = _extension("key_usage", {"key_cert_sign", "crl_sign"}, critical=True)
    own = _extension("key_identifier", _identifier(key.public))
    return _certificate(key, Names(name, name), [basic, usage, own], sign=sign, from_=now, lives=ROOT_LIVES)


def leaf(key: PublicKey, vouching: bytes, *, house: str, sign: Sign, now: datetime) -> bytes:
    """Make the certificate of a key that seals, signed by the root whose certificate is `vouching`."""
    from asn1crypto import x509

    above = x509.Certificate.load(vouching)
    usage = _extension("key_usage", {"digital_signature", "non_repudiation"}, critical=True)
    extensions = [
        _extension("basic_constraints", {"ca": False}, critical=True),
        usage,
        _extension("extended_key_usage", [DOCUMENT_SIGNING]),
        _extension("key_identifier", _identifier(key.public)),
        _extension("authority_key_identifier", {"key_identifier": above.key_identifier}),
    ]
    names = Names(_name(house, f"Certificate seal {now:%Y}"), above.subject)
    return _certificate(key, names, extensions, sign=sign, from_=now, lives=LEAF_LIVES)


def _certificate(
    key: PublicKey, names: Names, extensions: list[Extension], *, sign: Sign, from_: datetime, lives: timedelta
) -> bytes:
    from asn1crypto import algos, keys, x509

    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    begins = (from_ - BACKDATED).replace(microsecond=0)
    signed = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(159) | 1,
            "signature": algorithm,
            "issuer": names.issuer,
            "validity": {"not_before": _time(begins), "not_after": _time(begins + lives)},
            "subject": names.subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(key.public),
            "extensions": extensions,
        }
    )
    made = x509.Certificate(
        {"tbs_certificate": signed, "signature_algorithm": algorithm, "signature_value": sign(signed.dump())}
    )
    encoded: bytes = made.dump()
    return encoded


def _name(house: str, what: str) -> Any:
    from asn1crypto import x509

    house = " ".join("".join(filter(_is_comparable, house)).split())
    common = f"{_short(house, LONGEST_NAME - len(what) - 1)} {what}".strip()
    named = {"organization_name": _short(house, LONGEST_NAME)} if house else {}
    for name in ({**named, "common_name": common}, {**named, "common_name": what}):
        made = x509.Name.build(name)
        with suppress(ValueError):  # letters written from right to left may not stand beside ours in one name
            made.hashable  # noqa: B018 - whoever checks a chain asks for it
            return made
    return x509.Name.build({"common_name": what})


def _is_comparable(letter: str) -> bool:
    """Say whether names with this letter can be compared (RFC 4518): whoever checks a chain compares them."""
    prep = stringprep
    unfit = (prep.in_table_a1, prep.in_table_c3, prep.in_table_c4, prep.in_table_c5, prep.in_table_c8)
    return letter != "\N{REPLACEMENT CHARACTER}" and not any(is_in(letter) for is_in in unfit)


def _short(name: str, most: int) -> str:
    return name.encode()[:most].decode(errors="ignore").strip()


def _extension(kind: str, value: object, *, critical: bool = False) -> Extension:
    return {"extn_id": kind, "critical": critical, "extn_value": value}


def _identifier(public: bytes) -> bytes:
    """Name a key as RFC 7093 does (method 1): the first 160 bits of a SHA-256."""
    return hashlib.sha256(public).digest()[:20]


def _time(moment: datetime) -> Any:
    """Write a time as RFC 5280 asks: two digits of the year until 2049, four after."""
    from asn1crypto import x509

    return x509.Time({"utc_time": moment} if moment.year < 2050 else {"general_time": moment})
