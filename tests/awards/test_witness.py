"""What the web process signs for the one that draws: exactly what a drawing of that order has to have signed."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import seal_keys
from hypothesis import given
from hypothesis import strategies as st
from sample_facts import ANA
from test_seal import RECEIPT, is_valid, ordered

from app.awards import document, drawing
from app.awards.document import frames, witness
from app.awards.document.order import Order
from app.awards.document.witness import NotWitnessed, Witness
from app.awards.drawing import DrawingRoom, NotDrawn
from app.kit.errors import Unavailable
from app.kit.templates import ROOT

pytestmark = pytest.mark.xdist_group("drawing")
PATIENCE = 60.0
SEAL, STATEMENT = seal_keys.SEAL, seal_keys.STATEMENT
DIGESTS = bytes(range(128, 192))  # two, side by side
CHECKPOINT = b"ce.example\n12345\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
STATEMENT_TEXT = b'{"kind":"revoke","number":"4CKT9M2QXW7HB3NDE5RV","why":"fraud"}'


@cache
def asked_when_drawing() -> dict[str, bytes]:
    """Give what a true drawing asks for."""
    signer = seal_keys.Signer()
    document.draw(ordered(ANA), sign=signer.sign)
    return dict(signer.asked)


ATTRIBUTES = asked_when_drawing()[SEAL]


def present(signer: seal_keys.Signer | None = None) -> Witness:
    return Witness(signer or seal_keys.Signer(), SEAL, STATEMENT)


def test_what_a_true_drawing_asks_for_is_signed():
    signer = seal_keys.Signer()
    watching = present(signer)
    for key, message in asked_when_drawing().items():
        assert watching.answer(frames.asking(key, message))
    assert [key for key, _ in signer.asked] == [STATEMENT, SEAL]
    assert witness.is_seal(ATTRIBUTES)


def with_value(old: bytes, new: bytes) -> bytes:
    assert old in ATTRIBUTES
    return ATTRIBUTES.replace(old, new)


def set_of(*attributes: bytes) -> bytes:
    inner = b"".join(attributes)
    return b"\x31" + _length(inner) + inner


def _length(content: bytes) -> bytes:
    return bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")


def parts(content: bytes = ATTRIBUTES) -> list[bytes]:
    """Give the attributes of a seal, each with its header."""
    ((_, inner),) = witness._parts(content)
    return [b"\x30" + _length(one) + one for _, one in witness._parts(inner)]


DIGEST_ID = bytes.fromhex("2a864886f70d010904")
LIES = {
    "a key of nobody": ("root-2026-00000000", ATTRIBUTES),
    "no key": ("", ATTRIBUTES),
    "a seal with the statement key": (STATEMENT, ATTRIBUTES),
    "two digests with the seal's key": (SEAL, DIGESTS),
    "a checkpoint": (STATEMENT, CHECKPOINT),
    "a checkpoint with the seal's key": (SEAL, CHECKPOINT),
    "a statement": (STATEMENT, STATEMENT_TEXT),
    "a statement with the seal's key": (SEAL, STATEMENT_TEXT),
    "one byte less than two digests": (STATEMENT, DIGESTS[1:]),
    "one byte more": (STATEMENT, DIGESTS + b"\xff"),
    "nothing": (SEAL, b""),
    "a certificate of a key": (SEAL, seal_keys.ROOT.tbs_certificate_bytes),
    "attributes without a digest": (SEAL, set_of(*(one for one in parts() if DIGEST_ID not in one))),
    "a digest twice": (SEAL, set_of(*parts(), *(one for one in parts() if DIGEST_ID in one))),
    "a digest of another length": (SEAL, with_value(b"\x04\x20", b"\x04\x1f")),
    "attributes of what is no file": (
        SEAL,
        with_value(bytes.fromhex("2a864886f70d010701"), b"*\x86H\x86\xf7\x0d\x01\x07\x02"),
    ),
    "an attribute too many": (SEAL, set_of(*parts(), bytes.fromhex("300b06035504033104130278 79".replace(" ", "")))),
    "attributes with something behind them": (SEAL, ATTRIBUTES + b"\x00"),
    "attributes cut short": (SEAL, ATTRIBUTES[:-1]),
    "too much": (SEAL, set_of(*parts(), b"\x30\x82\x10\x00" + bytes(4096))),
    "a sequence instead of a set": (SEAL, b"\x30" + ATTRIBUTES[1:]),
}
every_lie = pytest.mark.parametrize("lie", LIES)


@every_lie
def test_whatever_else_is_asked_for_is_not_signed(lie):
    signer = seal_keys.Signer()
    with pytest.raises(NotWitnessed):
        present(signer).answer(frames.asking(*LIES[lie]))
    assert signer.asked == []


def test_each_key_signs_once_for_a_drawing():
    watching = present()
    watching.answer(frames.asking(STATEMENT, DIGESTS))
    with pytest.raises(NotWitnessed):
        watching.answer(frames.asking(STATEMENT, DIGESTS[::-1]))


def test_nobody_signs_where_nothing_is_to_be_sealed():
    for watching in (Witness(None, SEAL, STATEMENT), Witness(seal_keys.Signer())):
        with pytest.raises(NotWitnessed):
            watching.answer(frames.asking(SEAL, ATTRIBUTES))


@pytest.mark.parametrize(
    "frame", [b"S", b"S{}", b"Snull", b'S{"key": 7, "message": ""}', b'S{"key": "a", "message": "?"}']
)
def test_what_is_no_request_is_refused(frame):
    with pytest.raises(NotWitnessed):
        present().answer(frame)


@given(st.binary(max_size=300) | st.text(max_size=64).map(str.encode))
def test_no_bytes_of_chance_are_taken_for_a_seal(message):
    assert not witness.is_seal(message)


@given(place=st.integers(0, len(ATTRIBUTES) - 1), to=st.integers(0, 255))
def test_attributes_that_are_taken_for_a_seal_have_the_digest_in_its_place(place, to):
    changed = ATTRIBUTES[:place] + bytes([to]) + ATTRIBUTES[place + 1 :]
    if witness.is_seal(changed):
        assert len(witness.digest_in(changed)) == 32


# --- a render process that lies ----------------------------------------------------------------------------------

LIAR = """
import base64, json, sys
sys.path.insert(0, {root!r})
from app.awards.document import frames
got = frames.receive(sys.stdin.buffer)
for key, message in {lies!r}:
    frames.send(sys.stdout.buffer, frames.asking(key, message))
    got = frames.receive(sys.stdin.buffer)
