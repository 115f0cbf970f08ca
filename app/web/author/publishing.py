"""Review and publish: what a draft would change, who has signed it, and the button that makes it an edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.content.changes import Extent, Part
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit.errors import Conflict, Invalid
from app.learning import releases
from app.learning.releases import Release
from app.library import authors, drafts, reviews
from app.library.drafts import hands, revisions
from app.library.editions import Edition, Offering
from app.library.reviews import Review, Signature
from app.request import Db, Form, House, Now, Reviewer, RowNumber
from app.web.author import frame, problems
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage
from app.web.render import Show, Shows, see_other

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One signature under the text."""

    name: str
    license: str
    signed: str
    note: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """That a review of this text was asked for, and what the reviewer is asked to look at."""

    by: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class SignForm:
    """What a reviewer is asked, as she left it."""

    name: str
    license: str
    note: str
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class PublishPage(StudioPage):
    """A draft on its way to an edition."""

    template: ClassVar[str] = "author/publish.html"
    base: str
    preview: str
    text: str  # the hash of what is shown: what is signed and published, and nothing else
    over: str
    over_short: str
    kind: str  # first, minor, major, served, errors
    problem_words: str
    reasons: tuple[str, ...]
    refused: str  # why the act just now did nothing; empty where nothing was refused
    overtaken: str  # what is served that this draft was not made from; empty where it was
    folder: str  # what the course's folder holds instead; empty where nothing is in conflict
    signatures: tuple[SignatureRow, ...]
    request: RequestRow | None  # of a review of this very text
    waits: bool  # a signature is missing
    may_write: bool
    may_publish: bool
    sign: SignForm | None
    parts: tuple[Part, ...]
    has_editions: bool
    public: str  # where learners read it; empty where they cannot


def reading_desk(draft_id: RowNumber, house: House, db: Db, reader: Reviewer, now: Now) -> Desk:
    """Open a course for its authors, and for whoever reviews."""
    return Desk(drafts.for_review(db, reader, draft_id), reader, db, house, now)


ReadingDesk = Annotated[Desk, Depends(reading_desk)]


@router.get("/publish")
def review_and_publish(desk: ReadingDesk, show: Shows) -> HTMLResponse:
    """Show what publishing would change, and what is missing for it."""
    return show(_page(desk))


@router.post("/publish")
def publish(desk: AtDesk, form: Form, show: Shows) -> Response:
    """Publish the very text that the page showed, over the edition that it named."""
    text, over = form.text("text"), form.text("over") or None
    try:
        releases.publish(
            desk.db, desk.draft, text=text, over=over, by=desk.author, files=desk.house.files, now=desk.now
        )
    except Conflict as refused:
        return _refused(desk, show, refused)
    return see_other(desk.at("/publish"))


@router.post("/review/ask")
def ask(desk: AtDesk, form: Form) -> RedirectResponse:
    """Ask for a review of what stands in the draft."""
    releases.ask(desk.db, desk.draft, note=form.text("note"), by=desk.author, files=desk.house.files, now=desk.now)
    return see_other(desk.at("/publish"))


@router.post("/review/sign")
def sign(desk: ReadingDesk, form: Form, show: Shows) -> Response:
    """Sign the very text that the page showed."""
    typed = Signature(form.text("name"), form.text("license"), form.text("note"))
    try:
        releases.sign(
            desk.db,
            desk.draft,
            typed,
            text=form.text("text"),
            by=desk.author,
            files=desk.house.files,
            now=desk.now,
        )
    except Invalid as invalid:
        left = SignForm(typed.name, typed.license, typed.note, tuple(invalid.fields.items()))
        return show(_page(desk, left=left), status=invalid.status)
    except Conflict as refused:
        return _refused(desk, show, refused)
    return see_other(desk.at("/publish"))


def _refused(desk: Desk, show: Show, refused: Conflict) -> HTMLResponse:
    # What the act had begun is taken back; the page is made from what stands.
    desk.db.rollback()
    return show(_page(desk, refused=refused.message), status=refused.status)


def _page(desk: Desk, *, refused: str = "", left: SignForm | None = None) -> PublishPage:
    release = releases.of(desk.db, desk.draft, desk.house.files, now=desk.now)
    writes = authors.may_write(desk.db, desk.author, desk.draft.course_code)
    kind = _kind(release)
    offered = desk.db.get(Offering, desk.draft.course_code)
    return PublishPage(
        title="Review and publish",
        studio=frame.studio(desk.draft, here="publish", writes=writes),
        base=desk.at(),
        preview=desk.at("/preview/"),
        text=release.text,
        over=release.over or "",
        over_short=release.current.short if release.current else "",
        kind=kind,
        problem_words=problems.in_words(release.reading),
        reasons=release.changes.reasons if release.changes else (),
        refused=refused,
        overtaken=_overtaken(release, desk),
        folder=offered.conflict if offered else "",
        signatures=tuple(_signature(one, desk) for one in release.signatures),
        request=_request(desk, release),
        waits=kind in {"first", "major"} and not release.signatures,
        may_write=writes,
        may_publish=writes and kind in {"first", "minor", "major"} and not release.needs_signature,
        sign=None if kind == "errors" else left or _sign_form(desk, release),
        parts=release.changes.parts if release.changes else (),
        has_editions=release.current is not None,
        public=f"/courses/{offered.course_code}"
        if offered and offered.edition_id and offered.retired_at is None
        else "",
    )


def _kind(release: Release) -> str:
    if release.reading.course is None:
        return "errors"
    if release.is_served:
        return "served"
    if release.changes is None:
        return "first"
    return "minor" if release.changes.kind is Extent.MINOR else "major"


def _request(desk: Desk, release: Release) -> RequestRow | None:
    asked = reviews.latest(desk.db, [desk.draft.id]).get(desk.draft.id)
    if asked is None or asked.content_hash != release.text or release.signatures:
        return None
    by = revisions.people_named(desk.db, [asked.asked_by])[asked.asked_by]
    return RequestRow(by, desk.moment(asked.asked_at), asked.note)


def _overtaken(release: Release, desk: Desk) -> str:
    current: Edition | None = release.current
    if current is None or not release.is_overtaken:
        return ""
    when = desk.moment(current.published_at)
    served = f"Edition {current.short} is served, published by {current.published_by} ({when})"
    return f"{served}, and this draft was not made from it."


def _signature(review: Review, desk: Desk) -> SignatureRow:
    return SignatureRow(review.name, review.license, desk.moment(review.signed_at), review.note)


def _sign_form(desk: Desk, release: Release) -> SignForm | None:
    """Give an empty form to somebody who may sign: no author, nobody who wrote here, and not twice."""
    person: Person = desk.author
    signed = any(one.reviewer_id == person.id for one in release.signatures)
    if signed or not access.may(person, Right.REVIEW) or person.id in hands.writers(desk.db, desk.draft):
        return None
    return SignForm(person.legal_name or "", reviews.license_of(desk.db, person), "")
