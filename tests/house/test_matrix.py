"""Every way into the house, tried as everybody, with her own, another's and no such thing: one table says what comes.

The table says of each route for whom it is and what it is about. It is written by hand, and not read from the code that
it is about: a route that names the wrong audience, or forgets to ask whose a thing is, answers otherwise than it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matrix
import pytest
from conftest import PUBLIC, Pencil, Postbox, StillClock, _fresh_postgres, _fresh_sqlite
from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from house.test_routes import routes
from makers import SIGNER
from matrix import ANONYMOUS, FORBIDDEN, IN, MISSING, OBJECTS, OWN, PROVE, READER, ROLES, SIGN_IN, WEAK

from app import main, request
from app.kit.database import open_database
from app.main import create_app
from app.settings import Settings

# Who gets past the door. Whoever does not is asked to sign in, or told that it is not hers to do.
AUDIENCES = {
    "anybody": set(ROLES),
    "whoever is signed in": set(ROLES) - {ANONYMOUS, READER},
    "whoever proved herself just now": set(ROLES) - {ANONYMOUS, READER, WEAK},
    "instructors": {"instructor", "admin"},
    "reviewers": {"instructor", "reviewer", "admin"},
    "officers": {"officer", "auditor", "admin"},
    "searchers": {"officer", "admin"},
    "overseers": {"auditor", "admin"},
    "admins": {"admin"},
}
ASK_NO_ROLE = {"anybody", "whoever is signed in", "whoever proved herself just now"}

# What is there for whoever got past the door: with her own, with another's, and with none.
KINDS = {
    "page": (IN, IN, IN),  # about nothing in particular, or answered alike whatever is named
    "shared": (IN, IN, MISSING),  # anybody's to see who may see one of them
    "hers": (IN, MISSING, MISSING),
    "draft": (IN, MISSING, MISSING),  # of hers to write; an administrator writes all of them
    "shelf": (IN, FORBIDDEN, FORBIDDEN),  # a course of hers that is out; there as well
    "ruling": (IN, FORBIDDEN, FORBIDDEN),  # of a course of hers that is out
    "report": (MISSING, FORBIDDEN, FORBIDDEN),  # there as well; nobody reported anything
    "nothing there": (MISSING, MISSING, MISSING),  # of this there is none in the house that is tried
    "begun": (IN, MISSING, MISSING),  # of a course that she has begun: who reads without an account has begun none
}
OF_ADMINS = {
    "draft": (IN, IN, MISSING),
    "shelf": (IN, IN, MISSING),
    "ruling": (IN, MISSING, MISSING),
    "report": (MISSING, MISSING, MISSING),
}
NEVER_BEGUN = {ANONYMOUS, READER}
WITH_FILE = {f"POST /author/courses/{{draft_id}}/{place}" for place in ("media", "upload", "questions")}

TABLE = """
anybody: begun
    GET /courses/{code}/time
anybody: nothing there
    POST /courses/{code}/modules/{slug}/reports
    GET /v/{number}.credential.json
    GET /media/{name}
    GET /static/{digest}/{name:path}
    GET /logo/{digest}.png
anybody: page
    GET /
    GET /policies
    POST /courses/{code}/place
    POST /courses/{code}/time
    GET /sign-in
    POST /sign-in
    POST /sign-in/code
    GET /sign-in/link/{token}
    POST /sign-out
    POST /sign-in/passkey/options
    POST /sign-in/passkey
    GET /erased
    GET /verify
    POST /verify
    POST /verify/rows
    POST /verify/receipt.csv
    POST /verify/receipt.pdf
    GET /verify/keys
    GET /verify/keys.json
    GET /.well-known/did.json
    GET /verify/checkpoint
    GET /verify/revocations.json
    GET /verify.html
    POST /theme
    GET /grievances
    POST /grievances
    GET /setup/{token}
    POST /setup/{token}
    GET /invitation/{token}
    POST /invitation/{token}
    GET /.well-known/security.txt
    POST /api/v1/verify
    GET /api/v1/openapi.json
    GET /health
