"""The seal of the house itself, checked by a validator that is not ours: today, after its leaf, after rotations."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate as Asn1
from cast import NOON
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from registers import certify, make_issuer

from app import audit
from app.awards import certificates, document, keys, pdfs
from app.awards.issuer import Issuer
from app.kit.database import Database
from app.library import provider

YEAR = timedelta(days=365)

pytestmark = pytest.mark.xdist_group("drawing")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def drawn(database: Database, issuer: Issuer, who: str, *, now: datetime) -> bytes:
    with database.write() as db:
        number = certify(db, who, issuer, now=now).number
    with database.read() as db:
        order = pdfs.ordered(db, certificates.by_number(db, number), issuer=issuer, now=now)
    return document.draw(order, sign=issuer.signer.sign)


def roots(database: Database) -> list[bytes]:
    with database.read() as db:
        return [key.certificate for key in keys.all_of(db) if key.use == keys.ROOT]


def is_trusted(content: bytes, root: bytes, at: datetime) -> bool:
    """Ask pyHanko whether the seal is whole, and by a leaf that this root vouched for at an instant."""
    trust = ValidationContext(trust_roots=[Asn1.load(root)], moment=at, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    status = validate_pdf_signature(signature, trust)
    assert status.intact
    assert status.valid
    return bool(status.trusted)


def test_a_seal_holds_at_the_time_of_its_issue_however_old_it_is_and_however_often_keys_changed(
    sqlite_database: Database, issuer: Issuer
) -> None:
    first = drawn(sqlite_database, issuer, "ana", now=NOON)
    (root,) = roots(sqlite_database)
    for year in range(1, 5):
        with sqlite_database.write() as db:
            keys.rotate(db, issuer, by=audit.OPERATOR, now=NOON + year * YEAR)
    later = drawn(sqlite_database, issuer, "ben", now=NOON + 4 * YEAR)
    assert roots(sqlite_database) == [root]  # the same root vouches for both
    assert is_trusted(first, root, NOON)
    assert is_trusted(later, root, NOON + 4 * YEAR)
    assert is_trusted(first, root, NOON + 2 * YEAR), "as a reader who opens it soon after sees it"
    assert not is_trusted(first, root, NOON + 4 * YEAR), (
        "the control: the leaf is at its end, so checks go by the issue"
    )


def test_a_seal_under_a_root_that_was_lost_holds_under_that_root_and_under_no_other(
    sqlite_database: Database, issuer: Issuer, tmp_path: Path
) -> None:
    first = drawn(sqlite_database, issuer, "ana", now=NOON)
    robbed = make_issuer(tmp_path)
    with sqlite_database.write() as db:
        keys.rotate(db, robbed, by=audit.OPERATOR, now=NOON + YEAR)
    old, new = roots(sqlite_database)
    assert is_trusted(first, old, NOON)
    assert not is_trusted(first, new, NOON + YEAR)


def test_a_house_whose_name_no_library_could_compare_seals_all_the_same(
    sqlite_database: Database, issuer: Issuer
) -> None:
    with sqlite_database.write() as db:
        provider.change(db, {"name": "בית ספר School"}, by=audit.OPERATOR, now=NOON)
    (content, (root,)) = drawn(sqlite_database, issuer, "ana", now=NOON), roots(sqlite_database)
    assert is_trusted(content, root, NOON)
