"""The moment she is in, or has proved herself again: a new token, and what was kept for her goes through."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app import audit
from app.identity import codes, devices, kept_forms, sign_in
from app.identity.people import Person
from app.identity.sign_in import Device, Known, Proof
from app.kit.allowance import Allowance
from app.learning import enrollments, readers
from app.learning.readers import Reader
from app.request import Wiring
from app.web.render import see_other
from app.web.replay import REPLAY

BROWSER = "continua-browser"
IPV6 = 6
COOKIE_LASTS = 400 * 86_400  # longer than any sign-in: an expired token still says whose form is to be kept


def device(request: Request, house: Wiring) -> Device:
    """Give the browser that is asking: what it is in words, and the token that it alone holds."""
    words = devices.in_words(request.headers.get("user-agent", ""))
    return Device(words, request.cookies.get(house.cookie(BROWSER), ""))


def browser_token(request: Request, house: Wiring) -> str:
    """Give the token of this browser, or draw its first one; whoever answers has to set it."""
    return request.cookies.get(house.cookie(BROWSER)) or sign_in.new_token()


def device_hash(request: Request, house: Wiring) -> str:
    """Give what is kept of the token of this browser; nothing where it has none."""
    token = device(request, house).token
    return sign_in.fingerprint(token) if token else ""


def take_turn(request: Request, allowance: Allowance) -> None:
    """Count something that a network may ask for so often; raise `TooManyFromHere` beyond it."""
    if wait := allowance.take(network(request)):
        raise codes.TooManyFromHere(wait)


def network(request: Request) -> str:
    """Give the network that a request comes from: an address, or the half of a long one that a household has."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network(f"{address}/64", strict=False)) if address.version == IPV6 else str(address)


def let_in(
    request: Request, house: Wiring, db: Session, person: Person, next_path: str, *, proof: Proof, now: datetime
) -> RedirectResponse:
    """Sign a browser in, and lead on: past what was read here without an account."""
    token = begin(request, house, db, person, proof=proof, now=now)
    reader = reader_of(request, house, db, now=now)
    has_read = reader is not None and bool(enrollments.all_of(db, reader))
    answer = see_other(f"/sign-in/reading?next={quote(next_path)}" if has_read else next_path)
    return _with_token(answer, house, db, token, now=now)


def begin(request: Request, house: Wiring, db: Session, person: Person, *, proof: Proof, now: datetime) -> str:
    """Begin a sign-in in the place of what the browser held; what was kept in that one waits for this one."""
    held = request.cookies.get(house.cookie("continua"))
    before = sign_in.known(db, held, now=now) if held else None
    old = before.sign_in if before else None
    token = sign_in.begin(db, person, proof=proof, now=now, device=device(request, house), instead_of=old)
    new = sign_in.known(db, token, now=now)
    if before and new and before.person.id == person.id:
        kept_forms.move(db, person, before=before.sign_in.id, after=new.sign_in.id)
    return token


def let_on(
    house: Wiring, db: Session, known: Known, next_path: str, *, proof: Proof, now: datetime
) -> RedirectResponse:
    """Note that she proved herself again, and lead on to where she was going."""
    token = sign_in.prove(db, known.sign_in, proof, now=now)
    person, detail = known.person, {"by": proof}
    audit.record(db, actor=person.actor, act="person.proved", subject=person.email, now=now, detail=detail)
    return _with_token(see_other(next_path), house, db, token, now=now)


def reader_of(request: Request, house: Wiring, db: Session, *, now: datetime) -> Reader | None:
    """Give the reader without an account whose token this browser holds."""
    token = request.cookies.get(house.cookie("continua-reader"))
    return readers.of(db, token, now=now) if token else None


def set_cookie(answer: Response, house: Wiring, name: str, value: str) -> None:
    """Give a browser a token to hold: for this host alone, and out of reach of any script."""
    secure = house.settings.scheme == "https"
    answer.set_cookie(
        house.cookie(name), value, max_age=COOKIE_LASTS, httponly=True, samesite="lax", secure=secure, path="/"
    )


def _with_token(answer: RedirectResponse, house: Wiring, db: Session, token: str, *, now: datetime) -> RedirectResponse:
    set_cookie(answer, house, "continua", token)
    held = sign_in.known(db, token, now=now)
    if held and kept_forms.waiting(db, held.person, sign_in_id=held.sign_in.id, now=now):
        answer.headers[REPLAY] = token
    return answer
