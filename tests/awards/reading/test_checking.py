"""Checking: from a file, or a number, to what is said of it."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import replace

import pikepdf
import pytest
from awards import copies, tampers
from awards.offices import BEN, HERS, LONG, Office, numbered, office
from awards.pdf_surgery import changed, paint, written
from awards.reading_here import RoomHere

from app.awards import checking, numbers
from app.awards.reading import sentences
from app.awards.reading.findings import Doubt
from app.awards.results import Record
from app.awards.verdicts import Difference, Document, Result, Standing, Status

ROOM = RoomHere()
REVOKED = Standing(
    status=Status.REVOKED, revoked_on="2027-01-15", revocation_class="issued-in-error", revocation_reason="Wrong person"
)
SUPERSEDED = Standing(status=Status.SUPERSEDED, replaced_by=BEN.number, why_replaced="corrected")


@pytest.fixture(autouse=True, scope="module")
def _room() -> Iterator[None]:
    yield
    ROOM.close()


def with_records(**records: Record) -> Office:
    """Give the office with other records: the same originals and keys."""
    kept = office()
    return Office(kept.issuer, {**kept.records, **records}, kept.originals)


def after_a_loss(*numbers: str) -> Office:
    """Give the office after a restore that lost records, and wrote so into the register."""
    left = with_records()
    left.has_gap = True
    for number in numbers or tuple(left.records):
        del left.records[number]
    return left


def checked(content: bytes, records: Office | None = None, filename: str = "a.pdf") -> list[Result]:
    return list(checking.check_file(records or office(), ROOM, filename=filename, content=content))


def original(number: str = HERS.number) -> bytes:
    return office().originals[number, "letter"]


# --- how it stands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", [REVOKED, SUPERSEDED], ids=lambda standing: str(standing.status))
def test_an_original_that_does_not_count_any_more_says_so_and_is_not_ok(standing: Standing) -> None:
    records = with_records(**{HERS.number: Record(number=HERS.number, standing=standing, facts=HERS)})
    for content in (original(), copies.saved_by_pikepdf(original())):
        (result,) = checked(content, records)
        assert result.document in {Document.ORIGINAL, Document.SAME_FACTS}
        assert (result.status, result.ok) == (standing.status, False)
        assert ("January 15, 2027" if standing is REVOKED else BEN.number_in_groups) in result.sentence


def test_a_demonstration_is_said_to_count_for_nothing() -> None:
    (result,) = checked(original(LONG.number))
    assert "demonstration" in result.sentence
    assert result.facts is not None
    assert result.facts["demonstration"] is True


def test_every_result_says_the_hash_of_its_file_and_its_name() -> None:
    (result,) = checked(original(), filename="hers.pdf")
    assert result.filename == "hers.pdf"
    assert result.sha256 == hashlib.sha256(original()).hexdigest()


# --- whose license it is -----------------------------------------------------------------------------------------


def test_a_license_is_shown_whole_to_whoever_holds_the_paper_and_by_its_end_to_all_others() -> None:
    held = [checked(original()), checked(copies.saved_by_pikepdf(original()))]
    others = [checked(copies.scanned_as_png(original())), checked(tampers.TAMPERS["another_license"].file())]
    assert [one.facts["license"] for (one,) in held if one.facts] == ["NY LCSW, number 081-234"] * 2
    for (one,) in others:
        assert one.facts is not None
        assert one.facts["license"] == "NY LCSW, number ending in 34"
        assert "081-234" not in str(one.plain()).replace("081-284", "")
    number_only = checking.check_number(office(), HERS.number)
    assert "081-234" not in str(number_only.plain())


def test_an_altered_license_shows_the_papers_own_and_hides_the_records() -> None:
    ((result,),) = [checked(tampers.TAMPERS["another_license"].file())]
    (one,) = result.differences
    assert (one.field, one.paper, one.record) == (
        "license",
        "NY LCSW, number 081-284",
        "NY LCSW, number ending in 34",
    )


# --- records that are gone ---------------------------------------------------------------------------------------


def test_a_sealed_file_whose_record_is_lost_is_ours_and_its_status_unknown() -> None:
    records = after_a_loss(HERS.number)
    (result,) = checked(original(), records)
    assert (result.document, result.status, result.ok) == (Document.ORIGINAL, Status.UNKNOWN, False)
    assert "ours, record lost" in result.sentence
    assert result.number == HERS.number
    assert result.facts is not None
    assert (result.facts["holder"], result.facts["hours"]) == (HERS.holder_name, "0.5")


def test_a_lost_one_that_was_saved_again_is_ours_by_its_statement_only() -> None:
    records = after_a_loss(HERS.number)
    (result,) = checked(copies.saved_by_pikepdf(original()), records)
    assert (result.document, result.status) == (Document.PICTURE, Status.UNKNOWN)
    assert "record lost" in result.sentence


@pytest.mark.parametrize("name", ["more_hours", "an_edited_statement", "the_page_of_another", "another_salt"])
def test_a_forgery_of_a_lost_one_is_never_the_original(name: str) -> None:
    records = after_a_loss()
    (result,) = checked(tampers.TAMPERS[name].file(), records)
    assert result.document in {Document.NOT_OURS, Document.PICTURE}


def test_without_a_loss_what_only_our_keys_know_was_never_issued() -> None:
    records = after_a_loss(HERS.number)
    records.has_gap = False
    (result,) = checked(original(), records)
    assert (result.document, result.status, result.facts) == (Document.NOT_OURS, Status.UNKNOWN, None)
    assert result.sentence == sentences.NEVER_ENTERED


def test_a_lost_one_sealed_by_a_stranger_is_not_ours() -> None:
    records = after_a_loss()
    (result,) = checked(tampers.TAMPERS["drawn_anew_with_one_lie"].file(), records)
    assert (result.document, result.status) == (Document.NOT_OURS, Status.UNKNOWN)


def test_an_erased_holders_original_is_known_by_its_seal_where_its_bytes_are_not_kept() -> None:
    erased = Record(number=HERS.number, standing=Standing(status=Status.VALID), facts=None)
    records = with_records(**{HERS.number: erased})
    records.originals = {}
    (result,) = checked(original(), records)
    assert (result.document, result.status, result.ok) == (Document.ORIGINAL, Status.VALID, True)
    assert "erased" in result.sentence
    (copy,) = checked(copies.saved_by_pikepdf(original()), records)
    assert (copy.document, copy.ok, copy.facts) == (Document.PICTURE, False, None)


def test_an_erased_holders_original_is_known_by_its_bytes_where_their_digest_is_kept() -> None:
    erased = Record(number=HERS.number, standing=Standing(status=Status.VALID), facts=None)
    (result,) = checked(original(), with_records(**{HERS.number: erased}))
    assert (result.document, result.facts) == (Document.ORIGINAL, None)


def test_without_an_original_to_hold_it_against_a_file_is_to_be_compared_by_eye() -> None:
    records = with_records()
    records.originals = {}
    (result,) = checked(copies.saved_by_pikepdf(original()), records)
    assert result.document == Document.PICTURE
    assert sentences.DOUBTS[Doubt.NO_ORIGINAL] in result.sentence


# --- not ours ----------------------------------------------------------------------------------------------------


def page_of(words: str) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(792, 612))
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary())
    held = io.BytesIO()
    paint(pdf, written((72, 500, 400, 512), words))
    pdf.save(held)
    return held.getvalue()


def test_a_file_without_a_number_is_not_ours() -> None:
    (result,) = checked(page_of("Certificate of Attendance, 6 hours"))
    assert (result.document, result.number, result.status) == (Document.NOT_OURS, "", Status.UNKNOWN)


def test_a_file_with_a_number_that_we_never_issued_is_not_ours() -> None:
    never = numbered(HERS, 77)
    (result,) = checked(page_of(f"Certificate number {never.number_in_groups}"))
    assert (result.document, result.number, result.status) == (Document.NOT_OURS, never.number, Status.UNKNOWN)
    assert never.number_in_groups in result.sentence


def test_a_number_with_a_wrong_symbol_is_told_from_one_that_was_never_issued() -> None:
    wrong = HERS.number[:-1] + ("2" if HERS.number[-1] != "2" else "3")
    (result,) = checked(page_of(f"Certificate number {numbers.in_groups(wrong)}"))
    assert result.document == Document.NOT_OURS
    assert "no number of ours is built like that" in result.sentence


def test_a_letter_that_names_a_certificate_is_not_called_altered() -> None:
    (result,) = checked(page_of(f"Dear board, my certificate is {HERS.number_in_groups}. Eva"))
    assert (result.document, result.ok) == (Document.PICTURE, False)


def test_a_list_of_certificates_is_no_certificate() -> None:
    named = " ".join(one.number_in_groups for one in (HERS, BEN, LONG))
    (result,) = checked(page_of(f"Transcript {named}"))
    assert result.document == Document.NOT_OURS
    assert "several" in result.sentence


# --- several in one file -----------------------------------------------------------------------------------------


def test_each_certificate_of_a_merged_file_is_told_by_its_page() -> None:
    merged = pikepdf.new()
    held = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fields lose their forms when files are merged
        for facts in (HERS, BEN):
            with pikepdf.open(io.BytesIO(original(facts.number))) as one:
                merged.pages.extend(one.pages)
        merged.save(held)
    found = checked(held.getvalue(), filename="all.pdf")
    assert [(one.filename, one.number, one.document) for one in found] == [
        ("all.pdf › page 1", HERS.number, Document.PICTURE),
        ("all.pdf › page 2", BEN.number, Document.PICTURE),
    ]


def test_a_corrected_certificate_names_the_one_it_replaces_and_is_itself() -> None:
    kept = Office(office().issuer)
    old, new = numbered(HERS, 41), replace(numbered(HERS, 42), replaces=numbered(HERS, 41).number)
    new = replace(new, replaces_why="corrected", credit_hours={"ethics": "1"})
    kept.issue(old)
    content = copies.saved_by_pikepdf(kept.issue(new))
    (result,) = checked(content, kept)
    assert (result.number, result.document) == (new.number, Document.SAME_FACTS)


def test_a_seal_of_a_stranger_is_mentioned() -> None:
    import sealed
    from issuer import seal_key

    bare = copies.saved_without_its_seal(original())
    (result,) = checked(sealed.sealed(bare, seal_key(5)))
    assert result.document == Document.PICTURE, "a seal is appended to a file"
    assert "“Certificate seal 2026”, which is not ours" in result.sentence


# --- numbers -----------------------------------------------------------------------------------------------------


def test_a_number_says_how_its_certificate_stands_and_proves_no_paper() -> None:
    for typed in (HERS.number, HERS.number_in_groups.lower(), f" {HERS.number_in_groups} "):
        result = checking.check_number(office(), typed)
        assert (result.document, result.ok, result.status) == (None, None, Status.VALID)
        assert result.facts is not None
        assert result.facts["hours"] == "0.5"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("4CKT", "this has 4"),
        (HERS.number[:-1] + "U", "never holds “U”"),
        (HERS.number[:-1] + ("2" if HERS.number[-1] != "2" else "3"), "One symbol does not fit"),
        ("", "this has 0"),
    ],
)
def test_a_slip_of_the_pen_is_named(typed: str, told: str) -> None:
    result = checking.check_number(office(), typed)
    assert (result.status, result.facts) == (Status.UNKNOWN, None)
    assert told in result.sentence


def test_a_number_that_was_never_issued_is_unknown() -> None:
    result = checking.check_number(office(), numbered(HERS, 78).number)
    assert (result.status, result.document) == (Status.UNKNOWN, None)


def test_a_revoked_number_says_when() -> None:
    records = with_records(**{HERS.number: Record(number=HERS.number, standing=REVOKED, facts=HERS)})
    assert "January 15, 2027" in checking.check_number(records, HERS.number).sentence


# --- sentences ---------------------------------------------------------------------------------------------------


def test_every_doubt_has_a_sentence_and_a_weight() -> None:
    from app.awards.reading import judging

    assert set(sentences.DOUBTS) == set(Doubt) == set(judging._WEIGHT)


def test_metadata_that_only_carries_another_title_is_the_same() -> None:
    (result,) = checked(changed(original(), lambda pdf: pdf.docinfo.__setitem__("/Title", pikepdf.String("scan 17"))))
    assert result.document == Document.SAME_FACTS


def test_a_certificate_of_another_provider_names_whose_seal_it_bears() -> None:
    import sealed
    from issuer import seal_key

    theirs = tampers.TAMPERS["drawn_anew_with_one_lie"].file()
    nobody_knows = with_records()
    nobody_knows.records.clear()
    (result,) = checked(sealed.sealed(copies.saved_without_its_seal(theirs), seal_key(5)), nobody_knows)
    assert (result.document, result.ok) == (Document.NOT_OURS, False)
    assert "it carries the seal of “" in result.sentence
    assert "check it there" in result.sentence


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        ("6.0", "this file: “6.0”; record: “3.0”"),
        ("also says “6.5 contact hours”", "this file also says “6.5 contact hours”; record: “3.0”"),
        ("looks different from the original", "this file looks different from the original; record: “3.0”"),
        ("not there", "not on this file; record: “3.0”"),
    ],
)
def test_quotation_marks_stand_around_what_a_file_says_alone(paper: str, told: str) -> None:
    said = sentences.of_altered((Difference("hours", paper, "3.0"),), Standing(status=Status.VALID), signer="")
    assert told in said
