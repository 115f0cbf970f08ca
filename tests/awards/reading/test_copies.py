"""Honest copies are never called altered: saved again they say the same facts, and scans are pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from awards import copies
from awards.offices import BEN, HERS, LONG, office
from awards.reading_here import RoomHere

from app.awards import checking
from app.awards.facts import Facts
from app.awards.reading import look
from app.awards.verdicts import Document, Result, Status

THEIRS = {"short": HERS, "approved": BEN, "fullest": LONG}
ROOM = RoomHere()


@pytest.fixture(autouse=True, scope="module")
def _room() -> Iterator[None]:
    yield
    ROOM.close()


def copied(make: copies.Make, facts: Facts) -> Result:
    try:
        content = make(office().originals[facts.number, "letter"])
    except copies.NotHere as missing:
        pytest.skip(f"{missing} is not on this machine")
    (result,) = checking.check_file(office(), ROOM, filename="copy.pdf", content=content)
    return result


@pytest.mark.parametrize("whose", THEIRS)
@pytest.mark.parametrize("name", copies.SAME)
def test_a_copy_that_was_saved_again_says_the_same_facts(name: str, whose: str) -> None:
    result = copied(copies.SAME[name], THEIRS[whose])
    assert result.document == Document.SAME_FACTS, result.sentence
    assert result.status == Status.VALID
    assert result.ok
    assert result.differences == ()


@pytest.mark.parametrize("whose", THEIRS)
@pytest.mark.parametrize("name", copies.EITHER)
def test_a_copy_that_was_printed_is_never_called_altered(name: str, whose: str) -> None:
    result = copied(copies.EITHER[name], THEIRS[whose])
    assert result.document in {Document.SAME_FACTS, Document.PICTURE}, result.sentence
    assert result.differences == ()


@pytest.mark.parametrize("name", copies.PICTURES)
def test_a_scan_is_a_picture_whose_record_is_found(name: str) -> None:
    result = copied(copies.PICTURES[name], HERS)
    assert result.document == Document.PICTURE, result.sentence
    assert result.number == HERS.number
    assert result.facts is not None
    assert result.facts["holder"] == HERS.holder_name
    assert result.ok is False


def test_the_very_bytes_are_the_original_on_either_paper() -> None:
    for paper in ("letter", "a4"):
        content = office().originals[HERS.number, paper]
        (result,) = checking.check_file(office(), ROOM, filename="a.pdf", content=content)
        assert (result.document, result.ok) == (Document.ORIGINAL, True)


def test_a_copy_of_the_a4_sheet_is_held_against_the_a4_sheet() -> None:
    content = copies.saved_by_pikepdf(office().originals[HERS.number, "a4"])
    (result,) = checking.check_file(office(), ROOM, filename="a.pdf", content=content)
    assert result.document == Document.SAME_FACTS


def test_control_an_eye_that_allows_nothing_calls_printings_altered(monkeypatch: pytest.MonkeyPatch) -> None:
    ROOM.close()  # what was seen of the original before
    monkeypatch.setattr(look, "spread", lambda picture: picture)
    found = copied(copies.printed_by_cairo, HERS)
    ROOM.close()
    assert found.document in {Document.ALTERED, Document.PICTURE}
