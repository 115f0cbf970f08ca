"""Attacks that are known by name, each tried as it is made, and each with a control: undefended, it would succeed."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from functools import partial
from unittest import mock

import cast as the_cast
import pytest
import steps
from conftest import PUBLIC, Postbox, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from ways import PLACE, counted, is_clear, routes
from workers import work_off

from app.identity import codes, people
from app.identity.people import Person, Role
from app.kit import mail
from app.web import costs, middleware
from app.web.costs import Dear, Measured

pytest_plugins = ["visitors"]

HOST = "ce.example.org"
EVIL = "https://evil.example/"


def at_door(house: FastAPI, token: str = "") -> TestClient:
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    if token:
        client.cookies.set("__Host-continua", token, domain=HOST)
    return client


def is_signed_in(client: TestClient) -> bool:
    return client.get("/account").status_code == 200


# --- a token that was planted (session fixation) -----------------------------------------------------------------


def test_a_planted_token_is_nobodys_after_she_signs_in(house: FastAPI, stranger: TestClient, postbox: Postbox) -> None:
    for name in ("__Host-continua", "__Host-continua-browser", "__Host-continua-reader"):
        stranger.cookies.set(name, "planted", domain=HOST)
    steps.sign_in(stranger, house, postbox, "ana")
    assert is_signed_in(stranger)
    assert not is_signed_in(at_door(house, "planted"))


def test_control_a_house_that_kept_the_token_it_was_handed_would_let_him_in(
    house: FastAPI, stranger: TestClient, postbox: Postbox
) -> None:
    with mock.patch("app.identity.sign_in.new_token", return_value="planted"):
        steps.sign_in(stranger, house, postbox, "ana")
    assert is_signed_in(at_door(house, "planted"))


# --- who has an account (enumeration) ----------------------------------------------------------------------------


def work_of_asking(house: FastAPI, address: str) -> tuple[list[str], str]:
    """Give what the database was asked, and what was answered, when somebody asks for a code."""
    with counted(house) as statements, at_door(house) as client:
        answer = client.post("/sign-in", data={"email": address})
    return [*statements], answer.text.replace(address, "ADDRESS")


def tell_apart(house: FastAPI) -> bool:
    known, nobodys = (work_of_asking(house, address) for address in ("ana@example.org", "abe@example.org"))
    return known != nobodys


@pytest.fixture
def ana_is_known(house: FastAPI, stranger: TestClient) -> None:
    with house.state.wiring.database.write() as db:
        the_cast.join(db, "ana")
    work_of_asking(house, "warm@example.org")


def test_the_same_work_is_done_for_an_address_that_nobody_has(house: FastAPI, ana_is_known: None) -> None:
    assert not tell_apart(house)


def test_control_a_house_that_writes_to_members_only_would_tell_them_apart(house: FastAPI, ana_is_known: None) -> None:
    ask = codes.ask_code

    def to_members(db: object, address: str, **more: object) -> None:
        if people.by_email(db, address):  # type: ignore[arg-type]
            ask(db, address, **more)  # type: ignore[arg-type]

    with mock.patch.object(codes, "ask_code", to_members):
        assert tell_apart(house)


# --- a second reader of a letter (mail injection) ----------------------------------------------------------------

SECOND_READERS = (
    "ana@example.org\r\nBcc: evil@evil.example",
    "ana@example.org\nBcc: evil@evil.example",
    "ana@example.org, evil@evil.example",
    "ana@example.org;evil@evil.example",
    "ana@example.org%0d%0aBcc:evil@evil.example",
    "ana@example.org\u2028Bcc: evil@evil.example",
    '"a\r\nBcc: evil@evil.example"@example.org',
    "Ana <ana@example.org>, evil@evil.example",
)


def readers(message: email.message.Message) -> str:
    return " ".join(str(value) for name in ("to", "cc", "bcc") for value in message.get_all(name, []))


@pytest.mark.parametrize("typed", SECOND_READERS)
def test_an_address_carries_no_second_reader_into_a_letter(
    house: FastAPI, stranger: TestClient, postbox: Postbox, typed: str
) -> None:
    assert is_clear(stranger.post("/sign-in", data={"email": typed}))
    work_off(house.state.wiring)
    assert not any("evil.example" in readers(message) for message in postbox.messages)


def test_past_the_form_a_letter_still_takes_no_second_reader(house: FastAPI, postbox: Postbox) -> None:
    words = mail.Letter("A subject\r\nBcc: evil@evil.example", "Words.", "<p>Words.</p>")
    with house.state.wiring.database.write() as db:
        mail.queue(db, to="ana@example.org", message=words, now=the_cast.NOON)
    house.state.wiring.worker.run_once()
    assert not any("evil.example" in readers(message) for message in postbox.messages)


def test_control_a_letter_pasted_together_would_have_a_second_reader() -> None:
    pasted = f"From: a@example.org\r\nTo: {SECOND_READERS[0]}\r\nSubject: A code\r\n\r\nWords."
    assert "evil.example" in readers(email.message_from_string(pasted, policy=email.policy.SMTP))


# --- fields that no form shows (mass assignment) -----------------------------------------------------------------

SMUGGLED = {
    "role": "admin",
    "id": "1",
    "person_id": "1",
    "email": "evil@evil.example",
    "email_key": "evil@evil.example",
    "merged_into": "1",
    "created_at": "2000-01-01",
    "legal_name_attested_at": "2000-01-01",
    "passed": "yes",
    "score": "1",
    "demonstration": "no",
}
NEVER_BY_FORM = ("id", "role", "email", "email_key", "created_at")


def standing(house: FastAPI, name: str) -> dict[str, object]:
    with house.state.wiring.database.read() as db:
        person = db.exec(select(Person).where(Person.email_key == people.key(the_cast.EMAILS[name]))).one()
        return {field: getattr(person, field) for field in NEVER_BY_FORM}


def test_a_form_sets_nothing_that_it_does_not_show(house: FastAPI, hers: TestClient) -> None:
    before = standing(house, "ana")
    posts = [route.path for route in routes() if route.method == "POST" and "sign-out" not in route.path]
    for path in posts:
        for places in ({}, {"code": steps.CODE, "slug": "first"}):
            address = PLACE.sub(lambda found, held=places: held.get(found[1], "1"), path)
            answer = hers.post(address, data=SMUGGLED | {"legal_name": "Ana", "theme": "dark"})
            assert answer.status_code < 500, address
    assert standing(house, "ana") == before
    assert len(posts) > 20


def test_control_a_form_that_is_poured_over_a_row_would_make_her_an_admin(house: FastAPI, hers: TestClient) -> None:
    before = standing(house, "ana")
    with house.state.wiring.database.write() as db:
        person = db.exec(select(Person).where(Person.email_key == "ana@example.org")).one()
        for name in ("role", "created_at"):
            setattr(person, name, {"role": SMUGGLED["role"], "created_at": the_cast.NOON}[name])
        db.add(person)
    assert standing(house, "ana") != before
    assert standing(house, "ana")["role"] == Role.ADMIN


# --- other sites: where she is led, and what they send -----------------------------------------------------------


def led_away(client: TestClient) -> list[Response]:
    answers = [
        client.get("/sign-in", params={"next": EVIL}),
        client.post("/theme", data={"theme": "dark", "next": EVIL}),
        client.post("/sign-in/reading", data={"mine": "no", "next": EVIL}),
    ]
    return [answer for answer in answers if "evil.example" in answer.headers.get("location", "")]


def test_nobody_is_led_away(hers: TestClient) -> None:
    assert led_away(hers) == []


def test_control_where_any_address_is_gone_on_to_she_would_be_led_away(hers: TestClient) -> None:
    with mock.patch("app.web.files.local_path", lambda path: path):
        assert len(led_away(hers)) == 1


FOREIGN = ({"origin": EVIL}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null"})


def acts_for(client: TestClient, headers: dict[str, str]) -> bool:
    return client.post("/theme", data={"theme": "dark"}, headers=headers).status_code == 303


def test_a_page_of_another_site_acts_for_nobody_and_without_the_check_it_would(hers: TestClient) -> None:
    assert not any(acts_for(hers, headers) for headers in FOREIGN)
    with mock.patch.object(middleware, "_is_ours", return_value=True):
        assert all(acts_for(hers, headers) for headers in FOREIGN)


# --- whose measure is used up ------------------------------------------------------------------------------------


def answered(app: Callable[..., object], tries: int = 30) -> int:
    """Ask for a PDF again and again, each time claiming another address; give how often it was answered."""
    client, count = TestClient(app, base_url=PUBLIC, follow_redirects=False), 0
    for number in range(tries):
        claims = {
            "x-forwarded-for": f"10.0.0.{number}",
            "x-real-ip": f"10.0.1.{number}",
            "forwarded": f"for=10.1.0.{number}",
        }
        try:
            client.get("/account/transcript.pdf", headers=claims)
            count += 1
        except costs.TooDear:
            pass
    return count


def test_nobody_gets_another_measure_by_claiming_another_address(house: FastAPI, stranger: TestClient) -> None:
    drawing = next(one for one in costs.DEAR if one.name == "drawing")
    few = (Dear("drawing", drawing.methods, drawing.path, 2),)
    believed = partial(ProxyHeadersMiddleware, trusted_hosts="10.9.9.9")  # a proxy that this one is not
    assert answered(believed(Measured(house, few))) == 2
    anybody = partial(ProxyHeadersMiddleware, trusted_hosts="*")
    assert answered(anybody(Measured(house, few))) == 30, "the control: whoever believes everybody measures nobody"


def test_a_name_that_is_sent_twice_has_one_meaning(house: FastAPI, stranger: TestClient, postbox: Postbox) -> None:
    body = "email=ana%40example.org&email=ben%40example.org"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert stranger.post("/sign-in?email=ada%40example.org", content=body, headers=kind).status_code < 400
    work_off(house.state.wiring)
    assert [readers(message) for message in postbox.messages] == ["ben@example.org"]


# --- what a server tells of itself -------------------------------------------------------------------------------

INSIDE = (
    *("/docs", "/redoc", "/openapi.json", "/metrics", "/debug", "/_debug", "/admin.php", "/server-status", "/.env"),
    *("/.git/config", "/.git/HEAD", "/static/", "/media/", "/var/continua.db", "/pyproject.toml", "/console"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_tells_of_the_inside(stranger: TestClient, address: str) -> None:
    answer = stranger.get(address)
    assert answer.status_code == 404
    assert is_clear(answer)
    assert not {"server", "x-powered-by", "via"} & {name.lower() for name in answer.headers}


def test_control_a_framework_left_as_it_comes_would_show_its_documents() -> None:
    assert TestClient(FastAPI()).get("/docs").status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "OPTIONS"])
def test_no_method_but_those_of_a_page_is_answered(hers: TestClient, method: str) -> None:
    for address in ("/", "/account", "/verify", "/api/v1/verify"):
        answer = hers.request(method, address, headers={"x-secret": "canary"})
        assert answer.status_code in {404, 405}, f"{method} {address}: {answer.status_code}"
        assert "canary" not in answer.text


def test_the_name_of_a_file_writes_no_header(sign_in_as: SignIn, stranger: TestClient) -> None:
    ines = sign_in_as("ines")
    spoiled = 'a"; filename="evil.exe"\r\nX-Evil: yes'
    for address in ("/verify/receipt.csv", "/verify/receipt.pdf"):
        answer = stranger.post(address, files={"files": (spoiled, b"%PDF-1.7", "application/pdf")})
        assert "x-evil" not in answer.headers
    begun = ines.post("/author/upload", files={"file": (spoiled, b"no zip", "application/zip")})
    assert "x-evil" not in begun.headers
    assert "evil.exe" not in begun.headers.get("content-disposition", "")
