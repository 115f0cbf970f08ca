"""The reading room: whatever a file does to the process that reads it, nothing else is lost, and nothing gets out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from awards.bad_files import BAD
from awards.copies import saved_by_pikepdf
from awards.offices import HERS, office

from app.awards import checking
from app.awards.reading import room as rooms
from app.awards.reading.findings import Look
from app.awards.reading.kinds import Kind, Trouble
from app.awards.reading.room import Desk, ReadingRoom, RoomBusy, Unread, _environment
from app.awards.verdicts import Document
from app.kit.templates import ROOT

pytestmark = pytest.mark.xdist_group("reading room")


@pytest.fixture(scope="module")
def room() -> Iterator[ReadingRoom]:
    opened = ReadingRoom(2)
    yield opened
    opened.close()


def resaved() -> bytes:
    return saved_by_pikepdf(office().originals[HERS.number, "letter"])


def process_of(desk: Desk) -> int:
    assert desk._process is not None
    return desk._process.pid


def test_no_process_is_started_before_a_file_needs_one() -> None:
    idle = ReadingRoom(2)
    original = office().originals[HERS.number, "letter"]
    (result,) = checking.check_file(office(), idle, filename="a.pdf", content=original)
    assert result.document == Document.ORIGINAL
    assert [desk._process for desk in idle._desks] == [None, None]
    idle.close()


def test_one_process_reads_file_after_file(room: ReadingRoom) -> None:
    with room.desk() as desk:
        assert desk.read(resaved()).pages[0].printed[0] == HERS.number
        process = process_of(desk)
        found = desk.compare(HERS.to_json(), office().originals[HERS.number, "letter"], place=0, keys=office().keys())
        assert (found.look, found.differences, found.doubts) == (Look.EQUAL, (), ())
        assert desk.read(b"\x89PNG\r\n\x1a\n").trouble is Trouble.DAMAGED
        assert desk.read(resaved()).kind is Kind.PDF
        assert process_of(desk) == process


def test_a_process_that_was_killed_while_idle_is_replaced(room: ReadingRoom) -> None:
    with room.desk() as desk:
        desk.read(resaved())
        killed = process_of(desk)
        os.kill(killed, signal.SIGKILL)
        desk._process.wait()  # type: ignore[union-attr]
        assert desk.read(resaved()).trouble is None
        assert process_of(desk) != killed


def test_a_file_whose_process_was_killed_by_somebody_else_is_read_once_more(room: ReadingRoom) -> None:
    with room.desk() as desk:
        desk.start()
        threading.Timer(0.2, os.kill, (process_of(desk), signal.SIGKILL)).start()
        with pytest.raises(Unread) as ended:
            desk.read(BAD["forms_that_double_thirty_times"].make())
    assert ended.value.by_others
    (result,) = checking.check_file(office(), room, filename="a.pdf", content=resaved())
    assert result.document == Document.SAME_FACTS


def test_a_file_that_takes_too_long_ends_its_process_and_no_other(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room.desk() as other:
        other.start()
        monkeypatch.setattr(rooms, "TIMEOUT_SECONDS", 0.5)
        with room.desk() as desk, pytest.raises(Unread) as ended:
            desk.read(BAD["forms_that_double_thirty_times"].make())
        assert ended.value.trouble is Trouble.TOO_SLOW
        monkeypatch.undo()
        assert other.read(resaved()).trouble is None


def test_many_threads_share_few_processes(room: ReadingRoom) -> None:
    content = resaved()
    found = list(checking.check_files(office(), room, [(f"{number}.pdf", content) for number in range(24)]))
    assert {one.document for one in found} == {Document.SAME_FACTS}
    assert sorted(int(one.filename.removesuffix(".pdf")) for one in found) == list(range(24))


def test_originals_wait_for_nobody(room: ReadingRoom) -> None:
    original, content = office().originals[HERS.number, "letter"], resaved()
    files = [*[("copy.pdf", content)] * 6, *[("original.pdf", original)] * 6]
    documents = [one.document for one in checking.check_files(office(), room, files)]
    assert documents.count(Document.ORIGINAL) == 6
    assert documents.index(Document.ORIGINAL) < 6, "before all copies were read"


def test_whoever_finds_no_free_process_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "WAIT_SECONDS", 0.05)
    small = ReadingRoom(1)
    with small.desk(), pytest.raises(RoomBusy), small.desk():
        pass
    small.close()


def test_a_closed_room_leaves_nothing_behind() -> None:
    opened = ReadingRoom(1)
    with opened.desk() as desk:
        desk.read(resaved())
        process, folder = process_of(desk), Path(desk._folder.name)  # type: ignore[union-attr]
        assert folder.is_dir()
    opened.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_the_process_ends_when_whoever_asks_is_gone() -> None:
    script = (
        "from app.awards.reading.room import ReadingRoom\n"
        "room = ReadingRoom(1); room.warm(); print(room._desks[0]._process.pid, flush=True)\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    asked = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    process, deadline = int(asked.stdout), monotonic() + 20
    while monotonic() < deadline and Path(f"/proc/{process}").exists() and _state(process) != "Z":
        sleep(0.05)
    assert not Path(f"/proc/{process}").exists() or _state(process) == "Z"


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_the_process_inherits_no_secret(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTINUA_SMTP_PASSWORD", "hunter2")
    fresh = ReadingRoom(1)
    with fresh.desk() as desk:
        desk.read(resaved())
        environment = Path(f"/proc/{process_of(desk)}/environ").read_bytes()
    fresh.close()
    assert b"hunter2" not in environment
    assert b"CONTINUA" not in environment


WALLED = """
import sys
sys.path.insert(0, {root!r})
from app.awards.reading import confines
if {walls}:
    confines.close_in()
try:
    {act}
except confines.Forbidden as forbidden:
    print("forbidden", forbidden)
except OSError as error:
    print("refused", type(error).__name__)
else:
    print("done")
"""
ACTS = {
    "connects": "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)",
    "starts a program": "import subprocess; subprocess.run(['true'])",
    "asks the shell": "import os; os.system('true')",
    "writes a file": "open('left-behind', 'w').write('x')",
    "reads a file of the machine": "open('/etc/hostname').read()",
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_fetched_run_written_or_read_beside_the_program(act: str, tmp_path: Path) -> None:
    assert _tried(ACTS[act], tmp_path, walls=True).startswith("forbidden")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("act", [act for act in ACTS if act != "connects"])
def test_control_without_walls_it_is(act: str, tmp_path: Path) -> None:
    assert _tried(ACTS[act], tmp_path, walls=False) == "done"


def test_control_without_walls_a_connection_is_tried(tmp_path: Path) -> None:
    assert _tried(ACTS["connects"], tmp_path, walls=False) == "refused ConnectionRefusedError"


def _tried(act: str, folder: Path, *, walls: bool) -> str:
    script = WALLED.format(root=str(ROOT), act=act, walls=walls)
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_program_itself_still_reads_its_own_files(room: ReadingRoom) -> None:
    # Time zones, contexts of badges, modules that are loaded late: all of them are needed for this.
    with room.desk() as desk:
        desk.read(resaved())
        proven = desk.prove(office().keys())
    assert proven.number == HERS.number


def test_whoever_reads_writes_no_compiled_code() -> None:
    """It may write no large file: where libraries are not compiled yet, trying to would end it at its first import."""
    assert _environment("/nowhere")["PYTHONDONTWRITEBYTECODE"] == "1"
