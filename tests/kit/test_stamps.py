"""Stamps: a moment that comes back as it was sealed, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cast import NOON
from hypothesis import given
from hypothesis import strategies as st

from app.kit import stamps
from app.kit.stamps import Stamps

OURS = Stamps(b"ours" * 8)
LATEST = datetime(2100, 1, 1)  # noqa: DTZ001 - what Hypothesis asks for


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=LATEST))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_second(moment: datetime) -> None:
    at = moment.replace(tzinfo=NOON.tzinfo)
    back = OURS.read(OURS.seal(at))
    assert back is not None
    assert timedelta(0) <= at - back < timedelta(seconds=1)


@given(st.text(max_size=120))
def test_what_was_not_sealed_is_no_moment(text: str) -> None:
    assert OURS.read(text) is None


@pytest.mark.parametrize("change", [lambda stamp: f"1{stamp}", lambda stamp: stamp[:-1], lambda stamp: stamp + "0"])
def test_a_changed_stamp_is_no_moment(change) -> None:
    stamp = OURS.seal(NOON)
    assert OURS.read(stamp) == NOON
    assert OURS.read(change(stamp)) is None


def test_another_site_cannot_seal_for_us() -> None:
    assert OURS.read(Stamps(b"they" * 8).seal(NOON)) is None


def test_the_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first, second = stamps.of_folder(folder), stamps.of_folder(folder)
    assert second.read(first.seal(NOON)) == NOON
    assert [path.name for path in folder.iterdir()] == [stamps.KEY_FILE]
    assert (folder / stamps.KEY_FILE).stat().st_mode & 0o077 == 0
    assert "key" not in repr(first)
