"""Her account: signing in with a code, what she read before that, her courses and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.awards import certificates, completion
from app.awards.document import wording
from app.identity import codes, kept_forms, links, passkeys, sign_in
from app.identity.codes import CodeRefused
from app.identity.people import Person
from app.identity.sign_in import Proof
from app.kit.errors import Invalid, Unavailable
from app.learning import enrollments, progress
from app.library import editions
from app.request import Db, Form, House, KnownPerson, Learner, Now, Visitor, Wiring
from app.web import entering
from app.web.render import Page, Shows, local_path, see_other
from app.web.words import counted, hours_in_words

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class SignInPage(Page):
    """Asks for an e-mail address."""

    template: ClassVar[str] = "account/sign_in.html"
    next: str
    sent: Mapping[str, str]
    errors: Mapping[str, str]
    has_kept: bool  # she was signed in before, and what she sent since is kept
    reads: bool  # somebody read without an account in this browser
    passkeys: bool  # this address is one that browsers keep passkeys for


@dataclass(frozen=True, kw_only=True)
class CodePage(Page):
    """Asks for the code that was sent."""

    template: ClassVar[str] = "account/code.html"
    next: str
    email: str
    errors: Mapping[str, str]
    in_terminal: bool  # this machine sends no mail: the code stands in the terminal of the server


@dataclass(frozen=True, kw_only=True)
class AdoptPage(Page):
    """Asks whether what was read in this browser without an account is hers."""

    template: ClassVar[str] = "account/adopt.html"
    next: str
    courses: tuple[tuple[str, str], ...]  # title, and how much was read


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate in her list."""

    href: str
    course_title: str
    hours: str
    completed: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course she is taking."""

    href: str
    title: str


@dataclass(frozen=True, kw_only=True)
class AccountPage(Page):
    """What she has done, and what is hers."""

    template: ClassVar[str] = "account/account.html"
    email: str
    legal_name: str
    courses: tuple[CourseRow, ...]
    certificates: tuple[CertificateRow, ...]


class NoMail(Unavailable):
    """The site has nothing to send a code with."""

    message = "This site cannot send mail yet, so nobody can sign in. Tell the provider: CONTINUA_SMTP_URL is not set."


@router.get("/sign-in")
def ask(
    request: Request, house: House, db: Db, known: KnownPerson, visitor: Visitor, now: Now, show: Shows
) -> Response:
    """Ask who she is."""
    next_path = local_path(request.query_params.get("next", "/"))
    if visitor is not None:
        return see_other(next_path)
    waits = known is not None and bool(kept_forms.waiting(db, known.person, sign_in_id=known.sign_in.id, now=now))
    page = sign_in_page(request, house, next_path, has_kept=waits)
    return show(page)


@router.post("/sign-in")
def send_code(request: Request, house: House, db: Db, form: Form, now: Now, show: Shows) -> Response:
    """Send a code to the address she gave, whether or not it has an account."""
    next_path = local_path(form.text("next") or "/")
    if not house.settings.smtp_url and not house.settings.demonstration:
        raise NoMail
    entering.take_turn(request, house.codes_allowed)
    browser = entering.browser_token(request, house)
    try:
        codes.ask_code(db, form.text("email"), browser=browser, now=now)
    except (Invalid, codes.TooManyCodes) as refused:
        errors = refused.fields if isinstance(refused, Invalid) else {"email": refused.message}
        page = sign_in_page(request, house, next_path, sent=form.texts(), errors=errors)
        return show(page, status=refused.status)
    answer = show(_code_page(house, form.text("email").strip(), next_path))
    entering.set_cookie(answer, house, entering.BROWSER, browser)
    return answer


@router.post("/sign-in/code")
def check_code(request: Request, house: House, db: Db, form: Form, now: Now, show: Shows) -> Response:
    """Sign her in if the code is right. A wrong one is counted: that is committed with this answer."""
    browser = entering.device(request, house).token
    email, next_path = form.text("email").strip(), local_path(form.text("next") or "/")
    tried = codes.try_code(db, email, form.text("code"), browser=browser, now=now)
    if isinstance(tried, CodeRefused):
        page = _code_page(house, email, next_path, errors={"code": tried.message})
        return show(page, status=Invalid.status)
    return entering.let_in(request, house, db, tried, next_path, proof=Proof.CODE, now=now)


@router.get("/sign-in/link/{token}")
def use_link(token: str, request: Request, house: House, now: Now) -> RedirectResponse:
    """Sign in with a link the operator made: it is handed over in person, so no mail scanner can use it up."""
    with house.database.write() as db:
        person, proof = links.use(db, token, now=now)
        signed_in = entering.begin(request, house, db, person, proof=proof, now=now)
    answer = see_other("/")
    entering.set_cookie(answer, house, "continua", signed_in)
    return answer


@router.get("/sign-in/reading")
def ask_adopt(request: Request, house: House, db: Db, _learner: Learner, now: Now, show: Shows) -> Response:
    """Ask whether the reading done in this browser is hers."""
    next_path = local_path(request.query_params.get("next", "/"))
    reader = entering.reader_of(request, house, db, now=now)
    if reader is None:
        return see_other(next_path)
    theirs = enrollments.all_of(db, reader)
    titles = editions.titles(db, (one.edition_id for one in theirs))
    readings = progress.of_all(db, [one.id for one in theirs])
    courses = tuple((titles[one.edition_id], f"{counted(len(readings[one.id].done), 'module')} read") for one in theirs)
    return show(AdoptPage(title="Is this your reading?", next=next_path, courses=courses))


@router.post("/sign-in/reading")
def adopt(request: Request, house: House, db: Db, learner: Learner, form: Form, now: Now) -> RedirectResponse:
    """Add the reading to her account, if she says that it is hers; forget its token either way."""
    answer = see_other(local_path(form.text("next") or "/"))
    reader = entering.reader_of(request, house, db, now=now)
    if reader is not None and form.text("mine") == "yes":
        for code in enrollments.adopt(db, learner, reader):
            _settle(db, house, learner, code, now=now)
    answer.delete_cookie(house.cookie("continua-reader"), secure=house.settings.scheme == "https", httponly=True)
    return answer


@router.post("/sign-out")
def sign_out(house: House, db: Db, known: KnownPerson, now: Now) -> RedirectResponse:
    """End this browser's sign-in."""
    answer = see_other("/")
    answer.headers["Clear-Site-Data"] = '"storage"'  # answers that were kept on this device are hers alone
    if known is not None:
        sign_in.end(db, known.sign_in, now=now)
    answer.delete_cookie(house.cookie("continua"), secure=house.settings.scheme == "https", httponly=True)
    return answer


