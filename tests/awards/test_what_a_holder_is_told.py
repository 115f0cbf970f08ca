"""What a holder is told when somebody acts on her certificate: by letter, with the reason, and never once erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import EMAILS, NOON
from makers import ISSUER, make_certificate, make_course, make_edition
from sqlmodel import Session, select

from app import audit
from app.awards import certificates, replacements
from app.awards.facts import LicenseFacts
from app.awards.replacements import Changes
from app.identity.people import Person
from app.kit.jobs import Job
from app.kit.mail import Mail

BY = {"issuer": ISSUER, "by": audit.OPERATOR, "now": NOON + timedelta(days=3)}


def newest(db: Session) -> Mail:
    """Give the newest letter."""
    return list(db.exec(select(Mail).order_by(Mail.id)))[-1]  # type: ignore[arg-type]


def letters(db: Session) -> int:
    return len(db.exec(select(Mail)).all())


def test_a_correction_is_told_with_what_was_wrong_and_why(db: Session, ana: Person) -> None:
    old = make_certificate(db, ana)
    wanted = Changes(
        holder_name="Ana María O’Neill",
        license=LicenseFacts("NY", "LCSW", "99-1"),
        completed_at=NOON - timedelta(days=1),
        credit_hours={"ethics": "1"},
    )
    new = replacements.correct(db, old, wanted, reason="The <clock> was fast & wrong.", **BY)
    told = newest(db)
    assert told.recipient == EMAILS["ana"]
    assert told.subject == "Your certificate was corrected: A Small Course"
    for part in (told.text, told.html):
        assert "the name and the license and the completion date and the contact hours" in part
        assert new.facts.number_in_groups in part
        assert old.facts.number_in_groups in part
        assert new.facts.verify_url in part
        assert "Your hours count once." in part
    assert "The <clock> was fast & wrong." in told.text
    assert "The &lt;clock&gt; was fast &amp; wrong." in told.html


def test_one_that_is_issued_anew_is_told_as_that(db: Session, ana: Person) -> None:
    replacements.reissue(db, make_certificate(db, ana), reason="New keys.", **BY)
    told = newest(db)
    assert told.subject == "Your certificate was issued anew: A Small Course"
    assert "as it was" in told.text
    assert "New keys." in told.text


def test_a_revocation_is_told_with_its_kind_and_its_words(db: Session, ana: Person) -> None:
    certificate = make_certificate(db, ana)
    certificates.revoke(db, certificate, why="error", reason="Issued twice.", **BY)
    told = newest(db)
    assert (told.recipient, told.subject) == (EMAILS["ana"], "Your certificate was revoked: A Small Course")
    for part in (told.text, told.html):
        assert "It was issued in error. Issued twice." in part
        assert certificate.facts.number_in_groups in part


def test_the_first_letter_is_the_one_it_always_was(db: Session, ana: Person) -> None:
    make_certificate(db, ana)
    assert newest(db).subject == "Your certificate: A Small Course"


@pytest.mark.parametrize("act", ["revoke", "reissue"])
def test_nobody_is_written_to_whom_nobody_may_know_any_more(db: Session, ana: Person, act: str) -> None:
    certificate = make_certificate(db, ana)
    before = letters(db)
    certificates.erase(db, certificate, **BY)
    if act == "revoke":
        certificates.revoke(db, certificate, reason="An error.", **BY)
    else:
        with pytest.raises(replacements.ErasedCannotBeReplaced):
            replacements.reissue(db, certificate, reason="New keys.", **BY)
    assert letters(db) == before
    other = make_certificate(db, ana, edition=make_edition(db, make_course("another-course")))
    certificates.revoke(db, other, reason="An error.", **BY)
    assert letters(db) == before + 2, "the control: she is told of one that was not erased"


def test_a_refused_act_writes_to_nobody(db: Session, ana: Person) -> None:
    certificate = make_certificate(db, ana)
    certificates.revoke(db, certificate, reason="An error.", **BY)
    before = letters(db)
    with pytest.raises(certificates.AlreadyRevoked):
        certificates.revoke(db, certificate, reason="Once more.", **BY)
    with pytest.raises(certificates.AlreadyRevoked):
        replacements.correct(db, certificate, Changes(holder_name="Somebody Else"), reason="Why not.", **BY)
    assert letters(db) == before


def test_the_new_one_is_drawn_and_issued_by_whoever_acted(db: Session, ana: Person, ada: Person) -> None:
    old = make_certificate(db, ana)
    new = replacements.reissue(db, old, reason="New keys.", issuer=ISSUER, by=ada.actor, now=NOON)
    (line,) = audit.of_subject(db, new.number, act="certificate.issued")
    assert line.actor_label == EMAILS["ada"]
    assert f"draw:{new.id}" in {job.key for job in db.exec(select(Job))}
