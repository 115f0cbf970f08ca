"""Each way into the house names its audience, or is listed here as open to everybody, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app import request
from app.main import ROUTERS

AUDIENCES: dict[Callable[..., Any], str] = {
    request.learner: "learners",
    request.instructor: "instructors",
    request.reviewer: "reviewers",
    request.officer: "officers",
    request.admin: "admins",
    request.office: "admins",
    request.overseer: "admins and auditors",
    request.searcher: "officers and admins",
}
OPEN = {
    "GET /": "the catalog",
    "GET /courses/{code}": "what a course gives is disclosed before anybody signs in",
    "GET /courses/{code}/modules/{slug}": "reading needs no account",
    "POST /courses/{code}/modules/{slug}/done": "reading needs no account",
    "GET /courses/{code}/edition": "reading needs no account",
    "POST /courses/{code}/edition": "reading needs no account",
    "POST /courses/{code}/place": "reading needs no account",
    "GET /courses/{code}/time": "reading needs no account",
    "POST /courses/{code}/time": "reading needs no account",
    "POST /courses/{code}/modules/{slug}/reports": "a reader may say that a question is wrong",
    "GET /courses/{code}/modules/{slug}/reports": "a reader may say that a question is wrong",
    "GET /courses/{code}/exam": "the rules of the exam; starting it needs a sign-in",
    "GET /grievances": "whoever has a grievance may have no account",
    "POST /grievances": "whoever has a grievance may have no account",
    "GET /policies": "what the provider promises",
    "GET /erased": "she has no account any more",
    "GET /sign-in": "where one signs in",
    "POST /sign-in": "where one signs in",
    "POST /sign-in/code": "where one signs in",
    "POST /sign-in/passkey/options": "where one signs in",
    "POST /sign-in/passkey": "where one signs in",
    "GET /sign-in/link/{token}": "the token says who she is",
    "POST /sign-out": "ends whatever sign-in the browser holds",
    "GET /verify": "checking a certificate needs no account",
    "POST /verify": "checking a certificate needs no account",
    "POST /verify/rows": "checking a certificate needs no account",
    "POST /verify/receipt.csv": "of what was found without an account",
    "POST /verify/receipt.pdf": "of what was found without an account",
    "POST /api/v1/verify": "checking a certificate needs no account",
    "GET /api/v1/certificates/{number}": "checking a certificate needs no account",
    "GET /api/v1/openapi.json": "says what machines may ask",
    "GET /verify/keys": "public keys",
    "GET /verify/keys.json": "public keys",
    "GET /.well-known/did.json": "public keys",
    "GET /verify/checkpoint": "whoever keeps one can tell later whether the register was changed",
    "GET /verify/revocations.json": "what does not count any more, without a number that could be read",
    "GET /verify.html": "the page that checks without us",
    "GET /v/{number}.tlog-proof": "checking a certificate needs no account",
    "GET /v/{number}.credential.json": "checking a certificate needs no account",
    "GET /v/{number}": "checking a certificate needs no account",
    "GET /v/{number}.json": "checking a certificate needs no account",
    "GET /media/{name}": "pictures of texts that anybody may read",
    "GET /static/{digest}/{name:path}": "styles, scripts and fonts",
    "GET /robots.txt": "what search engines may look at",
    "GET /sitemap.xml": "what search engines may look at",
    "POST /theme": "colors",
    "GET /logo/{digest}.png": "the provider's logo stands on each page",
    "GET /setup/{token}": "the token says that she may become the first administrator",
    "POST /setup/{token}": "the token says that she may become the first administrator",
    "GET /invitation/{token}": "the token says who is invited",
    "POST /invitation/{token}": "the token says who is invited",
    "GET /.well-known/security.txt": "whom to tell of a weakness",
    "GET /health": "for whoever keeps the site running; says nothing but that it is open",
}


def routes(routers: tuple[APIRouter, ...] = ROUTERS) -> Iterator[APIRoute]:
    for router in routers:
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def names(route: APIRoute) -> set[str]:
    return {f"{method} {route.path}" for method in route.methods}


def audience(needs: Dependant) -> str:
    """Say whom a route lets in, by what it asks for before it acts."""
    if needs.call in AUDIENCES:
        return AUDIENCES[needs.call]
    return next(filter(None, map(audience, needs.dependencies)), "")


@pytest.mark.parametrize("route", list(routes()), ids=lambda route: f"{'/'.join(route.methods)} {route.path}")
def test_each_route_names_its_audience_or_is_listed_as_open(route: APIRoute) -> None:
    listed = names(route) & OPEN.keys()
    assert bool(audience(route.dependant)) != bool(listed), "it names nobody and is not listed, or it is both"


def test_the_list_of_open_routes_names_none_that_is_gone() -> None:
    there = {name for route in routes() for name in names(route)}
    assert set(OPEN) - there <= {"GET /robots.txt", "GET /sitemap.xml"}


def test_a_route_for_nobody_in_particular_would_be_found() -> None:
    def one() -> str:
        return ""

    def two(_person: str = Depends(request.learner)) -> str:
        return ""

    router = APIRouter()
    router.get("/open")(one)
    router.get("/hers")(two)
    assert [audience(route.dependant) for route in routes((router,))] == ["", "learners"]