anybody: shared
    GET /courses/{code}
    GET /courses/{code}/modules/{slug}
    POST /courses/{code}/modules/{slug}/done
    GET /courses/{code}/edition
    POST /courses/{code}/edition
    GET /courses/{code}/exam
    GET /courses/{code}/modules/{slug}/reports
    GET /v/{number}.tlog-proof
    GET /v/{number}.json
    GET /v/{number}
    GET /api/v1/certificates/{number}
whoever is signed in: hers
    GET /enrollments/{enrollment_id}/time
    GET /attempts/{attempt_id}
    POST /attempts/{attempt_id}/answers
    GET /attempts/{attempt_id}/review
    POST /attempts/{attempt_id}/submit
    GET /attempts/{attempt_id}/result
    GET /attempts/{attempt_id}/reports
    GET /enrollments/{enrollment_id}/evaluation
    POST /enrollments/{enrollment_id}/evaluation
    GET /account/security/passkeys/{passkey_id}
    POST /account/security/passkeys/{passkey_id}
    POST /account/sign-ins/{sign_in_id}/end
    GET /certificates/{number}.pdf
    GET /certificates/{number}
    GET /certificates/{number}/evidence
    GET /certificates/{number}/evidence.pdf
    POST /account/licenses/{license_id}/renewal
    GET /account/licenses/{license_id}
    POST /account/licenses/{license_id}
    POST /account/licenses/{license_id}/removal
whoever is signed in: nothing there
    POST /attempts/{attempt_id}/reports
whoever is signed in: page
    GET /sign-in/reading
    POST /sign-in/reading
    GET /account
    GET /sign-in/prove
    POST /sign-in/prove/options
    POST /sign-in/prove/passkey
    POST /sign-in/prove/authenticator
    POST /sign-in/prove/recovery
    POST /sign-in/prove/send
    POST /sign-in/prove/code
    GET /account/security
    GET /account/sign-ins
    POST /account/sign-ins/end-others
    GET /account/address
    GET /account/accommodations
    POST /account/accommodations
    GET /account/records
    GET /account/transcript.pdf
    GET /account/renewals.ics
    GET /account/licenses
    GET /account/licenses/new
    POST /account/licenses
    GET /account/privacy
    POST /account/privacy/export
    GET /account/requests
    GET /account/looks
whoever is signed in: shared
    POST /courses/{code}/again
    POST /courses/{code}/exam
whoever proved herself just now: page
    POST /account/address
    POST /account/address/code
    GET /account/privacy/erase
    POST /account/privacy/erase
    GET /account/security/passkeys/new
    POST /account/security/passkeys/options
    POST /account/security/passkeys
    GET /account/security/authenticator
    POST /account/security/authenticator/begin
    POST /account/security/authenticator
    POST /account/security/authenticator/remove
    POST /account/security/recovery
whoever proved herself just now: hers
    POST /account/security/passkeys/{passkey_id}/remove
instructors: draft
    GET /author/courses/{draft_id}
    GET /author/courses/{draft_id}/discard
    POST /author/courses/{draft_id}/discard
    GET /author/courses/{draft_id}/problems
    GET /author/courses/{draft_id}/files/{name:path}
    POST /author/courses/{draft_id}/files/{name:path}
    GET /author/courses/{draft_id}/add
    POST /author/courses/{draft_id}/add
    GET /author/courses/{draft_id}/rename/{name:path}
    POST /author/courses/{draft_id}/rename/{name:path}
    GET /author/courses/{draft_id}/remove/{name:path}
    POST /author/courses/{draft_id}/remove/{name:path}
    GET /author/courses/{draft_id}/history/{name:path}
    GET /author/courses/{draft_id}/versions/{revision_id}
    POST /author/courses/{draft_id}/versions/{revision_id}/restore
    GET /author/courses/{draft_id}/media
    POST /author/courses/{draft_id}/media
    GET /author/courses/{draft_id}/authors
    POST /author/courses/{draft_id}/authors
    GET /author/courses/{draft_id}/download
    GET /author/courses/{draft_id}/upload
    POST /author/courses/{draft_id}/upload
    GET /author/courses/{draft_id}/upload/{key}
    POST /author/courses/{draft_id}/upload/{key}
    POST /author/courses/{draft_id}/publish
    POST /author/courses/{draft_id}/review/ask
    GET /author/courses/{draft_id}/evidence
    GET /author/courses/{draft_id}/evidence.zip
    GET /author/courses/{draft_id}/results
    GET /author/courses/{draft_id}/reports
    GET /author/courses/{draft_id}/evaluations
    GET /author/courses/{draft_id}/questions
    POST /author/courses/{draft_id}/questions
    POST /author/courses/{draft_id}/questions/add
    GET /author/courses/{draft_id}/questions/export/{form}
    POST /author/courses/{draft_id}/authors/{person_id}/remove
