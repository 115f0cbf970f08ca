"""Questions of other systems in the Studio: looked at item by item, then added to exam.md; and ours to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.content.exchange import adding, decoding, gift_out, moodle_xml_out
from app.content.exchange.adding import Entry, ExamTakesNone, Fate, NotQuestions, Plan, QuestionsTooLarge
from app.content.exchange.formats import SAID
from app.content.exchange.leaving import Target
from app.content.folder import EXAM
from app.kit.errors import Conflict, Invalid, Refusal
from app.library import drafts
from app.library.drafts import NoSuchFile
from app.request import Form
from app.web.author import frame
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage
from app.web.author.uploads import Uploaded
from app.web.render import Shows, see_other
from app.web.words import counted

router = APIRouter(prefix=frame.COURSE)

_WRITERS = {
    Target.GIFT: (gift_out.write, "text/plain", "txt"),
    Target.MOODLE_XML: (moodle_xml_out.write, "text/xml", "xml"),
}


class NotExportable(Conflict):
    """The draft has errors: only what can be read can be written for another system."""

    message = "This course has errors. Mend what stands under Problems first, then take the questions along."


@dataclass(frozen=True, slots=True)
class EntryView:
    """What becomes of one item of a file."""

    line: int
    name: str
    fate: str
    tone: str
    becomes: str  # its kind; empty where it is left out
    remarks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExchangePage(StudioPage):
    """A form for a question file, and, once there is one, what would be added."""

    template: ClassVar[str] = "author/exchange.html"
    act_href: str
    add_href: str
    export_href: str
    pasted: str
    refused: str  # why nothing could be read; empty where something was
    summary: str  # Read as GIFT: 8 questions can be added, 2 are left out; empty before anything was sent
    remarks: tuple[str, ...]
    entries: tuple[EntryView, ...]
    can_add: str  # the words of the button; empty where there is nothing to add
    added: str  # the Markdown that would be added
    text: str  # the file as it was read, for the next step


@router.get("/questions")
def ask(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Ask for a question file."""
    return show(_page(desk))


@router.post("/questions")
def look(uploaded: Uploaded, desk: AtDesk, show: Shows) -> HTMLResponse:
    """Say what would be added, item by item. Nothing is written, so the answer is the page itself."""
    pasted = uploaded.form.text("pasted")
    sent = uploaded.files[0].content.read(decoding.MOST_BYTES + 1) if uploaded.files else pasted.encode()
    try:
        plan = adding.plan(desk.shelf(), sent, today=desk.now.date())
        text = decoding.decode(sent)[0]
    except (NotQuestions, QuestionsTooLarge, ExamTakesNone) as refusal:
        return show(_page(desk, pasted=pasted, refusal=refusal), status=Invalid.status)
    return show(_page(desk, pasted=pasted, plan=plan, text=text))


@router.post("/questions/add")
def add(desk: AtDesk, form: Form) -> RedirectResponse:
    """Add the questions of a file that she has looked at: below what stands in exam.md at this moment."""
    plan = adding.plan(desk.shelf(), form.text("text").encode(), today=desk.now.date())
    try:
        over = drafts.read(desk.db, desk.draft, EXAM).over
    except NoSuchFile:
        over = 0
    if plan.additions:
        text = plan.exam.decode("utf-8-sig")
        drafts.write(desk.db, desk.draft, EXAM, text, over=over, by=desk.author, now=desk.now)
    return see_other(desk.at(f"/files/{EXAM}?line={_first_line(plan)}" if plan.additions else "/questions"))


def _first_line(plan: Plan) -> int:
    """Give the line on which what was added begins: it stands at the end."""
    return plan.exam.rstrip().count(b"\n") + 1 - plan.added.strip().count("\n")


@router.get("/questions/export/{form}")
def export(desk: AtDesk, form: Target) -> Response:
    """Give the questions of the exam as a file for another system."""
    course = desk.read(desk.shelf()).course
    if course is None:
        raise NotExportable
    write, kind, ending = _WRITERS[form]
    headers = {
        "Content-Disposition": f'attachment; filename="{course.code}-{form}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(write(course).text, media_type=kind, headers=headers)


def _page(
    desk: Desk, *, pasted: str = "", refusal: Refusal | None = None, plan: Plan | None = None, text: str = ""
) -> ExchangePage:
    number = plan.additions if plan else 0
    return ExchangePage(
        title="Questions",
        studio=frame.studio(desk.draft, here="questions"),
        act_href=desk.at("/questions"),
        add_href=desk.at("/questions/add"),
        export_href=desk.at("/questions/export"),
        pasted=pasted,
        refused=refusal.message if refusal else "",
        summary=_summary(plan) if plan else "",
        remarks=tuple(f"Line {remark.line}: {remark.text}" for remark in plan.remarks) if plan else (),
        entries=tuple(_view(entry) for entry in plan.entries) if plan else (),
        can_add=f"Add {counted(number, 'question')} to exam.md" if number else "",
        added=plan.added if plan else "",
        text=text,
    )


def _summary(plan: Plan) -> str:
    out = plan.count(Fate.LEFT_OUT)
    left = f" {counted(out, 'item')} left out." if out else ""
    return f"Read as {SAID[plan.form]}. {counted(plan.additions, 'question')} to add.{left} Nothing is written yet."


def _view(entry: Entry) -> EntryView:
    fates = {
        Fate.ADDED: ("Can be added", "right"),
        Fate.CHANGED: ("Can be added, with a loss", "attention"),
        Fate.LEFT_OUT: ("Left out", "wrong"),
    }
    fate, tone = fates[entry.fate]
    becomes = entry.kind if entry.id else ""
    return EntryView(entry.line, entry.name or "Without a text", fate, tone, becomes, entry.remarks)
