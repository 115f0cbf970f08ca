"""The short form: 25 certificates are drawn, sealed, taken apart and equal to their records."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs import drawn_certificates

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("drawing room")]
SEED = 20261130


def quietly(_line: str) -> None:
    """Tell nobody."""


def test_what_is_drawn_and_sealed_is_equal_to_its_record(tmp_path: Path) -> None:
    assert drawn_certificates.prove(n=25, folder=tmp_path / "house", tell=quietly, seed=SEED) == []


def test_control_another_ones_record_is_not_equal(tmp_path: Path) -> None:
    assert len(drawn_certificates.control(n=4, folder=tmp_path / "house", tell=quietly, seed=SEED)) >= 4
