"""The Studio: where authors write courses, colleagues review them, and they are published from."""

from __future__ import annotations

from app.web.author import (
    analysis,
    changing,
    colleagues,
    course,
    courses,
    editions,
    evidence,
    exchange,
    files,
    history,
    media_pages,
    problems,
    publishing,
    regrading,
    viewing,
    zips,
)

ROUTERS = (
    courses.router,
    zips.router,
    course.router,
    problems.router,
    files.router,
    changing.router,
    history.router,
    media_pages.router,
    colleagues.router,
    zips.course_router,
    publishing.router,
    editions.router,
    viewing.router,
    evidence.router,
    evidence.shelf_router,
    analysis.router,
    analysis.shelf_router,
    regrading.shelf_router,
    exchange.router,
)
