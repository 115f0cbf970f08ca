"""What pages are made with: styles, scripts, fonts, a course's media, and the colors a reader chose."""

from __future__ import annotations

import mimetypes
import re

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse, Response

from app.kit.errors import NotFound
from app.kit.templates import asset, asset_bytes
from app.request import Form, House, Sent
from app.web.render import THEMES, local_path, see_other

router = APIRouter()

YEAR = "public, max-age=31536000, immutable"
# A drawing (SVG) could hold a script: it is served so that none would run even if it were opened by itself.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
KEPT = {"Cache-Control": YEAR, "Content-Security-Policy": SANDBOX}
# What is not published is kept by her browser alone: no proxy on the way may give it to the next one who asks.
KEPT_BY_HER = KEPT | {"Cache-Control": YEAR.replace("public", "private")}
RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{0,12})")
TYPES = {".woff2": "font/woff2", ".vtt": "text/vtt", ".webp": "image/webp", ".m4a": "audio/mp4"}


@router.get("/media/{name}")
def media(name: str, house: House) -> Response:
    """Serve a course's picture, film or handout: named by what it holds, so it may be kept for a year."""
    path = house.files.path(name)
    if path is None:
        raise NotFound
    return FileResponse(path, media_type=media_type(name), headers=KEPT)


def held(content: bytes, name: str, *, asked: str = "") -> Response:
    """Serve a file that is not published and held in memory; players ask for a film in parts, as in `bytes=100-`."""
    part = RANGE.fullmatch(asked)
    if part is None or int(part[1]) >= len(content):
        return Response(content, media_type=media_type(name), headers=KEPT_BY_HER | {"Accept-Ranges": "bytes"})
    first, last = int(part[1]), min(int(part[2] or len(content)), len(content) - 1)
    headers = KEPT_BY_HER | {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
    return Response(content[first : last + 1], status_code=206, media_type=media_type(name), headers=headers)


@router.get("/static/{digest}/{name:path}")
def static(digest: str, name: str) -> Response:
    """Serve our own styles, scripts, fonts and icons."""
    try:
        current = asset(name)
    except (OSError, ValueError):
        raise NotFound from None
    kept = YEAR if current == f"/static/{digest}/{name}" else "no-cache"
    return Response(asset_bytes(name), media_type=media_type(name), headers={"Cache-Control": kept})


@router.post("/theme")
def theme(form: Form, house: House) -> RedirectResponse:
    """Choose light, dark, or the system's own colors."""
    return choose_theme(form, secure=house.settings.scheme == "https")


def choose_theme(form: Sent, *, secure: bool) -> RedirectResponse:
    """Keep the colors that a form chooses in a cookie, and go back to its page."""
    answer = see_other(local_path(form.text("next")))
    chosen = form.text("theme") if form.text("theme") in THEMES else ""
    answer.set_cookie("theme", chosen, max_age=365 * 86_400, samesite="lax", secure=secure)
    return answer


def media_type(name: str) -> str:
    """Say what a browser should take a file for, by its ending."""
    suffix = f".{name.rsplit('.', 1)[-1].lower()}"
    return TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
