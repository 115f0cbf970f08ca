"""Files that a browser sends: who sends them is asked first, then they go to disk, and only then is anything locked.

A handler names `Uploaded` before `Db`: a slow upload must not hold the one pen that SQLite has.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, BinaryIO

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from app.identity import access, sign_in
from app.identity.access import Right
from app.kit.errors import SignInNeeded, Unsupported
from app.request import House, Now, Sent, Wiring

MOST_FILES = 100  # in one go


class NotAnUpload(Unsupported):
    """Something else than a form with files was sent where files are taken."""

    message = "This address takes files from a form. Go back, reload the page, and choose the file again."


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file as it was sent, spooled to disk."""

    name: str  # as it is called on her machine
    size: int
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with files."""

    form: Sent
    files: tuple[SentFile, ...]


async def sent_files(request: Request, house: House, now: Now) -> AsyncIterator[Upload]:
    """Take the files of a form from somebody who may write courses; raise before a byte of it is read."""
    await run_in_threadpool(_insist_author, house, request.cookies.get(house.cookie("continua")), now)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NotAnUpload
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
        yield _upload(form)


Uploaded = Annotated[Upload, Depends(sent_files)]


def _insist_author(house: Wiring, token: str | None, now: datetime) -> None:
    with house.database.read() as db:
        known = sign_in.known(db, token, now=now) if token else None
        if known is None or not known.is_live:
            raise SignInNeeded
        access.insist(known.person, Right.AUTHOR)
        sign_in.insist_strong(known, now=now)


def _upload(form: FormData) -> Upload:
    fields: dict[str, list[str]] = {}
    files: list[SentFile] = []
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
        elif isinstance(value, UploadFile) and value.filename:  # a file field left empty has no name
            files.append(SentFile(value.filename, value.size or 0, value.file))
    return Upload(Sent(fields), tuple(files))
