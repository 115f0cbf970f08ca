"""The forms of license numbers: dated, sourced, and questions rather than refusals."""

from __future__ import annotations

from datetime import date

import pytest

from app.identity import license_formats, licenses
from app.identity.license_formats import NumberFormat
from app.kit.errors import Invalid

NEW_YORK = {"license_state": "NY", "license_type": "LCSW", "license_number": "081234"}


@pytest.mark.parametrize("form", license_formats.known(), ids=lambda form: form.state)
def test_each_form_has_a_source_a_day_and_an_example_that_fits(form: NumberFormat) -> None:
    assert form.state in licenses.STATES
    assert form.source.startswith("https://")
    assert form.seen
    assert form.last_verified <= date(2026, 11, 30)
    assert form.fits(form.example)
    assert licenses.NUMBER.fullmatch(form.example)


@pytest.mark.parametrize(
    ("state", "kind", "number"),
    [
        ("NY", "LCSW", "096779"),
        ("NY", "LCSW-R", "034069-1"),
        ("NJ", "LCSW", "44SC05929300"),
        ("NJ", "l.c.s.w.", "44sc 05929300"),
        ("IL", "LCSW", "149.026321"),
        ("IL", "LCSW", "149-007739"),
        ("MI", "LMSW", "6801110065"),
        ("CA", "LCSW", "LCS 15194"),
        ("IN", "LCSW", "34005765A"),
    ],
)
def test_numbers_that_were_seen_fit(state: str, kind: str, number: str) -> None:
    assert license_formats.of(state, kind) is not None
    assert license_formats.unusual(state, kind, number) == ""


def test_an_unusual_number_is_told_the_usual_form() -> None:
    assert license_formats.unusual("NY", "LCSW", "12345") == "six digits, such as 081234"


def test_where_no_form_is_known_any_plausible_number_passes() -> None:
    assert license_formats.of("WY", "LCSW") is None
    assert license_formats.of("NJ", "Intern") is None
    assert license_formats.unusual("WY", "LCSW", "LCSW-7") == ""


def test_she_is_asked_once_and_then_believed() -> None:
    odd = NEW_YORK | {"license_number": "R-12"}
    with pytest.raises(Invalid) as refused:
        licenses.read_confirmed(odd)
    assert "New York usually has six digits, such as 081234." in refused.value.fields["license_number"]
    assert licenses.read_confirmed(odd | {licenses.STANDS: "yes"}) == ("NY", "LCSW", "R-12")
    assert licenses.read_confirmed(NEW_YORK) == ("NY", "LCSW", "081234")


def test_saying_that_it_stands_like_this_lets_no_nonsense_in() -> None:
    with pytest.raises(Invalid):
        licenses.read_confirmed(NEW_YORK | {"license_number": "<b>", licenses.STANDS: "yes"})
