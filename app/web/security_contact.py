"""Whom to tell of a weakness, where programs and researchers look for it (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from app.library import provider
from app.request import Db, House, Now

GOOD_FOR = timedelta(days=180)  # RFC 9116 asks for less than a year

router = APIRouter()


@router.get("/.well-known/security.txt")
def security_txt(db: Db, house: House, now: Now) -> PlainTextResponse:
    """Say whom to write to, and until when that is good: always half a year from today."""
    address, email = house.settings.address, provider.current(db).email
    until = datetime.combine((now.astimezone(UTC) + GOOD_FOR).date(), time(), tzinfo=UTC)
    lines = (
        *([f"Contact: mailto:{email}"] if email else []),
        f"Contact: {address}/policies",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {address}/.well-known/security.txt",
        f"Policy: {address}/policies",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})
