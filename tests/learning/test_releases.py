"""Releases: nobody publishes or signs what she has not read, and a second person stands between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cast import NOON
from makers import make_draft
from sqlmodel import Session, select

from app.audit import AuditLine
from app.content.changes import Extent
from app.identity.people import Person, Role
from app.kit.files import Files
from app.learning import releases
from app.learning.releases import NotReviewed, Release
from app.library import drafts, editions, reviews
from app.library.authors import NotAnAuthor
from app.library.drafts import Draft
from app.library.editions import Edition
from app.library.publication import HasErrors, Overtaken
from app.library.reviews import OwnText, Signature, TextChanged

TYPED = Signature("Ada Brennan", "NJ LCSW 44SC1")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


@pytest.fixture
def draft(db: Session, ines: Person) -> Draft:
    return make_draft(db, ines, code="small-course")


def change(db: Session, draft: Draft, old: str, new: str, *, by: Person, name: str = "01-rules.md") -> None:
    opened = drafts.read(db, draft, name)
    drafts.write(db, draft, name, opened.text.replace(old, new), over=opened.over, by=by, now=LATER)


def look(db: Session, draft: Draft, files: Files) -> Release:
    return releases.of(db, draft, files, now=LATER)


def sign(db: Session, draft: Draft, files: Files, ada: Person) -> None:
    releases.sign(db, draft, TYPED, text=look(db, draft, files).text, by=ada, files=files, now=LATER)


def publish(db: Session, draft: Draft, files: Files, ines: Person, *, over: str | None = None) -> Edition:
    text = look(db, draft, files).text
    return releases.publish(db, draft, text=text, over=over, by=ines, files=files, now=LATER)


@pytest.fixture
def first(db: Session, draft: Draft, files: Files, ines: Person, ada: Person) -> Edition:
    """The first edition, signed by Ada and published by Ines."""
    sign(db, draft, files, ada)
    return publish(db, draft, files, ines)


def test_a_first_edition_needs_a_second_person(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person
) -> None:
    assert look(db, draft, files).needs_signature
    with pytest.raises(NotReviewed):
        publish(db, draft, files, ines)
    sign(db, draft, files, ada)
    edition = publish(db, draft, files, ines)
    assert editions.current(db, "small-course") == edition
    assert draft.based_on == edition.content_hash
    assert "Reviewed by Ada Brennan" in editions.review_state(edition, reviews.of_text(db, edition.content_hash))


def test_publishing_twice_is_publishing_once(
    db: Session, draft: Draft, files: Files, ines: Person, first: Edition
) -> None:
    assert publish(db, draft, files, ines).id == first.id
    assert look(db, draft, files).is_served


def test_a_minor_change_goes_without_a_signature_and_says_so(
    db: Session, draft: Draft, files: Files, ines: Person, first: Edition
) -> None:
    change(db, draft, "two rules", "a few rules", by=ines)
    release = look(db, draft, files)
    assert release.changes is not None
    assert (release.changes.kind, release.needs_signature, release.is_overtaken) == (Extent.MINOR, False, False)
    minor = publish(db, draft, files, ines, over=first.content_hash)
    assert editions.review_state(minor, reviews.of_text(db, minor.content_hash)) == "Minor change, not reviewed again"


def test_a_major_change_needs_one_again(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person, first: Edition
) -> None:
    change(db, draft, "- (x) The first\n- ( ) The second", "- ( ) The first\n- (x) The second", by=ines, name="exam.md")
    with pytest.raises(NotReviewed):
        publish(db, draft, files, ines, over=first.content_hash)
    sign(db, draft, files, ada)
    assert publish(db, draft, files, ines, over=first.content_hash).kind == "major"


def test_a_signature_does_not_cover_one_letter_more(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person
) -> None:
    sign(db, draft, files, ada)
    change(db, draft, "two rules", "two rule", by=ines)
    with pytest.raises(NotReviewed):
        publish(db, draft, files, ines)


def test_nobody_publishes_or_signs_what_she_has_not_read(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person, first: Edition
) -> None:
    text = look(db, draft, files).text
    change(db, draft, "two rules", "three rules", by=ines)
    with pytest.raises(TextChanged):
        releases.sign(db, draft, TYPED, text=text, by=ada, files=files, now=LATER)
    with pytest.raises(TextChanged):
        releases.publish(db, draft, text=text, over=first.content_hash, by=ines, files=files, now=LATER)


def test_whoever_wrote_in_a_draft_cannot_sign_it(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person
) -> None:
    with pytest.raises(OwnText):
        sign(db, draft, files, ines)
    change(db, draft, "two rules", "three rules", by=ada)
    with pytest.raises(OwnText):
        sign(db, draft, files, ada)


def test_whoever_wrote_a_text_cannot_sign_it_where_a_colleague_has_begun_it_again(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person, ben: Person
) -> None:
    ben.role, ada.role = Role.INSTRUCTOR, Role.INSTRUCTOR
    opened = drafts.read(db, draft, "01-rules.md")
    drafts.write(db, draft, opened.name, f"{opened.text}\nHers.\n", over=opened.over, by=ines, now=LATER)
    texts = {
        f"{one.name.removesuffix('.md')}": drafts.read(db, draft, one.name).text for one in drafts.files_of(db, draft)
    }
    drafts.discard(db, draft, by=ines, now=LATER)
    begun = make_draft(db, ben, code="small-course", now=LATER, **texts)
    elsewhere = make_draft(db, ben, code="another-course", now=LATER, **texts)
    for one in (begun, elsewhere):
        with pytest.raises(OwnText):
            sign(db, one, files, ines)
        sign(db, one, files, ada)
        assert look(db, one, files).signatures, "the control: somebody else may"


@pytest.mark.parametrize("code", ["x" * 81, "another-course"])
def test_a_draft_is_published_at_its_own_address_and_at_no_other(
    db: Session, draft: Draft, files: Files, ines: Person, ada: Person, ben: Person, code: str
) -> None:
    ben.role = Role.INSTRUCTOR
    make_draft(db, ben, code="another-course")
    change(db, draft, "code: small-course", f"code: {code}", by=ines, name="course.md")
    sign(db, draft, files, ada)
    with pytest.raises(HasErrors):
        publish(db, draft, files, ines)
    assert {one.rule for one in look(db, draft, files).reading.errors} <= {"bad-setting", "duplicate-code"}


def test_the_sample_is_nobodys_text(db: Session, files: Files, ines: Person, ben: Person) -> None:
    ben.role = Role.INSTRUCTOR
    drafts.begin(db, title="One", code="one", by=ines, files=files, now=NOON)
    another = drafts.begin(db, title="Another", code="another", by=ben, files=files, now=NOON)
    sign(db, another, files, ines)
    assert look(db, another, files).signatures


def test_a_text_with_errors_is_not_published_whoever_signed(
    db: Session, draft: Draft, files: Files, ines: Person, first: Edition
) -> None:
    change(db, draft, "level: beginning", "level: easy", by=ines, name="course.md")
    with pytest.raises(HasErrors):
        publish(db, draft, files, ines, over=first.content_hash)
    assert editions.current(db, "small-course") == first


def test_only_an_author_publishes(db: Session, draft: Draft, files: Files, ben: Person, first: Edition) -> None:
    with pytest.raises(NotAnAuthor):
        publish(db, draft, files, ben, over=first.content_hash)


def test_a_draft_that_was_overtaken_says_so_and_goes_over_it_only_by_name(
    db: Session, draft: Draft, files: Files, ines: Person, first: Edition
) -> None:
    change(db, draft, "two rules", "a few rules", by=ines)
    second = publish(db, draft, files, ines, over=first.content_hash)
    change(db, draft, "a few rules", "some rules", by=ines)
    drafts.rest_on(db, draft, first)  # as a draft does that was begun before the second was published
    assert look(db, draft, files).is_overtaken
    with pytest.raises(Overtaken):
        publish(db, draft, files, ines, over=first.content_hash)
    third = publish(db, draft, files, ines, over=second.content_hash)
    assert third.descends_from == second.id


def test_a_review_is_asked_for_on_record(db: Session, draft: Draft, files: Files, ines: Person) -> None:
    asked = releases.ask(db, draft, note="Please look at module 1.", by=ines, files=files, now=LATER)
    assert [one.id for one in reviews.waiting(db)] == [asked.id]
    assert asked.content_hash == look(db, draft, files).text
    assert db.exec(select(AuditLine).where(AuditLine.act == "review.asked")).one().actor_label == "ines@example.org"
