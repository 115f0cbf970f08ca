"""Checking for machines: many numbers or files in one request, one certificate by its number, and a description."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from app import counter
from app.api.shapes import Answer, Asked, Problem, ResultTold
from app.awards import numbers
from app.awards.attesting import Attested
from app.awards.certificates import NoSuchCertificate
from app.awards.verdicts import Status
from app.counter import MOST, Handed, TooManyAtOnce
from app.kit.errors import Invalid, Refusal
from app.request import House, Sent, Wiring

FILES = "files"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {"application/problem+json": {"schema": PROBLEM}}}
    for status, words in {
        400: "The body is not JSON.",
        413: "More was sent than is accepted.",
        415: "Sent in a form that is not understood.",
        422: "Something in it is wrong; `fields` says what.",
        429: "Too many checks in a minute: `Retry-After` says how long to wait.",
        503: "It can be done, but not just now.",
    }.items()
}
NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {**REFUSED[400], "description": "There is no such certificate; `detail` helps with typing."},
    429: REFUSED[429],
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Asked.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILES],
                    "additionalProperties": False,
                    "properties": {
                        FILES: {
                            "type": "array",
                            "maxItems": MOST,
                            "items": {"type": "string", "format": "binary"},
                            "description": "PDFs, scans, photos and zips of them, up to 20 MB each.",
                        }
                    },
                }
            },
        },
    }
}

router = APIRouter(prefix="/api/v1")


class NotJson(Refusal):
    """The body says that it is JSON and is not."""

    title = "We could not read that"
    message = 'The body is not JSON. Send {"numbers": ["…"]}, or files as multipart/form-data.'


class UnknownField(Invalid):
    """A form names something that is not taken."""

    def __init__(self, name: str) -> None:
        """Name it."""
        words = "This is not taken here. Send files under the name “files”."
        super().__init__({name[:40] or FILES: words}, words)


class NothingSent(Invalid):
    """There is nothing to check."""

    def __init__(self) -> None:
        """Say what to send."""
        words = "Send at least one file, or one number."
        super().__init__({FILES: words}, words)


async def asked(request: Request, house: House) -> AsyncIterator[Handed]:
    """Take files of a form, or numbers in JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        raw = await counter.body(request)
        yield Handed(counter.address(request), Sent({"numbers": _numbers(raw)}), ())
        return
    async with asynccontextmanager(counter.files_and_numbers)(request, house) as handed:
        _assert_files_alone(handed)
        yield handed


@router.post("/verify", response_model=Answer, responses=REFUSED, openapi_extra=BODY, summary="Check numbers or files")
def verify(handed: Annotated[Handed, Depends(asked)], house: House) -> JSONResponse:
    """Say what each number, or each file, proves. Nothing that was sent is kept."""
    typed = handed.form.all("numbers")
    counter.insist_allowed(house, handed.whose, len(typed) + len(handed.files))
    return JSONResponse({"results": list(_results(house, handed, typed))}, headers=PRIVATE)


@router.get(
    "/certificates/{number}",
    response_model=ResultTold,
    responses=NOT_THERE,
    summary="Check one number",
)
def certificate(number: str, request: Request, house: House) -> JSONResponse:
    """Say how the certificate of a number stands: also of one that was revoked or replaced."""
    counter.insist_allowed(house, counter.address(request), 1)
    told = counter.of_number(house, number)
    if told["status"] == Status.UNKNOWN:
        raise NoSuchCertificate(_help(numbers.read(number)))
    return JSONResponse(told, headers=PRIVATE)


@router.get("/openapi.json", include_in_schema=False)
def described(house: House) -> JSONResponse:
    """Describe these addresses (OpenAPI 3.1)."""
    return JSONResponse(_description() | {"servers": [{"url": house.settings.address}]})


@cache
def _description() -> dict[str, Any]:
    told = get_openapi(
        title="Continua: checking certificates",
        version="1",
        description="Open to everybody: no account, no key. In words: docs/api.md of the source.",
        routes=router.routes,
    )
    told["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return told


def _results(house: Wiring, handed: Handed, typed: list[str]) -> Iterator[Attested]:
    for number in typed:
        yield counter.of_number(house, number)
    yield from counter.of_files(house, handed.files, handed.whose)


def _numbers(raw: bytes) -> list[str]:
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotJson from None
    try:
        return Asked.model_validate(sent).numbers
    except ValidationError as error:
        raise _wrong(error) from None


def _wrong(error: ValidationError) -> Invalid:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "too_long" and first["loc"] == ("numbers",):
        return TooManyAtOnce()
    place = ".".join(str(part) for part in first["loc"])[:80] or "body"
    words = f'{first["msg"]}. Send {{"numbers": ["…"]}}: a list of up to {MOST} texts, and nothing else.'
    return Invalid({place: words}, words)


def _assert_files_alone(handed: Handed) -> None:
    for name in handed.form.fields:
        raise UnknownField(name)
    for file in handed.files:
        if file.field_name != FILES:
            raise UnknownField(file.field_name)
    if not handed.files:
        raise NothingSent


def _help(number: str) -> str | None:
    return None if numbers.is_well_formed(number) else numbers.typing_help(number)