instructors: nothing there
    POST /author/open
    GET /author/courses/{draft_id}/raw/{name:path}
    POST /author/courses/{draft_id}/editions/roll-back
    POST /author/courses/{draft_id}/editions/retire
    POST /author/courses/{draft_id}/editions/offer
    GET /author/evaluations/instructor.csv
instructors: page
    GET /author/new
    POST /author/new
    GET /author/upload
    POST /author/upload
    GET /author/upload/{key}
    POST /author/upload/{key}
    GET /author/evaluations
instructors: shelf
    GET /author/shelf/{code}/evidence
    GET /author/shelf/{code}/evidence.zip
    GET /author/shelf/{code}/results
    GET /author/shelf/{code}/reports
    GET /author/shelf/{code}/evaluations
    GET /author/shelf/{code}/evaluations.csv
    GET /author/shelf/{code}/questions/{question_id}/correct
    GET /author/shelf/{code}/questions/{question_id}/plan
    POST /author/shelf/{code}/questions/{question_id}/correct
instructors: report
    POST /author/shelf/{code}/reports
instructors: ruling
    GET /author/shelf/{code}/corrections/{ruling_id}
reviewers: nothing there
    GET /author/courses/{draft_id}/editions/diff
    GET /author/courses/{draft_id}/preview/page/courses/{code}/modules/{slug}
    POST /author/courses/{draft_id}/preview/page/courses/{code}/modules/{slug}/done
    GET /author/courses/{draft_id}/preview/page/media/{name}
    GET /author/courses/{draft_id}/preview/page/{rest:path}
reviewers: page
    GET /author
reviewers: shared
    GET /author/courses/{draft_id}/publish
    POST /author/courses/{draft_id}/review/sign
    GET /author/courses/{draft_id}/editions
    GET /author/courses/{draft_id}/preview/
    GET /author/courses/{draft_id}/preview/source/{name:path}
    GET /author/courses/{draft_id}/preview/page/
    GET /author/courses/{draft_id}/preview/page/policies
    GET /author/courses/{draft_id}/preview/page/courses/{code}
    GET /author/courses/{draft_id}/preview/page/courses/{code}/exam
    POST /author/courses/{draft_id}/preview/page/courses/{code}/exam
    GET /author/courses/{draft_id}/preview/page/attempts/{attempt_id}
    POST /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/answers
    GET /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/review
    POST /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/submit
    GET /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/result
    GET /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/key
    POST /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/reports
    GET /author/courses/{draft_id}/preview/page/attempts/{attempt_id}/reports
    POST /author/courses/{draft_id}/preview/page/courses/{code}/modules/{slug}/reports
    GET /author/courses/{draft_id}/preview/page/courses/{code}/modules/{slug}/reports
    GET /author/courses/{draft_id}/preview/page/evaluation
    POST /author/courses/{draft_id}/preview/page/evaluation
    GET /author/courses/{draft_id}/preview/page/certificate
officers: shared
    GET /v/{number}/evidence
    GET /v/{number}/evidence.pdf
