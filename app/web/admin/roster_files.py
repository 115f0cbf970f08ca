"""The file of a roster as a browser sends it: who sends it is asked first, and nothing is locked while it is read.

A handler names `SentTable` before `Db`, as the Studio does with its uploads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from app.identity import access, sign_in
from app.identity.access import Right
from app.kit.errors import SignInNeeded, Unsupported
from app.learning.rosters.files import MOST_BYTES
from app.request import House, Now, Wiring


class NoRosterChosen(Unsupported):
    """The form came without a file."""

    title = "No file was chosen"
    message = "Choose a file first: a table saved as CSV or as an Excel workbook (.xlsx)."


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file, whole: it is small."""

    name: str
    content: bytes


async def sent_table(request: Request, house: House, now: Now) -> AsyncIterator[TableFile]:
    """Take the file from somebody who may run the office; raise before a byte of it is read."""
    await run_in_threadpool(_insist_office, house, request.cookies.get(house.cookie("continua")), now)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NoRosterChosen
    async with request.form(max_files=1, max_fields=5) as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise NoRosterChosen
        yield TableFile(sent.filename, await sent.read(MOST_BYTES + 1))


SentTable = Annotated[TableFile, Depends(sent_table)]


def _insist_office(house: Wiring, token: str | None, now: datetime) -> None:
    with house.database.read() as db:
        known = sign_in.known(db, token, now=now) if token else None
        if known is None or not known.is_live:
            raise SignInNeeded
        access.insist(known.person, Right.OFFICE)
        sign_in.insist_strong(known, now=now)