frames.send(sys.stdout.buffer, b"P" + got)
"""


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put another program in the place of the one that draws."""
    start = drawing.subprocess.Popen

    def lie(*lies: tuple[str, bytes]) -> None:
        program = LIAR.format(root=str(ROOT), lies=lies)
        monkeypatch.setattr(
            drawing.subprocess, "Popen", lambda _command, **how: start([sys.executable, "-c", program], **how)
        )

    return lie


@every_lie
def test_a_render_process_that_asks_for_more_gets_nothing_and_is_ended(lie, lying, caplog):
    lying(LIES[lie])
    signer = seal_keys.Signer()
    room = DrawingRoom(signer)
    with pytest.raises(NotDrawn):
        room.draw(ordered(ANA), timeout=PATIENCE)
    assert (signer.asked, room._easel) == ([], None)
    assert "the render process asked for, or gave, what it may not" in caplog.text
    assert ANA.holder_name not in caplog.text


def test_a_render_process_cannot_collect_signatures(lying):
    lying((STATEMENT, DIGESTS), (STATEMENT, DIGESTS[::-1]))
    signer = seal_keys.Signer()
    with pytest.raises(NotDrawn):
        DrawingRoom(signer).draw(ordered(ANA), timeout=PATIENCE)
    assert signer.asked == [(STATEMENT, DIGESTS)]


