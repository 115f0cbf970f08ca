"""The drawing room: whatever happens to the process that draws, the next certificate is drawn."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest
from sample_facts import ANA

from app.awards.document import painter
from app.awards.document.order import Order
from app.awards.drawing import DrawingRoom, FontsMissing, NotDrawn, PangoMissing

pytestmark = pytest.mark.xdist_group("drawing room")
PATIENCE = 30.0  # seconds, on a busy machine
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def room() -> Iterator[DrawingRoom]:
    """One room for all: whatever a test does to its process, the next test finds it working."""
    opened = DrawingRoom()
    yield opened
    opened.close()


def nobody(_key: str, _message: bytes) -> bytes:
    raise AssertionError("nothing is to be signed")


def process_of(room: DrawingRoom) -> int:
    assert room._easel is not None
    return room._easel._process.pid


def test_it_draws_again_and_again_with_one_process(room):
    first = room.draw(Order(ANA), timeout=PATIENCE)
    process = process_of(room)
    assert first.startswith(b"%PDF-1.7")
    assert room.draw(Order(ANA), timeout=PATIENCE) == first
    assert room.draw(Order(ANA), timeout=PATIENCE, paper="a4") != first
    assert process_of(room) == process


def test_a_process_that_was_killed_while_idle_is_replaced_and_draws_the_same_bytes(room):
    first = room.draw(Order(ANA), timeout=PATIENCE)
    killed = process_of(room)
    os.kill(killed, signal.SIGKILL)
    assert room.draw(Order(ANA), timeout=PATIENCE) == first
    assert process_of(room) != killed


def test_a_process_that_is_killed_while_drawing_is_replaced_and_the_drawing_made(room):
    room.draw(Order(ANA), timeout=PATIENCE)
    stopped = process_of(room)
    os.kill(stopped, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, (stopped, signal.SIGKILL))
    killer.start()
    assert room.draw(Order(ANA), timeout=PATIENCE).startswith(b"%PDF")
    assert process_of(room) != stopped


def test_a_drawing_that_hangs_is_given_up_and_the_next_one_is_drawn(room):
    room.draw(Order(ANA), timeout=PATIENCE)
    os.kill(process_of(room), signal.SIGSTOP)
    began = monotonic()
    with pytest.raises(NotDrawn, match="valid and on screen"):
        room.draw(Order(ANA), timeout=0.3)
    assert monotonic() - began < 5
    assert room.draw(Order(ANA), timeout=PATIENCE).startswith(b"%PDF")


def test_waiting_for_another_drawing_counts_against_the_time(room):
    room.draw(Order(ANA), timeout=PATIENCE)
    os.kill(process_of(room), signal.SIGSTOP)

    def hang() -> None:
        with pytest.raises(NotDrawn):
            room.draw(Order(ANA), timeout=0.8)

    slow = threading.Thread(target=hang)
    slow.start()
    sleep(0.1)
    with pytest.raises(NotDrawn):
        room.draw(Order(ANA), timeout=0.2)
    slow.join()


def test_many_threads_may_ask_at_once(room):
    drawings: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: drawings.append(room.draw(Order(ANA), timeout=PATIENCE))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drawings) == 4
    assert len(set(drawings)) == 1


def test_a_closed_room_draws_nothing_and_leaves_nothing_behind():
    room = DrawingRoom()
    room.warm()
    easel = room._easel
    assert easel is not None
    room.close()
    assert easel._process.returncode is not None
    assert not Path(easel._folder.name).exists()
    with pytest.raises(NotDrawn):
        room.draw(Order(ANA), timeout=PATIENCE)


def test_the_render_process_inherits_no_secret_no_socket_and_no_boundless_memory(room, monkeypatch):
    monkeypatch.setenv("CONTINUA_SECRET", "not for the render process")
    room._dismiss()
    room.draw(Order(ANA), timeout=PATIENCE)
    process = Path("/proc", str(process_of(room)))
    if not process.exists():
        pytest.skip("this machine has no /proc")
    assert b"CONTINUA_SECRET" not in (process / "environ").read_bytes()
    assert not any(stat.S_ISSOCK(file.stat().st_mode) for file in (process / "fd").iterdir())
    assert (process / "cwd").resolve() != ROOT
    (limit,) = (line for line in (process / "limits").read_text().splitlines() if line.startswith("Max address space"))
    assert str(painter.MEMORY_BYTES) in limit


def test_letters_that_no_font_has_are_named_to_the_person(room):
    with pytest.raises(FontsMissing, match="these letters: \U0010fff0"):
        room.draw(Order(replace(ANA, holder_name="Ana \U0010fff0")), timeout=PATIENCE)


def test_what_goes_wrong_is_told_without_a_word_of_the_certificate(room, caplog):
    with pytest.raises(NotDrawn):
        room.draw(Order(replace(ANA, time_zone="Nowhere/Ana")), timeout=PATIENCE)
    assert "ZoneInfoNotFoundError" in caplog.text
    assert "Ana" not in caplog.text


def test_without_pango_the_person_is_told_what_the_operator_must_do(monkeypatch):
    """The library is not there: importing WeasyPrint fails as it does on such a machine."""

    def no_pango() -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(painter.document, "load", no_pango)
    request = json.dumps({"kind": "certificate", "paper": "letter", "order": Order(ANA).to_json()})
    answer = painter.answer(request.encode(), nobody)
    with pytest.raises(PangoMissing, match="until its operator installs Pango"):
        DrawingRoom()._opened(answer)


def test_the_web_process_never_loads_the_libraries_that_draw():
    probe = """
import sys
from sample_facts import ANA
from app.awards.drawing import DrawingRoom
from app.awards.document import sheets, wording
from app.awards.document.order import Order
room = DrawingRoom()
room.draw(Order(ANA), timeout=30)
room.close()
heavy = {"weasyprint", "pikepdf", "fontTools", "segno"} & set(sys.modules)
assert not heavy, heavy
"""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests/awards")])
    subprocess.run([sys.executable, "-W", "error", "-c", probe], check=True, env={**os.environ, "PYTHONPATH": paths})
