"""What anybody may keep: keys, checkpoint, revocations, the offline page, and what proves one certificate."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlmodel import Session

from app.awards import certificates, did, keys, pdfs, standing
from app.awards.document import wording
from app.awards.house_hand import NothingSignedYet
from app.awards.keys import ROOT, SEAL, STATEMENT, Key
from app.awards.proofs import files
from app.awards.proofs.page import offline_page
from app.awards.register import log
from app.kit.errors import NotFound
from app.kit.signing import Algorithm
from app.request import Db, House, Now, Wiring
from app.web.render import Page, Shows

router = APIRouter()

# Programs of others may ask from their own pages: there is no cookie in these, and nothing that is anybody's.
SHARED = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
OF_ONE = SHARED | {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
DRAWING_SECONDS = 8.0
BADGE = b'"OpenBadgeCredential"'
USES = {
    STATEMENT: "Signs certificates, the register, results and receipts",
    SEAL: "Seals PDFs",
    ROOT: "Vouches for the keys that seal PDFs",
}
ALGORITHMS = {Algorithm.ED25519: "Ed25519", Algorithm.P256: "ECDSA P-256"}


class NoBadge(NotFound):
    """A certificate without a badge: it was issued before there were any, or its file was emptied at erasure."""

    title = "There is no badge of this certificate"
    message = "This certificate has no Open Badge. Its page shows every fact of it, and how it stands."


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key, in words."""

    name: str
    use: str
    algorithm: str
    fingerprint: str  # in groups of eight, as it is compared by eye
    made: str
    state: str
    icon: str
    tone: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class KeysPage(Page):
    """Every key there ever was."""

    template: ClassVar[str] = "verify/keys.html"
    wide: ClassVar[bool] = True
    keys: tuple[KeyRow, ...]
    origin: str
    entries: str


@router.get("/verify/keys")
def all_keys(db: Db, now: Now, show: Shows) -> HTMLResponse:
    """Show every key there ever was, with its fingerprint."""
    rows = tuple(map(_row, reversed(keys.all_of(db))))
    origin = keys.published(db, now=now)["origin"]
    return show(KeysPage(title="Public keys", keys=rows, origin=origin, entries=f"{log.size(db):,}"))


@router.get("/verify/keys.json")
def keys_file(db: Db, now: Now) -> Response:
    """Give the file of keys that an offline check goes by."""
    return _download(_keys(db, now).encode(), "application/json", "continua-keys.json")


@router.get("/.well-known/did.json")
def did_document(db: Db, house: House) -> Response:
    """Give the keys as a DID document (did:web): badges are checked against it."""
    public = (
        did.PublicKey(key.name, key.use, str(key.public.algorithm), key.public.public, key.revoked_at)
        for key in keys.all_of(db)
    )
    told = did.document(did.did_web(house.settings.address), public)
    return JSONResponse(told, headers=SHARED, media_type="application/did+ld+json")


@router.get("/verify/checkpoint")
def checkpoint(db: Db) -> Response:
    """Give the newest checkpoint of the register, as a C2SP signed note."""
    newest = log.newest(db)
    if newest is None:
        raise NothingSignedYet
    return Response(newest.note, media_type="text/plain; charset=utf-8", headers=SHARED)


@router.get("/verify/revocations.json")
def revocations(db: Db, house: House, now: Now) -> Response:
    """Give the signed list of what does not count any more."""
    if keys.active(db, STATEMENT) is None:
        raise NothingSignedYet
    return _download(standing.revocations(db, house.issuer, now=now), "application/json", "continua-revocations.json")


@router.get("/verify.html")
def offline(db: Db, now: Now) -> Response:
    """Give the page that checks certificates without a network, with our keys in it."""
    return _download(offline_page(_keys(db, now)).encode(), "text/html; charset=utf-8", "verify.html")


@router.get("/v/{number}.tlog-proof")
def proof(number: str, db: Db) -> Response:
    """Prove that a certificate stands in the register as it is today."""
    certificate = certificates.by_number(db, number)
    newest = log.newest(db)
    entry = log.issued(db, certificate.number)
    told = log.proof(db, entry.seq, at_size=newest.size if newest else None)
    name = f"{certificate.number}.tlog-proof"
    return _download(told.text().encode(), "text/plain; charset=utf-8", name, headers=OF_ONE)


@router.get("/v/{number}.credential.json")
def credential(number: str, db: Db, house: House) -> Response:
    """Give the certificate as an Open Badge: the very file that its PDF carries."""
    certificate = certificates.by_number(db, number)
    name = f"{certificate.number}.credential.json"
    return _download(_badge(house, certificate.number), "application/vc+ld+json", name, headers=OF_ONE)


def _keys(db: Session, now: datetime) -> str:
    return json.dumps(keys.published(db, now=now), ensure_ascii=False)


def _badge(house: Wiring, number: str) -> bytes:
    try:
        drawn = pdfs.of(
            house.database, house.draws, number, issuer=house.issuer, timeout=DRAWING_SECONDS, clock=house.clock
        )
    except pdfs.DrawingErased:
        raise NoBadge from None
    badge = next((each for each in files.carried(drawn) if BADGE in each and each.startswith(b"{")), None)
    if badge is None:
        raise NoBadge
    return badge


def _row(key: Key) -> KeyRow:
    state, icon, tone, detail = _state(key)
    return KeyRow(
        name=key.name,
        use=USES.get(key.use, key.use),
        algorithm=ALGORITHMS[key.public.algorithm],
        fingerprint=_in_groups(hashlib.sha256(key.public.public).hexdigest()),
        made=_day(key.made_at),
        state=state,
        icon=icon,
        tone=tone,
        detail=detail,
    )


def _state(key: Key) -> tuple[str, str, str, str]:
    if key.revoked_at:
        since = f" Distrusted since {_day(key.distrusted_since)}." if key.distrusted_since else ""
        why = f"{key.why}.{since} What stood in the register before counts on."
        return f"Revoked on {_day(key.revoked_at)}", "shield-x", "wrong", why.replace("..", ".")
    if key.retired_at:
        return f"Retired on {_day(key.retired_at)}", "history", "quiet", "What it signed counts for ever."
    return "In use", "shield-check", "right", ""


def _in_groups(digits: str) -> str:
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _day(at: datetime) -> str:
    return wording.date_in_words(at.date())


def _download(content: bytes, media_type: str, name: str, *, headers: dict[str, str] = SHARED) -> Response:
    told = headers | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=told)
