"""Where she is signed in, and the way to end it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import Response

from app.identity import sign_in
from app.identity.sign_in import Proof, SignIn
from app.kit.errors import SignInNeeded
from app.request import Db, KnownPerson, Learner, Now, RowNumber
from app.web.render import Page, Shows, see_other
from app.web.security.overview import told_at

router = APIRouter()
PLACE = "/account/sign-ins"


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One browser that is signed in."""

    id: int
    device: str
    began: str
    seen: str
    proof: str
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class SignInsPage(Page):
    """Every browser that is signed in."""

    template: ClassVar[str] = "account/sign_ins.html"
    rows: tuple[SignInRow, ...]
    idle_days: int
    longest_days: int


@router.get(PLACE)
def sign_ins(db: Db, learner: Learner, known: KnownPerson, now: Now, show: Shows) -> Response:
    """List them."""
    this = known.sign_in.id if known else 0

    def row(one: SignIn) -> SignInRow:
        return SignInRow(
            id=one.id,
            device=one.device or "A browser",
            began=told_at(one.began_at, learner),
            seen=told_at(one.seen_at, learner),
            proof=Proof(one.proof).in_words,
            is_this=one.id == this,
        )

    rows = tuple(row(one) for one in sign_in.all_of(db, learner, now=now))
    page = SignInsPage(
        title="Where you are signed in",
        rows=rows,
        idle_days=sign_in.IDLE.days,
        longest_days=sign_in.ABSOLUTE.days,
    )
    return show(page)


@router.post(f"{PLACE}/{{sign_in_id}}/end")
def end(sign_in_id: RowNumber, db: Db, learner: Learner, now: Now) -> Response:
    """End one of them."""
    sign_in.end_one(db, learner, sign_in_id, now=now)
    return see_other(PLACE)


@router.post(f"{PLACE}/end-others")
def end_others(db: Db, learner: Learner, known: KnownPerson, now: Now) -> Response:
    """End all of them but this one."""
    if known is None:
        raise SignInNeeded
    sign_in.end_others(db, learner, but=known.sign_in, now=now)
    return see_other(PLACE)
