"""A hundred ways to tamper with a certificate: none of them is ok, and what is false is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from awards.offices import office
from awards.reading_here import RoomHere
from awards.tampers import TAMPERS, Tamper

from app.awards import checking
from app.awards.reading import by_look, by_words, comparing
from app.awards.reading.findings import Look
from app.awards.verdicts import Document, Result

# No fact can be named: what is false is not on the page, or the page cannot be read. A person has to look.
PICTURES = {
    "a_slip_in_the_name_of_a_mark",
    "a_broken_font_that_some_programs_refuse",
    "a_claim_drawn_in_shapes",
    "a_color_beyond_all_bounds",
    "a_scan_with_another_name_in_its_words",
    "a_script_among_the_names",
    "a_shading_in_white_beside_a_fact",
    "a_script_that_changes_a_field",
    "a_stamp_that_is_only_printed",
    "alternate_images",
    "an_edited_photo",
    "an_edited_scan",
    "an_edited_scan_as_a_pdf",
    "an_edited_scan_with_true_words_behind",
    "an_xfa_form",
    "another_file_beside",
    "another_font_for_a_fact",
    "another_salt",
    "grays_that_mean_something_else",
    "covered_in_one_program_and_not_in_the_next",
    "letters_that_some_programs_leave_out",
    "one_more_page",
    "other_hours_in_a_bookmark",
    "other_hours_in_the_tags",
    "other_hours_in_the_title",
    "other_hours_read_aloud",
}
NOT_OURS = {"a_number_that_was_never_issued"}


ROOM = RoomHere()


@pytest.fixture(autouse=True, scope="module")
def _room() -> Iterator[None]:
    yield
    ROOM.close()


def results_of(tamper: Tamper) -> list[Result]:
    return list(checking.check_file(office(), ROOM, filename="forged.pdf", content=tamper.file()))


def test_there_are_more_than_a_hundred_ways() -> None:
    assert len(TAMPERS) > 100
    assert {tamper.field for tamper in TAMPERS.values()} >= {
        *("holder", "license", "course", "code", "edition", "hours", "hours_by_type", "format", "completed_on"),
        *("completed_at", "provider", "approvals", "presenters", "number", "demonstration"),
    }


@pytest.mark.parametrize("name", TAMPERS)
def test_no_way_to_tamper_is_ok(name: str) -> None:
    tamper = TAMPERS[name]
    (result,) = results_of(tamper)
    assert result.ok is False
    if name in PICTURES | NOT_OURS:
        assert result.document == (Document.PICTURE if name in PICTURES else Document.NOT_OURS), result.sentence
    else:
        assert result.document == Document.ALTERED, result.sentence
        assert tamper.field in {one.field for one in result.differences}, result.differences


@pytest.mark.parametrize("name", ["more_hours", "another_holder", "drawn_anew_with_one_lie", "cropped"])
def test_what_differs_is_shown_from_both_sides(name: str) -> None:
    tamper = TAMPERS[name]
    (result,) = results_of(tamper)
    for one in result.differences:
        assert one.paper != one.record
        assert one.record
        assert one.paper in result.sentence or len(result.differences) > 1


# --- controls: each eye sees what the other does not ----------------------------------------------------------------


def passing(*names: str) -> list[str]:
    return [name for name in names if any(result.ok for result in results_of(TAMPERS[name]))]


def test_control_without_looking_letters_that_look_like_others_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("glyphs_swapped_in_the_font", "an_i_drawn_as_an_l", "a_white_box_alone", "a_point_painted_out")
    monkeypatch.setattr(by_look, "tell", lambda _found, _laid: Look.EQUAL)
    assert passing(*chosen) == list(chosen)


def test_control_without_reading_words_that_nobody_sees_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("look_says_truth_and_text_lies", "a_claim_that_is_not_painted")
    monkeypatch.setattr(by_words, "tell", lambda _found, _laid: None)
    monkeypatch.setattr(comparing, "_paint", lambda *_asked: None)  # its letters are not in the file: doubted as well
    assert passing(*chosen) == list(chosen)


def test_control_without_the_attachments_another_statement_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("the_statement_of_another", "an_edited_statement", "an_edited_badge", "another_salt")
    monkeypatch.setattr(comparing, "_attached", lambda *_asked: None)
    monkeypatch.setattr(checking, "_with_other_numbers", lambda found, _record, _named: found)
    assert passing(*chosen) == list(chosen)


def test_control_without_a_look_at_how_it_is_built_scripts_and_tags_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("a_script_among_the_names", "an_xfa_form", "other_hours_in_the_tags", "other_hours_in_the_title")
    monkeypatch.setattr(comparing, "_build", lambda *_asked: None)
    assert passing(*chosen) == list(chosen)
