"""Checking files and numbers against the record: the one path that page, API and command line take.

The very bytes that were issued are known by their digest, and no process is asked. Any other file is read in the
reading room (app/awards/reading), and what is found there is judged here. Whoever keeps the records is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, replace
from typing import Protocol

from app.awards import numbers, results
from app.awards.facts import Facts
from app.awards.reading import judging, kinds, sentences
from app.awards.reading.findings import Comparison, Doubt, Look, Page, Reading
from app.awards.reading.kinds import Kind, Trouble
from app.awards.reading.room import Desk, ReadingRoom, RoomBusy, Unread
from app.awards.results import NUMBER_ONLY, File, Record
from app.awards.verdicts import Document, Result

__all__ = ["Record", "Records", "check_file", "check_files", "check_number"]

MOST_ZIP_BYTES = 200 * 1024 * 1024
MOST_CANDIDATES = 3  # numbers of one page that are followed
OTHER_PAPER = {"letter": "a4", "a4": "letter"}


class Records(Protocol):
    """Whoever keeps the certificates. Asked from several threads at once."""

    def by_bytes(self, sha256: str) -> Record | None:
        """Find the certificate whose stored PDF has this digest, on either paper."""

    def by_number(self, number: str) -> Record | None:
        """Find a certificate by its number, 20 symbols."""

    def original(self, number: str, paper: str) -> bytes | None:
        """Give the stored PDF of a certificate on `letter` or `a4` paper, drawing it first where that is possible."""

    def keys(self) -> bytes:
        """Give our public keys, as /verify/keys.json does."""

    def was_lost(self) -> bool:
        """Say whether the register tells of records that were lost with a database."""


def check_number(records: Records, typed: str) -> Result:
    """Say how the certificate of a number stands, as the number was typed."""
    number = numbers.read(typed)
    if not numbers.is_well_formed(number):
        return results.unknown(NUMBER_ONLY, None, sentences.of_slip(number))
    record = records.by_number(number)
    if record is None:
        said = sentences.NOT_ISSUED.format(number=numbers.in_groups(number))
        return results.unknown(NUMBER_ONLY, None, said, number=number)
    said = sentences.of_number(record.standing, demonstration=record.is_demonstration)
    return results.of_record(NUMBER_ONLY, record, None, said)


def check_file(records: Records, room: ReadingRoom, *, filename: str, content: bytes) -> Iterator[Result]:
    """Say what a file is: one result, or one for each file in a zip and each certificate in a PDF."""
    file = File.of(filename, content)
    if known := _known(records, file):
        yield known
    elif kinds.of(content) is Kind.ZIP:
        yield from _unzipped(records, room, file)
    elif trouble := kinds.trouble(content):
        yield results.of_trouble(file, trouble)
    else:
        yield from _read(records, room, file)


def check_files(records: Records, room: ReadingRoom, files: Iterable[tuple[str, bytes]]) -> Iterator[Result]:
    """Check many files at once, over all processes of the room. Results come as they are ready, not in order."""
    pool = ThreadPoolExecutor(room.processes)
    waiting: set[Future[list[Result]]] = set()
    try:
        for filename, content in files:
            if known := _known(records, File.of(filename, content)):
                yield known  # at once: nobody waits for a process here
                continue
            waiting.add(pool.submit(_all_of, records, room, filename, content))
            patience = None if len(waiting) > 2 * room.processes else 0.0
            ready, waiting = wait(waiting, timeout=patience, return_when=FIRST_COMPLETED)
            for one in ready:
                yield from one.result()
        for one in as_completed(waiting):
            yield from one.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _all_of(records: Records, room: ReadingRoom, filename: str, content: bytes) -> list[Result]:
    """Check one of many files. That its turn did not come is its own result, and the others go on."""
    try:
        return list(check_file(records, room, filename=filename, content=content))
    except RoomBusy as busy:
        return [results.unknown(File.of(filename, content), Document.UNREADABLE, str(busy))]


def _known(records: Records, file: File) -> Result | None:
    """Know a file by its very bytes."""
    record = records.by_bytes(file.sha256)
    if record is None:
        return None
    said = sentences.of_original(record.standing, demonstration=record.is_demonstration)
    if record.facts is None:
        said = sentences.ERASED_ORIGINAL.format(stands=sentences.stands(record.standing, demonstration=False))
    return results.of_record(file, record, Document.ORIGINAL, said)


# --- zips --------------------------------------------------------------------------------------------------------


def _unzipped(records: Records, room: ReadingRoom, file: File) -> Iterator[Result]:
    """Check the files of a zip, a batch at a time, so that not all of them are held at once."""
    if len(file.content) > MOST_ZIP_BYTES:
        yield results.of_trouble(file, Trouble.ZIP_TOO_MUCH)
        return
    start: int | None = 0
    spent = 0
    while start is not None:
        try:
            with room.desk() as desk:
                batch = desk.unpack(file.content, start=start, spent=spent)
        except Unread as unread:
            yield results.of_trouble(file, unread.trouble)
            return
        named = [(f"{file.filename} › {one.name}", one) for one in batch.files]
        yield from (results.of_trouble(File.of(name, one.content), one.trouble) for name, one in named if one.trouble)
        yield from check_files(records, room, ((name, one.content) for name, one in named if not one.trouble))
        if batch.trouble:
            yield results.of_trouble(file, batch.trouble, batch.detail)
        start, spent = batch.next, batch.spent


# --- one file ----------------------------------------------------------------------------------------------------


def _read(records: Records, room: ReadingRoom, file: File) -> list[Result]:
    """Have a file read, and read once more where its process ended: that may have had another cause."""
    trouble = Trouble.BREAKS_READER
    for _ in range(2):
        try:
            with room.desk() as desk:
                return list(_Check(records, desk, file).results())
        except Unread as unread:
            trouble = unread.trouble
            if not unread.by_others:
                break
    return [results.of_trouble(file, trouble)]


@dataclass(slots=True)
class _Check:
    """One file on a desk."""

    records: Records
    desk: Desk
    file: File
    _published: bytes = b""

    def results(self) -> Iterator[Result]:
        """Judge the file, or each certificate in it."""
        reading = self.desk.read(self.file.content)
        if reading.trouble:
            yield results.of_trouble(self.file, reading.trouble, reading.detail)
            return
        sheets = _sheets(reading)
        for page in sheets:
            apart = len(sheets) > 1
            file = replace(self.file, filename=f"{self.file.filename} › page {page.place + 1}") if apart else self.file
            yield self._judged(file, reading, page)

    def _judged(self, file: File, reading: Reading, page: Page) -> Result:
        claimed = _claimed(reading, page)
        found = [record for number in claimed if (record := self.records.by_number(number))]
        if not found:
            return self._none_of_ours(file, reading, (page, claimed))
        record, best = self._likest(found[:MOST_CANDIDATES], reading, page)
        if best.alike < judging.LEAST_ALIKE and len(page.printed) > 2:
            said = sentences.SEVERAL.format(number=numbers.in_groups(record.number))
            return results.unknown(file, Document.NOT_OURS, said)
        if record.facts is None:
            return self._erased(file, record)
        told = _with_other_numbers(best, record, (*page.coded, *reading.attached))
        return results.of_comparison(file, record, told, signer=self._stranger(reading))

    def _likest(self, found: list[Record], reading: Reading, page: Page) -> tuple[Record, Comparison]:
        """Hold a page against the certificates that it may be, and give the one that it is likest to."""
        best: list[tuple[Record, Comparison]] = []
        for record in found:
            best.append((record, self._compared(record, reading, page)))
            if _is_clean(best[-1][1]):
                break
        return max(best, key=lambda one: _likeness(one[1]))

    def _compared(self, record: Record, reading: Reading, page: Page) -> Comparison:
        if record.facts is None:
            return Comparison()
        if reading.kind is Kind.IMAGE:
            return _of_image(page, record.facts)
        found = self._held_against(record, record.facts, page, page.paper)
        if found.look is Look.UNALIGNED:
            return max((found, self._held_against(record, record.facts, page, OTHER_PAPER[page.paper])), key=_likeness)
        return found

    def _held_against(self, record: Record, facts: Facts, page: Page, paper: str) -> Comparison:
        original = self.records.original(record.number, paper)
        if original is None:
            return Comparison(doubts=((Doubt.NO_ORIGINAL, ""),))
        return self.desk.compare(facts.to_json(), original, place=page.place, keys=self._keys())

    def _none_of_ours(self, file: File, reading: Reading, named: tuple[Page, tuple[str, ...]]) -> Result:
        page, claimed = named
        if reading.has_statement and (lost := self._lost(file)):
            return lost
        if claimed:
            number, signer = numbers.in_groups(claimed[0]), self._stranger(reading)
            said = sentences.NOT_ISSUED_BUT_SIGNED if signer else sentences.NOT_ISSUED
            said = said.format(number=number, signer=signer)
            return results.unknown(file, Document.NOT_OURS, said, number=claimed[0])
        if page.is_image:
            return results.unknown(file, Document.UNREADABLE, sentences.NO_NUMBER_IN_PICTURE)
        if page.mistyped:
            said = sentences.MISTYPED.format(number=numbers.in_groups(page.mistyped[0]))
            return results.unknown(file, Document.NOT_OURS, said)
        said = sentences.NOT_OURS_WITH_SCRIPT if reading.has_script else sentences.NOT_OURS
        return results.unknown(file, Document.NOT_OURS, said)

    def _lost(self, file: File) -> Result | None:
        """Know a file of ours whose record is gone: by its seal, and by the statement in it that we signed."""
        proven = self.desk.prove(self._keys())
        if not proven.facts or self.records.by_number(proven.number):
            return None
        if not self.records.was_lost():  # then whoever signed it had our key, and did not enter it as we do
            return results.unknown(file, Document.NOT_OURS, sentences.NEVER_ENTERED, number=proven.number)
        whole = proven.seal.proves
        document, said = (Document.ORIGINAL, sentences.LOST) if whole else (Document.PICTURE, sentences.LOST_RESAVED)
        facts = results.facts_of(proven, whole=whole)
        return results.unknown(file, document, said, number=proven.number, facts=facts)

    def _erased(self, file: File, record: Record) -> Result:
        """Know a file of somebody whose data we keep no more: by its seal."""
        stands = sentences.stands(record.standing, demonstration=False)
        proven = self.desk.prove(self._keys())
        if not proven.seal.proves or proven.number != record.number:
            return results.of_record(file, record, Document.PICTURE, sentences.ERASED_PICTURE.format(stands=stands))
        found = results.of_record(file, record, Document.ORIGINAL, sentences.ERASED_ORIGINAL.format(stands=stands))
        return replace(found, facts=results.facts_of(proven, whole=True))

    def _keys(self) -> bytes:
        """Give our public keys, asked for once a file."""
        self._published = self._published or self.records.keys()
        return self._published

    def _stranger(self, reading: Reading) -> str:
        """Name whoever sealed the file with a key that is not ours."""
        if not reading.is_sealed:
            return ""
        seal = self.desk.prove(self._keys()).seal
        return seal.signer if seal.present and not seal.known else ""


def _sheets(reading: Reading) -> list[Page]:
    """Give the pages to be judged: one, unless several name certificates of their own."""
    named = [page for page in reading.pages if page.printed or page.coded]
    own = {(page.printed or page.coded)[:1]: page for page in reversed(named)}
    if len(own) > 1:
        return sorted(own.values(), key=lambda page: page.place)
    return named[:1] or list(reading.pages[:1])


def _claimed(reading: Reading, page: Page) -> tuple[str, ...]:
    """Give the numbers that a page may be about: printed, in its QR code, in what is attached."""
    return tuple(dict.fromkeys((*page.printed, *page.coded, *reading.attached)))


def _of_image(page: Page, facts: Facts) -> Comparison:
    """Say of a scan or photo what little there is to say: that it is one, and where its codes lead."""
    own = facts.verify_url
    leads = (("number", f"a QR code that leads to {code}", own) for code in page.codes if not _is_same(code, own))
    return Comparison(differences=tuple(leads), doubts=((Doubt.IMAGE, ""),))


def _is_same(address: str, other: str) -> bool:
    return address.casefold() == other.casefold()


def _is_clean(found: Comparison) -> bool:
    return not found.differences and not found.doubts


def _likeness(found: Comparison) -> tuple[bool, float, int]:
    return _is_clean(found), found.alike, -len(found.differences)


def _with_other_numbers(found: Comparison, record: Record, named: tuple[str, ...]) -> Comparison:
    """Name a number that the QR code or the attachments tell, unless it is the record's, or was found already."""
    others = [number for number in named if number != record.number]
    if not others or any(field == "number" for field, _paper, _record in found.differences):
        return found
    other = ("number", numbers.in_groups(others[0]), numbers.in_groups(record.number))
    return replace(found, differences=(other, *found.differences), only_lacks=False)
