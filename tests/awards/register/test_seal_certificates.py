"""The certificates behind the seal: read by two programs that did not write them, whatever the name and the year."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from asn1crypto import x509 as asn1
from cast import NOON
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from app.awards.register import seal_certificates
from app.kit.signing import Algorithm, KeptInMemory, PublicKey

HOUSE = "Continua Learning Cooperative"
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
SIGNER = KeptInMemory()


def made(
    house: str = HOUSE, *, root_at: datetime = NOON, leaf_at: datetime | None = None
) -> tuple[x509.Certificate, x509.Certificate, PublicKey]:
    """Make a root and a leaf, and read them by a library that knows nothing of how they were written."""
    top, seal = (SIGNER.make(use, Algorithm.P256, now=root_at) for use in ("root", "seal"))

    def sign(message: bytes) -> bytes:
        return SIGNER.sign(top.name, message)

    root = seal_certificates.root(top, house=house, sign=sign, now=root_at)
    leaf = seal_certificates.leaf(seal, root, house=house, sign=sign, now=leaf_at or root_at)
    return x509.load_der_x509_certificate(root), x509.load_der_x509_certificate(leaf), seal


def usage(certificate: x509.Certificate) -> x509.KeyUsage:
    found = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert found.critical
    return found.value


def test_the_root_signs_itself_and_the_leaf() -> None:
    root, leaf, seal = made()
    root.verify_directly_issued_by(root)
    leaf.verify_directly_issued_by(root)
    other, _, _ = made()
    with pytest.raises(Exception, match=r"^$"):  # InvalidSignature says nothing
        leaf.verify_directly_issued_by(other)
    public = leaf.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert isinstance(public.curve, ec.SECP256R1)
    assert leaf.signature_algorithm_oid._name == "ecdsa-with-SHA256"
    assert leaf.tbs_certificate_bytes.count(seal.public) == 1


def test_each_says_what_it_may_be_used_for() -> None:
    root, leaf, _ = made()
    authority, end = (one.extensions.get_extension_for_class(x509.BasicConstraints) for one in (root, leaf))
    assert (authority.critical, authority.value.ca, authority.value.path_length) == (True, True, 0)
    assert (end.critical, end.value.ca) == (True, False)
    assert (usage(root).key_cert_sign, usage(root).digital_signature) == (True, False)
    assert (usage(leaf).digital_signature, usage(leaf).content_commitment) == (True, True)
    assert (usage(leaf).key_cert_sign, usage(leaf).key_encipherment) == (False, False)
    assert DOCUMENT_SIGNING in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value


def test_each_names_its_key_and_the_one_above() -> None:
    root, leaf, _ = made()
    own = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    above = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert own == above
    assert leaf.issuer == root.subject == root.issuer
    assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == f"{HOUSE} Certificate seal 2026"


def test_a_leaf_is_good_from_the_day_before_for_three_years_and_the_root_for_twenty() -> None:
    root, leaf, _ = made()
    assert root.not_valid_before_utc == leaf.not_valid_before_utc == NOON - timedelta(days=1)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=3 * 365)
    assert root.not_valid_after_utc - root.not_valid_before_utc == timedelta(days=20 * 365)


@pytest.mark.parametrize("year", [2026, 2047, 2049, 2050, 2071])
def test_dates_are_read_as_they_were_meant_on_either_side_of_2050(year: int) -> None:
    begins = datetime(year, 1, 2, 12, 0, 0, 987_654, tzinfo=UTC)
    root, leaf, _ = made(root_at=begins)
    assert root.not_valid_before_utc == datetime(year, 1, 1, 12, tzinfo=UTC)
    assert root.not_valid_after_utc > leaf.not_valid_after_utc > leaf.not_valid_before_utc


def test_serial_numbers_are_positive_short_enough_and_never_the_same() -> None:
    numbers = {one.serial_number for _ in range(8) for one in made()[:2]}
    assert len(numbers) == 16
    assert all(0 < number < 2**159 for number in numbers)


NAMES = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=150)


@hypothesis.settings(max_examples=1_500)
@given(
    house=NAMES
    | st.sampled_from(["", " ", "“A&B” <Ltd>, CN=Mallory", "Żółć 佐藤 👩‍🏫" * 9, "X" * 500, "בית ספר", "مدرسة A", "א"])
)
def test_whatever_the_house_is_called_its_certificates_can_be_read(house: str) -> None:
    root, leaf, _ = made(house)
    for one in (root, leaf):
        assert asn1.Certificate.load(one.public_bytes(Encoding.DER)).subject.hashable  # pyHanko compares names so
        for attribute in one.subject:
            value = attribute.value
            assert isinstance(value, str)
            assert 0 < len(value.encode()) <= 64
            assert value == value.strip()
    leaf.verify_directly_issued_by(root)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_openssl_verifies_the_chain_within_its_years_and_not_after(tmp_path: Path) -> None:
    root, leaf, _ = made()
    for name, one in (("root", root), ("leaf", leaf)):
        (tmp_path / f"{name}.pem").write_bytes(one.public_bytes(Encoding.PEM))

    def verified(at: datetime) -> bool:
        words = ["openssl", "verify", "-attime", str(int(at.timestamp())), "-x509_strict"]
        done = subprocess.run(
            [*words, "-CAfile", "root.pem", "leaf.pem"], cwd=tmp_path, capture_output=True, check=False
        )
        return done.returncode == 0

    assert verified(NOON)
    assert verified(NOON + timedelta(days=2 * 365))
    assert not verified(NOON + timedelta(days=4 * 365))
    assert not verified(NOON - timedelta(days=3))