@pytest.mark.parametrize("asked", [[], [(SEAL, ATTRIBUTES)]])
def test_a_file_without_the_seal_that_was_signed_for_it_is_not_taken(asked, lying):
    lying(*asked)
    with pytest.raises(NotDrawn):
        DrawingRoom(seal_keys.Signer()).draw(ordered(ANA), timeout=PATIENCE)


def test_a_file_is_the_one_that_was_sealed_to_its_last_byte():
    watching = present()
    drawn = document.draw(ordered(ANA), sign=lambda key, message: watching.answer(frames.asking(key, message)))
    watching.look_at(drawn)
    other = document.draw(ordered(ANA), sign=seal_keys.Signer().sign)
    for false in (
        drawn + b"\n",
        drawn.replace(b"/Lang (en)", b"/Lang (de)"),
        other,
        document.draw(Order(ANA)),
        b"%PDF",
    ):
        with pytest.raises(NotWitnessed):
            watching.look_at(false)


# --- the room, with keys -----------------------------------------------------------------------------------------


def test_a_room_with_keys_seals_and_one_without_does_not_draw_what_is_to_be_sealed():
    room, without = DrawingRoom(seal_keys.Signer()), DrawingRoom()
    try:
        assert is_valid(room.draw(ordered(ANA), timeout=PATIENCE))
        assert is_valid(room.draw(ordered(ANA), timeout=PATIENCE, paper="a4"))
        assert is_valid(room.draw_sealed(RECEIPT, timeout=PATIENCE))
        assert room.draw(Order(ANA), timeout=PATIENCE).startswith(b"%PDF")
        with pytest.raises(NotDrawn):
            without.draw(ordered(ANA), timeout=PATIENCE)
        assert without.draw(Order(ANA), timeout=PATIENCE).startswith(b"%PDF")
    finally:
        room.close()
        without.close()


class KeyGone(Unavailable):
    """The operator has taken the key away."""

    message = "Nothing can be signed just now."


def test_a_key_that_cannot_be_used_says_so_and_the_next_drawing_is_made():
    signer = seal_keys.Signer()
    room = DrawingRoom(signer)
    sign = signer.sign

    def gone(_key: str, _message: bytes) -> bytes:
        raise KeyGone

    try:
        signer.sign = gone  # type: ignore[method-assign]
        with pytest.raises(KeyGone):
            room.draw(ordered(ANA), timeout=PATIENCE)
        signer.sign = sign  # type: ignore[method-assign]
        assert is_valid(room.draw(ordered(ANA), timeout=PATIENCE))
    finally:
        room.close()


def test_no_private_key_crosses_the_pipe():
    crossing = json.dumps({"order": ordered(ANA).to_json()}).encode() + b"".join(asked_when_drawing().values())
    for private in (
        seal_keys.SEAL_KEY.private_numbers().private_value.to_bytes(32, "big"),
        seal_keys.STATEMENT_KEY.private_bytes_raw(),
    ):
        for spelled in (private, private.hex().encode(), base64.b64encode(private)):
            assert spelled not in crossing


def resident(room: DrawingRoom) -> int:
    """Give the megabytes that the render process holds."""
    assert room._easel is not None
    pages = int(Path(f"/proc/{room._easel._process.pid}/statm").read_text().split()[1])
    return pages * 4096 // 1024 // 1024


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this machine has no /proc")
def test_memory_stays_flat():
    room = DrawingRoom(seal_keys.Signer())
    try:
        sizes = []
        for _ in range(3):
            for _ in range(15):
                room.draw(ordered(ANA), timeout=PATIENCE)
            sizes.append(resident(room))
    finally:
        room.close()
    assert sizes[-1] <= sizes[0] * 1.1
    assert sizes[-1] < 200
