"""The short form of the proof that no damaged certificate is ok; `./run campaign damaged-pdfs` is the long one."""

from __future__ import annotations

import json

import pytest
from awards.reading_here import RoomHere
from proofs import damaged_pdfs

SEED = 20_261_130

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(not damaged_pdfs.is_here(), reason="poppler-utils, which looks independently, is not installed"),
]


@pytest.mark.parametrize("part", range(2))
def test_a_thousand_damaged_certificates_are_never_ok_with_anything_changed(part: int) -> None:
    outcome = damaged_pdfs.prove(500, seed=SEED + 500 * part)

    assert outcome.failures == 0, outcome.told()
    assert outcome.checked >= 500
    assert outcome.documents["altered"] > 50
    assert outcome.documents["unreadable"] > 20
    assert outcome.ok > 20, "and some are only saved again"
    assert json.loads(json.dumps(outcome.told())) == outcome.told(), "it can be kept"


@pytest.mark.parametrize("what", damaged_pdfs.CONTROLS)
def test_control_damaged_certificates_are_found_ok_when(what: str) -> None:
    with damaged_pdfs.CONTROLS[what]():
        outcome = damaged_pdfs.prove(damaged_pdfs.CONTROL_N, seed=SEED, room=RoomHere())

    assert outcome.failures > 0