@router.get("/account")
def account(db: Db, learner: Learner, show: Shows) -> HTMLResponse:
    """Show the courses she is taking, and her certificates: a finished course is among those."""
    mine = enrollments.all_of(db, learner)
    titles = editions.titles(db, (one.edition_id for one in mine))
    courses = tuple(
        CourseRow(f"/courses/{one.course_code}", titles[one.edition_id]) for one in mine if one.completed_at is None
    )
    earned = [(one, one.facts) for one in certificates.of_person(db, learner)]
    rows = tuple(
        CertificateRow(
            href=f"/certificates/{one.number}",
            course_title=facts.course_title,
            hours=hours_in_words(facts.total_hours),
            completed=wording.date_in_words(facts.completed_on),
            revoked=one.revoked_at is not None,
        )
        for one, facts in earned
    )
    page = AccountPage(
        title="Your account",
        email=learner.email,
        legal_name=learner.legal_name or "",
        courses=courses,
        certificates=rows,
    )
    return show(page)


def sign_in_page(
    request: Request,
    house: Wiring,
    next_path: str,
    *,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    has_kept: bool = False,
) -> SignInPage:
    """Give the page that asks who she is."""
    return SignInPage(
        title="Sign in",
        next=next_path,
        sent=sent or {},
        errors=errors or {},
        has_kept=has_kept,
        reads=house.cookie("continua-reader") in request.cookies,
        passkeys=passkeys.usable(house.settings.address),
    )


def _code_page(house: Wiring, email: str, next_path: str, *, errors: Mapping[str, str] | None = None) -> CodePage:
    return CodePage(
        title="Enter your code",
        next=next_path,
        email=email,
        errors=errors or {},
        in_terminal=not house.settings.smtp_url,
    )


def _settle(db: Db, house: Wiring, learner: Person, code: str, *, now: datetime) -> None:
    enrollment = enrollments.open_one(db, learner, code)
    if enrollment is not None:
        completion.settle(db, enrollment, learner, issuer=house.issuer, now=now)
