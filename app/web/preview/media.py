"""Pictures and recordings of a course on view, straight from its shelf."""

from __future__ import annotations

import hashlib

from fastapi import Request
from fastapi.responses import Response

from app.content.course import MediaFile
from app.kit.errors import NotFound
from app.web import files
from app.web.preview.showing import Seen


def media(request: Request, view: Seen, name: str) -> Response:
    """Serve a file that the course shows, by what it holds; a part of it, where a part is asked for."""
    found = next((one for one in view.shown.media if served_as(one) == name), None)
    content = view.shelf.read(found.name) if found else None
    if found is None or content is None or hashlib.sha256(content).hexdigest() != found.sha256:
        raise NotFound
    return files.held(content, name, asked=request.headers.get("range", ""))


def served_as(file: MediaFile) -> str:
    """Give the name under which a file of a course is served."""
    return f"{file.sha256}.{file.name.rpartition('.')[2].lower()}"
