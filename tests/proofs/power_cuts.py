"""A power cut, simulated: of what SQLite wrote, only what it had asked the disk to keep is sure to be there.

The real house saves answers into a database with the real schema. Meanwhile a thin layer under SQLite writes down
every write, truncation and sync of its files, in order, and when an answer was acknowledged. Then the power is cut
at moments drawn from a seed: the files are laid out as a disk could hold them at that moment. Writes that were not
synced yet are gone, or some of them are there and some are not, or torn in the middle. The database that is found
must be sound and hold every answer that had been acknowledged.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import random
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import makers
from cast import NOON, join
from sqlalchemy import event

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.kit import database as databases
from app.kit.database import Database, open_database

SECTOR = 512  # a disk writes whole sectors: a write is torn between two of them
AS_SHIPPED, NORMAL = "as shipped", "synchronous=NORMAL"
ANSWERS = 250


# --- what SQLite asks of the disk ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that was asked of the disk, or that an answer was acknowledged."""

    what: str  # write, truncate, sync, acknowledged
    file: str = ""
    at: int = 0
    content: bytes = b""
    key: str = ""


class _File(ctypes.Structure):
    pass


Read = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_File), ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_File), ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_File), ctypes.c_int64)
Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_File), ctypes.c_int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods: what SQLite calls to use a file. Only what is listened to has its real type."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", Write),
        ("truncate", Truncate),
        ("sync", Sync),
        ("rest", ctypes.c_void_p * 13),
    ]


_File._fields_ = [("methods", ctypes.POINTER(_Methods))]
Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_File), ctypes.c_int, ctypes.c_void_p
)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs: how SQLite opens files."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("size_of_file", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("app", ctypes.c_void_p),
        ("open", Open),
    ]


@dataclass
class Listening:
    """Everything asked of the disk for the files of one folder."""

    folder: str
    asked: list[Asked] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)  # what C holds on to must not be collected here
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)

    def follow(self, name: str, file: Any) -> None:
        """Put our own methods before those of a file that was just opened."""
        address = ctypes.addressof(file.contents)
        self._names[address] = Path(name).name
        real = file.contents.methods.contents
        ours = _Methods.from_buffer_copy(real)
        ours.write = Write(lambda one, content, count, at: self._write(real, one, content, count, at))
        ours.truncate = Truncate(lambda one, size: self._truncate(real, one, size))
        ours.sync = Sync(lambda one, flags: self._sync(real, one, flags))
        self._kept += [real, ours]
        file.contents.methods = ctypes.pointer(ours)

    def _name(self, file: Any) -> str:
        return self._names[ctypes.addressof(file.contents)]

    def _write(self, real: _Methods, file: Any, content: int, count: int, at: int) -> int:
        self.note(Asked("write", self._name(file), at, ctypes.string_at(content, count)))
        return int(real.write(file, content, count, at))

    def _truncate(self, real: _Methods, file: Any, size: int) -> int:
        self.note(Asked("truncate", self._name(file), size))
        return int(real.truncate(file, size))

    def _sync(self, real: _Methods, file: Any, flags: int) -> int:
        done = int(real.sync(file, flags))
        self.note(Asked("sync", self._name(file)))
        return done


@contextmanager
def listening(folder: Path) -> Iterator[Listening]:
    """Listen to what SQLite asks for the files of a folder that are opened meanwhile."""
    find = ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_find
    find.restype, find.argtypes = ctypes.POINTER(_Vfs), [ctypes.c_char_p]
    vfs = find(None).contents
    real, heard = Open.from_buffer_copy(vfs, _Vfs.open.offset), Listening(str(folder))
    address = ctypes.cast(real, ctypes.c_void_p).value
    assert address is not None
    call = Open(address)

    def open_and_follow(vfs_: Any, name: int | None, file: Any, flags: int, out: Any) -> int:
        came = int(call(vfs_, name, file, flags, out))  # the very name: SQLite holds on to where it stands
        path = ctypes.string_at(name).decode() if name else ""
        if came == sqlite3.SQLITE_OK and path.startswith(heard.folder):
            heard.follow(path, file)
        return came

    ours = Open(open_and_follow)
    vfs.open = ours
    try:
        yield heard
    finally:
        vfs.open = call


# --- what a disk holds after a cut ---------------------------------------------------------------------------------


