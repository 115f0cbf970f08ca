"""The preview of a draft in the Studio: for its authors, and for whoever reviews it."""

from __future__ import annotations

from app.library import authors, drafts, provider
from app.request import Db, House, Now, Reviewer, RowNumber
from app.web import preview
from app.web.author import frame
from app.web.preview import OnView


def on_view(draft_id: RowNumber, house: House, db: Db, reader: Reviewer, now: Now) -> OnView:
    """Put a draft on view, as it stands."""
    draft = drafts.for_review(db, reader, draft_id)
    writes = authors.may_write(db, reader, draft.course_code)
    at = frame.address(draft)

    def edit(name: str, line: int) -> str:
        return f"{at}/files/{name}?line={line}"

    return preview.look(
        drafts.shelf(db, draft, house.files),
        at=f"{at}/preview",
        provider=provider.current(db),
        now=now,
        back=(at if writes else "/author", "Back to the Studio"),
        edit=edit if writes else None,
    )


router = preview.router(on_view, prefix=f"{frame.COURSE}/preview")