searchers: page
    GET /officer
    POST /officer
    POST /officer/certificates.csv
overseers: nothing there
    GET /admin/approvals/{approval_id}
    GET /admin/requests/accommodation/{request_id}
    GET /admin/requests/grievance/{request_id}
    GET /admin/rosters/{roster_id}.csv
    GET /admin/rosters/{roster_id}
overseers: page
    GET /admin
    GET /admin/people
    POST /admin/people.csv
    POST /admin/people.xlsx
    GET /admin/people/invite
    GET /admin/provider
    GET /admin/provider/next
    GET /admin/roles
    GET /admin/enrollments
    POST /admin/enrollments.csv
    POST /admin/enrollments.xlsx
    GET /admin/rosters
    GET /admin/rosters/template.csv
    GET /admin/certificates
    POST /admin/certificates.csv
    POST /admin/certificates.xlsx
    POST /admin/certificates.zip
    GET /admin/approvals
    GET /admin/requests
    GET /admin/requests/all
    POST /admin/requests/all.csv
    POST /admin/requests/all.xlsx
    GET /admin/mail
    POST /admin/mail.csv
    POST /admin/mail.xlsx
    GET /admin/jobs
    GET /admin/settings
    GET /admin/trail
    POST /admin/trail.csv
    POST /admin/trail.xlsx
overseers: shared
    GET /admin/certificates/{number}
    GET /admin/people/{person_id}
    GET /admin/mail/{mail_id}
admins: nothing there
    POST /admin/certificates/{number}/corrections/{request_id}/accept
    POST /admin/certificates/{number}/corrections/{request_id}/decline
    GET /admin/approvals/{approval_id}/end
    POST /admin/approvals/{approval_id}/end
    POST /admin/approvals/{approval_id}/withdraw
    POST /admin/requests/accommodation/{request_id}/grant
    POST /admin/requests/accommodation/{request_id}/decline
    POST /admin/requests/grievance/{request_id}/answer
    POST /admin/requests/{kind}/{request_id}/note
    POST /admin/jobs/{job_id}/run
    POST /admin/rosters/{roster_id}/take-in
    POST /admin/rosters/{roster_id}/discard
admins: page
    POST /admin/people/invite
    POST /admin/provider
    POST /admin/provider/logo
    POST /admin/provider/logo/remove
    POST /admin/rosters
    GET /admin/approvals/new
    POST /admin/approvals/new
    POST /admin/mail/test
admins: shared
    GET /admin/certificates/{number}/revoke
    POST /admin/certificates/{number}/revoke
    GET /admin/certificates/{number}/correct
    POST /admin/certificates/{number}/correct
    GET /admin/certificates/{number}/reissue
    POST /admin/certificates/{number}/reissue
    POST /admin/mail/{mail_id}/again
    POST /admin/people/{person_id}/name
    POST /admin/people/{person_id}/role
    POST /admin/people/{person_id}/end-sign-ins
    POST /admin/people/{person_id}/invite
    GET /admin/people/{person_id}/merge
    POST /admin/people/{person_id}/merge
