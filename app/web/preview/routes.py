"""Where the pages of a preview are: those of a learner under `page`, those of its author around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request

from app.web.preview import desk, learners, media
from app.web.preview.showing import PreviewRoute
from app.web.preview.view import OnView

Find = Callable[..., OnView]

ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/", desk.desk),
    ("GET", "/source/{name:path}", desk.source),
    ("GET", "/page/", learners.shelf),
    ("GET", "/page/policies", learners.policies),
    ("GET", "/page/courses/{code}", learners.course),
    ("GET", "/page/courses/{code}/modules/{slug}", learners.module),
    ("POST", "/page/courses/{code}/modules/{slug}/done", learners.done),
    ("GET", "/page/courses/{code}/exam", learners.door),
    ("POST", "/page/courses/{code}/exam", learners.start),
    ("GET", "/page/attempts/{attempt_id}", learners.exam),
    ("POST", "/page/attempts/{attempt_id}/answers", learners.answer),
    ("GET", "/page/attempts/{attempt_id}/review", learners.review),
    ("POST", "/page/attempts/{attempt_id}/submit", learners.submit),
    ("GET", "/page/attempts/{attempt_id}/result", learners.result),
    ("GET", "/page/attempts/{attempt_id}/key", desk.key),
    ("POST", "/page/attempts/{attempt_id}/reports", learners.reported),
    ("GET", "/page/attempts/{attempt_id}/reports", learners.thanked),
    ("POST", "/page/courses/{code}/modules/{slug}/reports", learners.reported),
    ("GET", "/page/courses/{code}/modules/{slug}/reports", learners.thanked),
    ("GET", "/page/evaluation", learners.evaluate),
    ("POST", "/page/evaluation", learners.evaluated),
    ("GET", "/page/certificate", learners.certificate),
    ("GET", "/page/media/{name}", media.media),
    ("GET", "/page/{rest:path}", learners.elsewhere),
)


def router(find: Find, *, prefix: str = "") -> APIRouter:
    """Give the routes of a preview below a prefix; `find`, a dependency, says who may look and at what."""

    def put_on_view(request: Request, found: OnView = Depends(find)) -> None:  # noqa: B008 - known in here alone
        request.state.on_view = found

    made = APIRouter(prefix=prefix, dependencies=[Depends(put_on_view)], route_class=PreviewRoute)
    for method, path, answer in ROUTES:
        made.add_api_route(path, answer, methods=[method], response_model=None)
    return made
