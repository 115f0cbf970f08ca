"""A reading room without processes: what reads runs here, where a test can switch a part of it off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.awards.reading import child, zips
from app.awards.reading.findings import Comparison, Proven, Reading
from app.awards.reading.room import Batch, Unpacked
from app.awards.reading.unpacking import NotRead


class DeskHere:
    """Does what a process does."""

    def __init__(self) -> None:
        self._desk = child.Desk()

    def read(self, content: bytes) -> Reading:
        return self._desk.read(content)

    def compare(self, facts: str, original: bytes, *, place: int, keys: bytes) -> Comparison:
        return self._desk.compare({"facts": facts, "place": place}, original, keys)

    def prove(self, keys: bytes) -> Proven:
        return self._desk.prove(keys)

    def close(self) -> None:
        self._desk.close()

    def unpack(self, content: bytes, *, start: int, spent: int) -> Batch:
        batch, trouble, detail, files = zips.Batch(start, spent), None, "", []
        try:
            files = [Unpacked(one.name, one.content, one.trouble) for one in zips.entries(content, batch)]
        except NotRead as refused:
            trouble, detail = refused.trouble, refused.detail
        going_on = None if trouble else batch.next
        return Batch(tuple(files), next=going_on, spent=batch.spent, trouble=trouble, detail=detail)


class RoomHere:
    """Lends the one desk."""

    processes = 1

    def __init__(self) -> None:
        self._desk = DeskHere()

    def close(self) -> None:
        self._desk.close()

    @contextmanager
    def desk(self) -> Iterator[DeskHere]:
        yield self._desk
