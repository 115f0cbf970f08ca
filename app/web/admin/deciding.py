"""Deciding on a correction as the second person: it is made at once, or turned down, and both stay on record."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from app.awards import second_looks
from app.request import RowNumber
from app.web.admin.case import CASE, PLACE, AtCase
from app.web.render import see_other

router = APIRouter(prefix=CASE)


@router.post("/corrections/{request_id}/accept")
def accept(request_id: RowNumber, case: AtCase) -> RedirectResponse:
    """Agree, and lead to the certificate that counts from now on."""
    asked = second_looks.of(case.db, case.certificate.number, request_id)
    new = second_looks.accept(case.db, asked, issuer=case.house.issuer, by=case.admin, now=case.now)
    return see_other(f"{PLACE}/{new.number}")


@router.post("/corrections/{request_id}/decline")
def decline(request_id: RowNumber, case: AtCase) -> RedirectResponse:
    """Turn it down. Nothing changes."""
    asked = second_looks.of(case.db, case.certificate.number, request_id)
    second_looks.decline(case.db, asked, by=case.admin, now=case.now)
    return see_other(case.at())
