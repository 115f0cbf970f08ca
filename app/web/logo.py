"""The provider's logo, for whoever opens a page."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from app.library import logos
from app.request import Db
from app.web.files import KEPT

router = APIRouter()


@router.get("/logo/{digest}.png")
def logo(digest: str, db: Db) -> Response:
    """Serve a logo: named by what it holds, so it may be kept for a year."""
    return Response(logos.of(db, digest).content, media_type="image/png", headers=KEPT)