@dataclass
class Disk:
    """The files as they are sure to be there, and what was asked since and may or may not be."""

    sure: dict[str, bytearray]
    unsure: dict[str, list[Asked]] = field(default_factory=dict)

    def take(self, asked: Asked) -> None:
        if asked.what == "sync":
            for one in self.unsure.pop(asked.file, []):
                _apply(self.sure.setdefault(asked.file, bytearray()), one)
        elif asked.what != "acknowledged":
            self.unsure.setdefault(asked.file, []).append(asked)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Lay out the files: of what was not synced nothing is there, or some of it, whole or torn."""
        files = {name: bytearray(content) for name, content in self.sure.items()}
        if chance.random() < 1 / 2:
            for name, pending in self.unsure.items():
                for one in pending:
                    if chance.random() < 1 / 2:
                        _apply(files.setdefault(name, bytearray()), _torn(one, chance))
        return {name: bytes(content) for name, content in files.items()}


def _apply(content: bytearray, asked: Asked) -> None:
    if asked.what == "truncate":
        del content[asked.at :]
        content.extend(bytes(max(0, asked.at - len(content))))
        return
    content.extend(bytes(max(0, asked.at - len(content))))
    content[asked.at : asked.at + len(asked.content)] = asked.content


def _torn(asked: Asked, chance: random.Random) -> Asked:
    if asked.what != "write" or chance.random() < 4 / 5:
        return asked
    sectors = chance.randint(0, len(asked.content) // SECTOR)
    return Asked("write", asked.file, asked.at, asked.content[: sectors * SECTOR])


# --- the proof -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a number of cuts."""

    cuts: int
    acknowledged: int
    syncs: int
    lost: int  # acknowledged before a cut and not there after it, over all cuts
    cuts_that_lost: int
    unsound: int  # databases that were damaged

    @property
    def failures(self) -> int:
        """How many cuts broke the promise."""
        return self.cuts_that_lost + self.unsound


def run(url: str, folder: Path, *, cuts: int, seed: int, what: str = AS_SHIPPED, answers: int = ANSWERS) -> Outcome:
    """Save answers, then cut the power at as many moments, and look at what is left each time."""
    chance = random.Random(seed)  # noqa: S311 - the same moments each time
    path = Path(url.removeprefix("sqlite:///"))
    attempt_id = _seat(url)
    disk = Disk({path.name: bytearray(path.read_bytes())})
    asked = _save_all(url, path.parent, attempt_id, what=what, answers=answers)
    moments = sorted(chance.randrange(len(asked)) for _ in range(cuts))
    lost, lossy, unsound, acknowledged, place = 0, 0, 0, set[str](), 0
    for moment in moments:
        for one in asked[place : moment + 1]:
            disk.take(one)
            acknowledged |= {one.key} if one.key else set()
        place = moment + 1
        kept = _kept_after(disk.after_a_cut(chance), folder, path.name)
        unsound += kept is None
        gone = len(acknowledged - kept) if kept is not None else 0
        lost, lossy = lost + gone, lossy + (gone > 0)
    syncs = sum(one.what == "sync" for one in asked)
    return Outcome(cuts, sum(bool(one.key) for one in asked), syncs, lost, lossy, unsound)


def _seat(url: str) -> int:
    database = open_database(url)
    with database.write() as db:
        enrollment = makers.make_enrollment(db, join(db, "ana"))
        makers.read_everything(db, enrollment)
        attempt_id = attempts.start(db, enrollment, now=NOON).id
    _fold(database)
    database.close()
    return attempt_id


def _fold(database: Database) -> None:
    """Bring everything into the one file, so that the story begins with a disk that holds it all."""
    link = database.writing.raw_connection()
    link.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    link.close()


def _save_all(url: str, folder: Path, attempt_id: int, *, what: str, answers: int) -> list[Asked]:
    with listening(folder) as heard:
        database = open_database(url)
        if what == NORMAL:
            _weaken(database)
        else:
            databases.assert_durable(database)
        for number in range(1, answers + 1):
            key = f"answer-{number:06}"
            with database.write() as db:
                attempts.save_answer(
                    db,
                    db.get_one(Attempt, attempt_id),
                    f"question-{1 + number % 3}",
                    1 + number % 4,
                    sequence=number,
                    key=key,
                    now=NOON,
                )
            heard.note(Asked("acknowledged", key=key))
        asked = list(heard.asked)
        database.close()
    return asked


def _weaken(database: Database) -> None:
    event.listen(database.writing, "connect", lambda link, _record: link.execute("PRAGMA synchronous = NORMAL"))


def _kept_after(files: dict[str, bytes], folder: Path, name: str) -> set[str] | None:
    """Start again from what the disk holds: give the keys of the answers, or None where the database is damaged."""
    place = folder / "after-the-cut"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for file, content in files.items():
        if not file.endswith("-shm"):  # it is memory, and gone
            (place / file).write_bytes(content)
    try:
        with closing(sqlite3.connect(place / name)) as link:
            if link.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return None
            if link.execute("PRAGMA foreign_key_check").fetchone() is not None:
                return None
            return {key for (key,) in link.execute("SELECT key FROM answer_event")}
    except sqlite3.DatabaseError:
        return None