"""
# Forms that give a table or files to take along. They write nothing but that somebody took them.
TAKEN_ALONG = (".csv", ".xlsx", ".zip")


def rows() -> dict[str, tuple[str, str]]:
    """Read the table: of each route its audience, and the kind of thing that it is about."""
    read, about = {}, ("", "")
    for line in filter(str.strip, TABLE.splitlines()):
        if line.startswith(" "):
            assert line.strip() not in read, f"{line.strip()} stands twice in the table"
            read[line.strip()] = about
        else:
            audience, _, kind = line.partition(": ")
            about = (audience, kind)
            assert audience in AUDIENCES, line
            assert kind in KINDS, line
    return read


def expected(audience: str, kind: str, role: str, whose: str) -> str:
    """Say what comes of it."""
    if role not in AUDIENCES[audience]:
        return SIGN_IN if role in (ANONYMOUS, READER) else PROVE if role == WEAK else FORBIDDEN
    if kind == "begun" and role in NEVER_BEGUN:
        return MISSING
    of_role = OF_ADMINS.get(kind, KINDS[kind]) if role == "admin" else KINDS[kind]
    return of_role[OBJECTS.index(whose)]


def name(route: APIRoute) -> str:
    return f"{min(route.methods)} {route.path}"


def without_a_row(routers: tuple[APIRouter, ...]) -> list[str]:
    return sorted({name(route) for route in routes(routers)} - rows().keys())


def test_each_route_has_its_row() -> None:
    assert without_a_row(main.ROUTERS) == []


def test_no_row_is_of_a_route_that_is_gone() -> None:
    assert sorted(rows().keys() - {name(route) for route in routes()}) == []


def test_control_a_new_route_without_a_row_is_missed() -> None:
    planted = APIRouter()
    planted.get("/admin/planted")(lambda: "")
    assert without_a_row((*main.ROUTERS, planted)) == ["GET /admin/planted"]


PLANTED = APIRouter()


@PLANTED.get("/planted/{enrollment_id}", dependencies=[Depends(request.learner)])
def everybodys(enrollment_id: int) -> str:
    """Give what is asked for without asking whose it is: the mistake that the matrix is there to find."""
    return str(enrollment_id)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[matrix.House]:
    """A filled house on either kind of database."""
    folder = tmp_path_factory.mktemp("matrix")
    if request.param == "sqlite":
        url = _fresh_sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        url = _fresh_postgres(request.getfixturevalue("postgres"))
    app = create_app(_settings(url, folder), clock=StillClock(), mailer=Postbox(), draws=Pencil(), signer=SIGNER)
    app.include_router(PLANTED)
    database = open_database(url)
    with matrix.filled(app, database) as filled:
        yield filled
    database.close()


def _settings(url: str, folder: Path) -> Settings:
    more = {"_env_file": None, "data": folder, "database_url": url, "courses": folder / "courses"}
    return Settings(**more, public_url=PUBLIC, smtp_url="smtp://127.0.0.1:9")  # type: ignore[arg-type]


def cells(route: APIRoute) -> Iterator[tuple[str, str]]:
    for role in ROLES:
        for whose in OBJECTS if matrix.has_object(route) else (OWN,):
            yield role, whose


def found(house: matrix.House, route: APIRoute, audience: str, kind: str) -> Iterator[str]:
    """Try a route as everybody, and say where it does not do what its row says."""
    for role, whose in cells(route):
        address = matrix.address(house, route, role, whose)
        answer = house.ask(role, min(route.methods), address, with_file=name(route) in WITH_FILE)
        if (got := matrix.meaning(answer)) != (wanted := expected(audience, kind, role, whose)):
            yield f"{name(route)} as {role} with {whose}: {got}, and not {wanted}"


def test_every_route_answers_every_role_as_the_table_says(house: matrix.House) -> None:
    table = rows()
    wrong = [line for route in routes() if name(route) in table for line in found(house, route, *table[name(route)])]
    assert not wrong, "\n".join(wrong)
    assert sum(len(list(cells(route))) for route in routes()) > 4_000


def test_control_a_route_that_forgets_to_ask_whose_a_thing_is_is_found(house: matrix.House) -> None:
    (planted,) = routes((PLANTED,))
    told = list(found(house, planted, "whoever is signed in", "hers"))
    assert "GET /planted/{enrollment_id} as learner with another's: in, and not missing" in told


def test_an_auditor_changes_nothing_that_is_not_her_own() -> None:
    """By the same table: no act of the staff is hers, but to take along what she may read."""
    acts = {route: row for route, row in rows().items() if not route.startswith("GET ") and row[0] not in ASK_NO_ROLE}
    hers = {route for route, (audience, _kind) in acts.items() if "auditor" in AUDIENCES[audience]}
    assert [route for route in hers if not route.endswith(TAKEN_ALONG)] == []
    assert len(acts) > 40
