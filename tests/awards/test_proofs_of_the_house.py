"""What the house itself issues, seals and publishes, held against the check that asks nobody."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cast import NOON
from makers import ISSUER, SIGNER, make_certificate
from sqlmodel import Session

from app import audit
from app.awards import certificates, document, keys, pdfs, proofs, replacements, standing
from app.awards.certificates import Certificate
from app.awards.proofs import Keys, Proven, Revocations, Verdict, files
from app.awards.register import log
from app.identity.people import Person

LATER = NOON + timedelta(days=30)

pytestmark = pytest.mark.xdist_group("drawing")  # one worker loads the fonts, not both


def published(db: Session) -> Keys:
    return Keys.read(json.dumps(keys.published(db, now=LATER)).encode())


def checked(db: Session, certificate: Certificate, *, listed: bool = False) -> Proven:
    """Check what a holder has, with the keys of today and, if asked, the list of today."""
    known, order = published(db), pdfs.ordered(db, certificate, issuer=ISSUER, now=NOON)
    revocations = Revocations.read(standing.revocations(db, ISSUER, now=LATER), known) if listed else None
    return proofs.check(order.statement, order.proof, known, revocations=revocations)


@pytest.fixture
def certificate(db: Session, ana: Person) -> Certificate:
    return make_certificate(db, ana)


def test_a_certificate_of_the_house_is_proven_and_says_what_its_record_says(
    db: Session, certificate: Certificate
) -> None:
    proven = checked(db, certificate)
    assert (proven.verdict, proven.number) == (Verdict.PROVEN, certificate.number)
    assert proven.facts is not None
    assert proven.facts["holder"] == certificate.facts.holder_name
    assert proven.facts["hours"] == str(certificate.facts.total_hours)


def test_its_pdf_is_whole_until_somebody_saves_it_anew(db: Session, certificate: Certificate) -> None:
    order = pdfs.ordered(db, certificate, issuer=ISSUER, now=NOON)
    pdf = document.draw(order, sign=SIGNER.sign)
    proven = files.check(pdf, published(db))
    assert (proven.verdict, proven.seal, proven.holds) == (Verdict.PROVEN, "intact", True)
    assert files.check(pdf + b"\n", published(db)).seal == "broken"


def test_the_list_of_the_house_tells_of_revocation_and_of_replacement(db: Session, ana: Person) -> None:
    first = make_certificate(db, ana)
    assert checked(db, first, listed=True).status == "valid"
    second = replacements.reissue(db, first, reason="A typo.", issuer=ISSUER, by=audit.HOUSE, now=NOON)
    assert checked(db, first, listed=True).status == "superseded"
    certificates.revoke(db, second, reason="An error.", issuer=ISSUER, by=audit.HOUSE, now=NOON)
    assert checked(db, second, listed=True).status == "revoked"


def test_it_is_proven_after_the_keys_were_rotated(db: Session, certificate: Certificate) -> None:
    before = pdfs.ordered(db, certificate, issuer=ISSUER, now=NOON)
    keys.rotate(db, ISSUER, by=audit.HOUSE, now=LATER)
    proven = proofs.check(before.statement, before.proof, published(db))
    assert proven.verdict == Verdict.PROVEN


def test_of_a_revoked_key_counts_what_a_later_proof_shows_in_the_register(
    db: Session, certificate: Certificate
) -> None:
    before = pdfs.ordered(db, certificate, issuer=ISSUER, now=NOON)
    stolen = keys.by_name(db, log.issued(db, certificate.number).key)
    keys.revoke(db, stolen, reason="Copied.", since=None, issuer=ISSUER, by=audit.HOUSE, now=LATER)
    assert proofs.check(before.statement, before.proof, published(db)).verdict == Verdict.KEY_REVOKED
    newest, entry = log.newest(db), log.issued(db, certificate.number)
    assert newest is not None
    later = log.proof(db, entry.seq, at_size=newest.size).text().encode()
    after = proofs.check(before.statement, later, published(db))
    assert (after.verdict, after.reason) == (Verdict.PROVEN, "proven-before-revocation")
