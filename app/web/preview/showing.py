"""How a preview answers: pages in the frame of a learner who is signed in, and headers that let them be framed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from app.kit.errors import NotFound, Refusal
from app.web.middleware import FRAMED_BY_OURS, FRAMES_OURS
from app.web.preview.view import OnView
from app.web.render import DESCRIPTION, Frame, Page, html, see_other, theme_of

LEARNER = "A learner"


def on_view(request: Request) -> OnView:
    """Give what the router's `find` has found for this request."""
    view: OnView | None = getattr(request.state, "on_view", None)
    if view is None:
        raise NotFound  # nothing can be found at such an address, and the framework goes on asking all the same
    return view


Seen = Annotated[OnView, Depends(on_view)]


def to_learner(request: Request, view: OnView, page: Page, *, status: int = 200) -> HTMLResponse:
    """Answer with a page as learners see it."""
    frame = Frame(
        title=page.title,
        path=request.url.path,
        provider_name=view.provider.name,
        demonstration=False,
        person_name=LEARNER,
        theme=theme_of(request),
        language=view.course.language if view.course else "en",
        wide=page.wide,
        site=view.site,
        description=page.described().get("description", DESCRIPTION),
    )
    return HTMLResponse(html(page, frame), status_code=status, headers={"Content-Security-Policy": FRAMED_BY_OURS})


def to_author(request: Request, view: OnView, page: Page, *, policy: str = FRAMES_OURS) -> HTMLResponse:
    """Answer with a page that only its author sees: the desk, or with another policy a page on it."""
    frame = Frame(
        title=page.title,
        path=request.url.path,
        provider_name=view.provider.name,
        demonstration=False,
        theme=theme_of(request),
    )
    return HTMLResponse(html(page, frame), headers={"Content-Security-Policy": policy})


def on_page(view: OnView, path: str) -> RedirectResponse:
    """Go on at another page of the preview."""
    return see_other(f"{view.site}{path}")


@dataclass(frozen=True, kw_only=True)
class RefusedPage(Page):
    """Why a page of the preview cannot be shown, where that page would have been."""

    template: ClassVar[str] = "preview/refused.html"
    message: str


class PreviewRoute(APIRoute):
    """A route whose refusals stay in the preview: whoever may look is answered where she looks."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the answering of a request."""
        answer = super().get_route_handler()

        async def answer_or_say_why(request: Request) -> Response:
            refusal: Refusal
            try:
                return await answer(request)
            except Refusal as refused:
                refusal = refused
            except RequestValidationError:
                refusal = NotFound()
            if not hasattr(request.state, "on_view"):
                raise refusal  # she may not look at all
            page = RefusedPage(title=refusal.title, message=refusal.message)
            return to_learner(request, on_view(request), page, status=refusal.status)

        return answer_or_say_why
