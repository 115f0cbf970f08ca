"""What pages are made with: styles, scripts, fonts, a course's media, and the colors a reader chose."""

from __future__ import annotations

import mimetypes

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse, Response

from app.kit.errors import NotFound
from app.kit.templates import asset, asset_bytes
from app.request import Form, House
from app.web.render import THEMES, local_path, see_other

router = APIRouter()

YEAR = "public, max-age=31536000, immutable"
# A drawing (SVG) could hold a script: it is served so that none would run even if it were opened by itself.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
TYPES = {".woff2": "font/woff2", ".vtt": "text/vtt", ".webp": "image/webp", ".m4a": "audio/mp4"}


@router.get("/media/{name}")
def media(name: str, house: House) -> Response:
    """Serve a course's picture, film or handout: named by what it holds, so it may be kept for a year."""
    path = house.files.path(name)
    if path is None:
        raise NotFound
    headers = {
        "Cache-Control": YEAR,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return FileResponse(path, media_type=_media_type(name), headers=headers)


@router.get("/static/{digest}/{name:path}")
def static(digest: str, name: str) -> Response:
    """Serve our own styles, scripts, fonts and icons."""
    try:
        current = asset(name)
    except (OSError, ValueError):
        raise NotFound from None
    kept = YEAR if current == f"/static/{digest}/{name}" else "no-cache"
    return Response(asset_bytes(name), media_type=_media_type(name), headers={"Cache-Control": kept})


@router.post("/theme")
def theme(form: Form, house: House) -> RedirectResponse:
    """Choose light, dark, or the system's own colors."""
    answer = see_other(local_path(form.text("next")))
    chosen = form.text("theme") if form.text("theme") in THEMES else ""
    secure = house.settings.scheme == "https"
    answer.set_cookie("theme", chosen, max_age=365 * 86_400, samesite="lax", secure=secure)
    return answer


def _media_type(name: str) -> str:
    suffix = f".{name.rsplit('.', 1)[-1].lower()}"
    return TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
