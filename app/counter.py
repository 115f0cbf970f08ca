"""The counter: what is handed over to be checked, how much one may hand over, and the results, each signed.

Page and API take it here and answer from here. Files are on disk before one of them is read, and no door of the
database is open meanwhile: whoever sends slowly holds up nobody.
"""

from __future__ import annotations

import logging
import os
import tempfile
import unicodedata
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address, ip_network
from typing import IO, Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.awards.attesting import Attested, attest
from app.awards.verdicts import Document, Result, Standing, Status
from app.kit.errors import Invalid, TooLarge, TooMany, Unavailable, Unsupported
from app.kit.multipart import FieldTooLong, FormReader, Limits, NotAForm, SentFile, TooManyFiles
from app.request import House, Sent, Wiring

MEBIBYTE = 1024 * 1024
MOST = 500  # files, or numbers, in one go
LARGEST_FILE = 20 * MEBIBYTE
LARGEST_ZIP = 100 * MEBIBYTE
ZIP = b"PK\x03\x04"
AT_ONCE = os.cpu_count() or 2  # files of one request: as many as there are processes to read them
TURN_SECONDS = 60.0  # for a large zip, while another one is held
LONGEST_TEXT = MEBIBYTE
LIMITS = Limits(files=MOST, file_bytes=LARGEST_ZIP, field_bytes=LONGEST_TEXT)
LONGEST_NAME = 160
NAMELESS = "A file without a name"
NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # what could hide, turn or break a name

BROKEN = "Something broke on our side while this file was read. The other files are not affected. Try it by itself."
TOO_LARGE = "This file is larger than 20 MB, and a certificate never is. It was not read: send the certificate alone."
TOO_LARGE_ZIP = "This zip is larger than 100 MB, so it was not read. Send it in parts."

log = logging.getLogger(__name__)


class TooManyAtOnce(Invalid):
    """More was handed over than is checked in one go."""

    def __init__(self) -> None:
        """Say how many are."""
        words = f"Up to {MOST} files and {MOST} numbers are checked in one go. Send the rest after these."
        super().__init__({"files": words}, words)


class TooManyChecks(TooMany):
    """More was handed over in a minute than is checked for one address."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        self.retry_after = seconds
        wait = "1 second" if seconds == 1 else f"{seconds:,} seconds"
        super().__init__(
            f"You have checked very many certificates in the last minute. Wait {wait}, then send the rest again. "
            "What was answered so far stands."
        )


class TooMuchAtOnce(Unavailable):
    """Very large files are read one at a time, and this one's turn did not come."""

    message = "Another very large file is being read at this moment. Nothing is wrong with yours: send it again."


class NotTakenIn(Unsupported):
    """What was sent is no form, or arrived damaged."""

    message = "We could not read what was sent: it is damaged, or not in a form we know. Send it again."


@dataclass(frozen=True, slots=True)
class Handed:
    """What somebody handed over."""

    whose: str  # the address it came from: what its allowance goes by
    form: Sent
    files: tuple[SentFile, ...]


async def files_and_numbers(request: Request, house: House) -> AsyncIterator[Handed]:
    """Take what is to be checked. Whoever has to wait is told so before a byte of it is read."""
    if seconds := house.checks_allowed.wait(address(request)):
        raise TooManyChecks(seconds)
    async with handed_over(request, LIMITS) as handed:
        yield handed


@asynccontextmanager
async def handed_over(request: Request, limits: Limits) -> AsyncIterator[Handed]:
    """Take a form with files to the disk; give it once it is there."""
    whose = address(request)
    kind = request.headers.get("content-type", "").lower()
    if not kind.startswith("multipart/form-data"):
        yield Handed(whose, _plain_form(await body(request), kind), ())
        return
    with tempfile.TemporaryFile() as box:
        reader = await _received(request, box, limits)
        files = tuple(replace(file, name=shown_name(file.name)) for file in reader.files)
        yield Handed(whose, _form(reader.fields), files)


HandedOver = Annotated[Handed, Depends(files_and_numbers)]


async def body(request: Request, *, most: int = LONGEST_TEXT) -> bytes:
    """Read a body that is no form, up to a size."""
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > most:
            raise TooLarge
    return bytes(held)


def address(request: Request) -> str:
    """Say where a request came from: an IPv4 address, or the network that one household or office has in IPv6."""
    host = request.client.host if request.client else ""
    try:
        found = ip_address(host)
    except ValueError:
        return host
    if not isinstance(found, IPv6Address):
        return host
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((found, 64), strict=False))


