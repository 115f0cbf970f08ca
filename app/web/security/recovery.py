"""Her recovery codes: shown once, on the answer to the form that asks for them, and nowhere after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import Response

from app.identity import recovery
from app.request import Db, Keeper, Now
from app.web.render import Page, Shows
from app.web.security import letters
from app.web.security.overview import PLACE

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class RecoveryPage(Page):
    """Ten codes, to be printed or written down."""

    template: ClassVar[str] = "account/recovery.html"
    codes: tuple[str, ...]


@router.post(f"{PLACE}/recovery")
def make(db: Db, keeper: Keeper, now: Now, show: Shows) -> Response:
    """Draw ten new codes. Those before are good for nothing now: she is written to."""
    drawn = recovery.draw(db, keeper, now=now)
    letters.tell(db, keeper.email, "New recovery codes were made. The ones before do not work any more.", now=now)
    answer = show(RecoveryPage(title="Your recovery codes", codes=tuple(drawn)))
    answer.headers["Cache-Control"] = "no-store"
    return answer
