"""Receipts: what was found, dated and signed, for the case file; as a sealed PDF, and as a table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app import counter
from app.awards import keys, receipt_sheets, receipts
from app.awards.document.order import DossierOrder, SealKey
from app.awards.drawing import FontsMissing
from app.awards.receipts import CannotSign, Origin, Receipt
from app.counter import Handed
from app.kit.errors import Unavailable
from app.kit.multipart import Limits
from app.library import provider
from app.request import House, Now, Wiring

router = APIRouter()

MEBIBYTE = 1024 * 1024
LIMITS = Limits(files=0, file_bytes=0, field_bytes=16 * MEBIBYTE)  # results come back as text, with their signatures
CHECKS = 50  # what drawing a receipt takes of an allowance: about the work of so many
SECONDS = 60.0  # two hundred results are drawn in a few
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


async def results(request: Request) -> AsyncIterator[Handed]:
    """Take back results that were given out here."""
    async with counter.handed_over(request, LIMITS) as handed:
        yield handed


Results = Annotated[Handed, Depends(results)]


@router.post("/verify/receipt.csv")
def as_csv(handed: Results, house: House, now: Now) -> Response:
    """Give a receipt as a table that ends in a signature."""
    receipt = _receipt(handed, house, now)
    return _file(_table(receipt, house), "text/csv; charset=utf-8", _name(receipt, "csv"))


@router.post("/verify/receipt.pdf")
def as_pdf(handed: Results, house: House, now: Now) -> Response:
    """Give a receipt as a sealed PDF, with the table in it."""
    counter.insist_allowed(house, handed.whose, CHECKS)
    receipt = _receipt(handed, house, now)
    table = receipt_sheets.attached(_table(receipt, house))
    with house.database.read() as db:
        seal, root = keys.sealing(db, house.issuer, now=now)
    sealing = SealKey(seal.name, seal.certificate, root.certificate)

    def drawn(*, plainly: bool) -> bytes:
        dossier = receipt_sheets.dossier(receipt, plainly=plainly)
        return house.draws_aside.draw_sealed(DossierOrder(dossier, sealing, now, (table,)), timeout=SECONDS)

    try:
        content = drawn(plainly=False)
    except FontsMissing:  # the name of a file may be in any letters, and is no reason for having no receipt
        content = drawn(plainly=True)
    return _file(content, "application/pdf", _name(receipt, "pdf"))


def _receipt(handed: Handed, house: Wiring, now: datetime) -> Receipt:
    with house.database.read() as db:
        origin = Origin(provider.current(db).name, house.settings.address)
    return receipts.make(handed.form.all("result"), house.attests, origin=origin, now=now)


def _table(receipt: Receipt, house: Wiring) -> bytes:
    try:
        return receipts.to_csv(receipt, house.attests)
    except Unavailable:
        raise CannotSign from None


def _name(receipt: Receipt, kind: str) -> str:
    return f"verification-receipt-{receipt.made_at:%Y-%m-%d-%H%M%S}.{kind}"


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