def insist_allowed(house: Wiring, whose: str, count: int) -> None:
    """Let this many checks through, or raise `TooManyAtOnce` or `TooManyChecks`."""
    if count > MOST:
        raise TooManyAtOnce
    if seconds := house.checks_allowed.take(whose, count):
        raise TooManyChecks(seconds)


def of_number(house: Wiring, typed: str) -> Attested:
    """Check a number."""
    return attest(house.checks.number(typed), house.attests, now=house.clock(), asked=typed)


def of_file(house: Wiring, file: SentFile, whose: str) -> Iterator[Attested]:
    """Check a file: one result, or one for each in a zip. Nothing that is in a file ends in a fault.

    Raises `Unavailable` where nothing of it could be read just now.
    """
    given = 0
    with _never_a_fault(file):
        for result in _results(house, file):
            given += 1
            if given > 1:
                house.checks_allowed.charge(whose, 1)  # what is in a zip is known only now
            yield _attested(house, result)
        return
    yield _attested(house, unread(file.name, BROKEN))


def of_files(house: Wiring, files: Iterable[SentFile], whose: str) -> Iterator[Attested]:
    """Check files for somebody who does not come back by herself, some at once, and give the results in order.

    What cannot be read just now says so in its row.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    under_way: deque[Future[list[Attested]]] = deque()
    try:
        for file in files:
            under_way.append(pool.submit(_now, house, file, whose))
            if len(under_way) > 2 * AT_ONCE:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _now(house: Wiring, file: SentFile, whose: str) -> list[Attested]:
    found: list[Attested] = []
    try:
        found.extend(of_file(house, file, whose))
    except Unavailable as refusal:
        found.append(_attested(house, unread(file.name, refusal.message)))
    return found


def unread(filename: str, sentence: str) -> Result:
    """Give the result of a file that was not read."""
    return Result(
        filename=filename,
        sha256="",
        number="",
        document=Document.UNREADABLE,
        standing=Standing(status=Status.UNKNOWN),
        facts=None,
        differences=(),
        sentence=sentence,
    )


def shown_name(name: str) -> str:
    """Give the name of a file as it may be shown: its last part, without what would hide or turn it around."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if unicodedata.category(letter) not in NEVER_SHOWN).strip()
    if len(clean) > LONGEST_NAME:
        clean = f"{clean[: LONGEST_NAME - 9]}…{clean[-8:]}"
    return clean or NAMELESS


def _results(house: Wiring, file: SentFile) -> Iterator[Result]:
    if file.size <= LARGEST_FILE:
        yield from house.checks.file(filename=file.name, content=file.content())
        return
    if file.head(len(ZIP)) != ZIP:
        yield unread(file.name, TOO_LARGE)
    elif not file.is_kept:
        yield unread(file.name, TOO_LARGE_ZIP)
    elif house.large_turn.acquire(timeout=TURN_SECONDS):
        try:
            yield from house.checks.file(filename=file.name, content=file.content())
        finally:
            house.large_turn.release()
    else:
        raise TooMuchAtOnce


def _attested(house: Wiring, result: Result) -> Attested:
    return attest(result, house.attests, now=house.clock())


@contextmanager
def _never_a_fault(file: SentFile) -> Iterator[None]:
    try:
        yield
    except Unavailable:
        raise
    except Exception:
        log.exception("a file of %s bytes could not be checked", file.size)  # its name is somebody's business


async def _received(request: Request, box: IO[bytes], limits: Limits) -> FormReader:
    try:
        reader = FormReader(request.headers["content-type"], box, limits)
        async for piece in request.stream():
            await run_in_threadpool(reader.feed, piece)
        await run_in_threadpool(reader.close)
    except (NotAForm, ClientDisconnect):
        raise NotTakenIn from None
    except TooManyFiles:
        raise TooManyAtOnce from None
    except FieldTooLong:
        raise TooLarge from None
    return reader


def _plain_form(raw: bytes, kind: str) -> Sent:
    """Read a form without files."""
    if raw and not kind.startswith("application/x-www-form-urlencoded"):
        raise NotTakenIn
    try:
        return _form(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST))
    except ValueError:
        raise NotTakenIn from None


def _form(pairs: Iterable[tuple[str, str]]) -> Sent:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Sent(fields)
