"""Where checking begins: numbers, typed or pasted, and files, chosen, dropped or photographed; then the table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from app import counter
from app.awards import number_lists, numbers
from app.awards.attesting import Attested
from app.counter import LARGEST_FILE, LARGEST_ZIP, MOST, Handed, HandedOver, TooManyAtOnce
from app.kit.errors import Invalid, Unavailable
from app.request import House, Wiring
from app.web.render import Page, Shows, ShowsByReading, fragment, see_other
from app.web.verifying import rows
from app.web.verifying.record import PRIVATE
from app.web.verifying.rows import NOTHING_YET, FoundTable, RowPart

router = APIRouter()

TITLE = "Verify certificates"
AS_FOUND = {"X-Accel-Buffering": "no"}  # a proxy is to hand on each row, and not to wait for the last one
NOTHING = "Enter a number, or choose a file."


@dataclass(frozen=True, kw_only=True)
class VerifyPage(Page):
    """Asks for numbers and files, and shows what was found."""

    template: ClassVar[str] = "verify/verify.html"
    wide: ClassVar[bool] = True
    title: str = TITLE
    typed: str = ""
    error: str = ""
    table: FoundTable = NOTHING_YET
    most: int = MOST
    largest: int = LARGEST_FILE
    largest_zip: int = LARGEST_ZIP


@router.get("/verify")
def ask(request: Request, show: Shows) -> Response:
    """Ask for numbers and files, or go to the page of the one number that was typed."""
    typed = request.query_params.get("number", "")
    return _one(typed, show) if typed.strip() else show(VerifyPage())


@router.post("/verify")
def check(handed: HandedOver, house: House, show: ShowsByReading) -> Response:
    """Check everything that was handed over, and show the table."""
    text = handed.form.text("numbers")
    listed = number_lists.read(text)
    if not handed.files and not listed.numbers:
        return _again(show, text, NOTHING)
    if not handed.files and len(listed.numbers) == 1 and not listed.left_out:
        return _one(listed.numbers[0], show)
    try:
        counter.insist_allowed(house, handed.whose, len(handed.files) + len(listed.numbers))
    except TooManyAtOnce as refusal:
        return _again(show, text, refusal.message)
    found = rows.by_attention(map(rows.of, _all(house, handed, listed.numbers)))
    answer = show(VerifyPage(table=FoundTable(rows=found, left_out=listed.left_out)))
    answer.headers.update(PRIVATE)
    return answer


@router.post("/verify/rows")
def check_as_they_come(handed: HandedOver, house: House) -> Response:
    """Give a row as soon as it is found, each on a line of its own, to the script of the page."""
    typed = number_lists.read(handed.form.text("numbers"))
    counter.insist_allowed(house, handed.whose, len(handed.files) + len(typed.numbers))
    lines = (json.dumps(line) + "\n" for line in _lines(house, handed, typed))
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=PRIVATE | AS_FOUND)


def _one(typed: str, show: Shows) -> Response:
    number = numbers.read(typed)
    if numbers.is_well_formed(number):
        return see_other(f"/v/{number}")
    return _again(show, typed, numbers.typing_help(number))


def _again(show: Shows, typed: str, error: str) -> Response:
    return show(VerifyPage(typed=typed, error=error), status=Invalid.status)


def _all(house: Wiring, handed: Handed, typed: tuple[str, ...]) -> Iterator[Attested]:
    for number in typed:
        yield counter.of_number(house, number)
    yield from counter.of_files(house, handed.files, handed.whose)


def _lines(house: Wiring, handed: Handed, typed: number_lists.NumberList) -> Iterator[dict[str, object]]:
    for number in typed.numbers:
        yield _line(counter.of_number(house, number), of=-1)
    for place, file in enumerate(handed.files):
        try:
            for told in counter.of_file(house, file, handed.whose):
                yield _line(told, of=place)
        except Unavailable as refusal:
            yield {"later": place, "after": refusal.retry_after or 2}
        else:
            yield {"done": place}
    yield {"end": True, "leftOut": typed.left_out}


def _line(told: Attested, *, of: int) -> dict[str, object]:
    row = rows.of(told)
    return {"of": of, "row": fragment(RowPart(title="", row=row))}
