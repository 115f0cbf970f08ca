"""What a browser is told to be careful about: on every answer, whatever it is."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import steps
from conftest import PUBLIC, Postbox, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from test_somebody_elses import PLACE, Route, routes

from app.main import create_app
from app.settings import Settings

pytest_plugins = ["visitors"]

HOST = "ce.example.org"

ALL_ROUTES = sorted(routes(), key=lambda route: (route.path, route.method))
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
}
INLINE = re.compile(r"""<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*["']|\sstyle\s*=|<style|javascript:""")


def directives(answer: Response) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())


def assert_careful(answer: Response) -> None:
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "camera=()" in headers["permissions-policy"]
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "server" not in headers


@pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_answer_tells_the_browser_to_be_careful(hers: TestClient, route: Route) -> None:
    steps.start_exam(hers)
    known = {"code": steps.CODE, "slug": "first"}
    address = route.at({place: known.get(place, "1") for place in PLACE.findall(route.path)})
    assert_careful(hers.request(route.method, address, data={"theme": "dark"} if route.method == "POST" else None))


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/nowhere"), ("BREW", "/"), ("GET", "/v/1"), ("GET", "/%00"), ("GET", "/account"), ("POST", "/sign-in")],
)
def test_every_refusal_tells_the_browser_to_be_careful(stranger: TestClient, method: str, address: str) -> None:
    assert_careful(stranger.request(method, address))
    assert_careful(stranger.request(method, address, headers={"sec-fetch-site": "cross-site"}))
    assert_careful(stranger.request(method, address, content=b"x" * 2_000_000))


def test_a_fault_tells_the_browser_to_be_careful(stranger: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.library.editions.on_offer", lambda _db: 1 / 0)
    answer = stranger.get("/")
    assert answer.status_code == 500
    assert_careful(answer)


def test_the_policy_of_pages_allows_our_own_files_and_nothing_else(stranger: TestClient) -> None:
    told = directives(stranger.get("/"))
    assert POLICY.items() <= told.items()
    assert all(source in {"'none'", "'self'", "data:"} for value in told.values() for source in value.split())


def test_no_page_on_the_way_has_anything_the_policy_would_stop(hers: TestClient) -> None:
    number = steps.earn(hers)
    addresses = ("/", f"/courses/{steps.CODE}", f"/courses/{steps.CODE}/modules/first", f"/courses/{steps.CODE}/exam")
    mine = ("/attempts/1/result", "/account", "/account/records", f"/certificates/{number}", f"/v/{number}")
    for address in (*addresses, *mine, "/verify", "/policies", "/nowhere"):
        page = hers.get(address)
        assert not INLINE.search(page.text), f"{address}: {INLINE.search(page.text)}"
        assert not re.search(r'(src|href|action)="(https?:)?//(?!ce\.example\.org)', page.text), address


def test_the_check_for_inline_code_would_find_it() -> None:
    for page in ("<script>x()</script>", '<a onclick="x()">', '<p style="color:red">', "<style>p{}</style>"):
        assert INLINE.search(page)
    assert not INLINE.search('<script type="module" src="/static/1/js/exam.js"></script>')


def cookies(answer: Response) -> SimpleCookie:
    held = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        held.load(line)
    return held


def test_every_cookie_that_says_who_she_is_is_bound_to_this_host_and_to_tls(
    house: FastAPI, stranger: TestClient, postbox: Postbox
) -> None:
    reading = stranger.post(f"/courses/{steps.CODE}/modules/first/done")
    asked = steps.ask_code(stranger, "ana")
    code = steps.code_for(house, postbox, "ana")
    signed_in = stranger.post("/sign-in/code", data={"email": "ana@example.org", "code": code})
    left = stranger.post("/sign-out")
    given = [cookies(answer) for answer in (reading, asked, signed_in, left)]
    assert [set(one) for one in given] == [
        {"__Host-continua-reader"},
        {"__Host-continua-browser"},
        {"__Host-continua"},
        {"__Host-continua"},
    ]
    for cookie in (morsel for one in given for morsel in one.values()):
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_a_token_is_never_in_an_address_or_a_page(house: FastAPI, stranger: TestClient, postbox: Postbox) -> None:
    answer = steps.sign_in(stranger, house, postbox, "ana")
    token = stranger.cookies["__Host-continua"]
    assert token not in answer.headers["location"]
    for address in ("/", "/account", f"/courses/{steps.CODE}"):
        assert token not in stranger.get(address).text


def test_a_sign_in_draws_a_new_token_each_time(house: FastAPI, stranger: TestClient, postbox: Postbox) -> None:
    stranger.cookies.set("__Host-continua", "planted-by-somebody-else", domain=HOST)
    steps.sign_in(stranger, house, postbox, "ana")
    first = stranger.cookies["__Host-continua"]
    stranger.post("/sign-out")
    steps.sign_in(stranger, house, postbox, "ana")
    assert "planted-by-somebody-else" not in {first, stranger.cookies["__Host-continua"]}
    assert stranger.cookies["__Host-continua"] != first


def test_the_colors_are_kept_in_a_cookie_that_says_nothing_else(stranger: TestClient) -> None:
    answer = stranger.post("/theme", data={"theme": "dark", "next": "/verify"})
    cookie = cookies(answer)["theme"]
    assert (cookie.value, bool(cookie["secure"]), cookie["samesite"]) == ("dark", True, "lax")
    assert 'data-theme="dark"' in stranger.get("/verify").text
    stranger.post("/theme", data={"theme": "<script>", "next": "/"})
    assert "data-theme" not in stranger.get("/").text


@pytest.mark.parametrize("address", ["/account", "/attempts/1", "/attempts/1/result", "/account/transcript.pdf"])
def test_what_is_hers_is_kept_by_no_cache_that_others_share(hers: TestClient, address: str) -> None:
    steps.earn(hers)
    assert "private" in hers.get(address).headers["cache-control"]


def test_on_this_machine_alone_cookies_go_without_tls(settings: Settings, tmp_path: Path, postbox: Postbox) -> None:
    here = settings.model_copy(update={"public_url": "", "smtp_url": ""})
    app = create_app(here, mailer=postbox)
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    asked = client.post("/sign-in", data={"email": "ana@example.org"})
    cookie = cookies(asked)["continua-browser"]
    assert not cookie["secure"]
    assert cookie["httponly"]
    assert "strict-transport-security" not in asked.headers
    client.close()
    app.state.wiring.database.close()


# --- foreign origins ---------------------------------------------------------------------------------------------

UNSAFE = [route for route in ALL_ROUTES if route.method not in {"GET", "HEAD"}]
FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": PUBLIC},
    {"origin": "https://evil.example"},
    {"origin": "https://ce.example.org.evil.example"},
    {"origin": "https://ce.example.org:8443"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "https://["},
)


@pytest.mark.parametrize("route", UNSAFE, ids=lambda route: f"{route.method} {route.path}")
def test_no_other_sites_page_acts_in_her_name(hers: TestClient, route: Route) -> None:
    steps.start_exam(hers)
    known = {"code": steps.CODE, "slug": "first"}
    address = route.at({place: known.get(place, "1") for place in PLACE.findall(route.path)})
    for headers in FOREIGN:
        refused = hers.request(route.method, address, data={"theme": "dark"}, headers=headers)
        assert refused.status_code == 403, headers
        assert "from a page of another site" in refused.text
        assert "set-cookie" not in refused.headers
    ours = hers.request(route.method, address, data={"theme": "dark"}, headers={"sec-fetch-site": "same-origin"})
    assert ours.status_code != 403, "the control: our own pages may"


def test_our_own_origin_is_enough_where_a_browser_says_no_more(hers: TestClient) -> None:
    assert hers.post("/theme", data={"theme": "dark"}, headers={"origin": PUBLIC}).status_code == 303


def test_nothing_is_done_by_following_a_link(house: FastAPI, hers: TestClient, sign_in_as: SignIn) -> None:
    steps.start_exam(hers)
    for route in UNSAFE:
        known = {"code": steps.CODE, "slug": "first"}
        address = route.at({place: known.get(place, "1") for place in PLACE.findall(route.path)})
        gone = {404} if "license_id" in route.path or "/passkeys/" in route.path else set()  # she has none yet
        used = {410} if address.startswith(("/invitation/", "/setup/")) else set()
        assert hers.get(address).status_code in {200, 303, 405} | gone | used
    assert hers.get("/account").status_code == 200, "still signed in"
    assert "3 questions have no answer yet" in hers.get("/attempts/1/review").text, "still open"


# --- redirects ---------------------------------------------------------------------------------------------------

AWAY = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "/\u2028/evil.example",
    "evil.example",
    "",
)


@pytest.mark.parametrize("target", AWAY)
def test_nobody_is_led_to_another_site(
    house: FastAPI, stranger: TestClient, hers: TestClient, postbox: Postbox, target: str
) -> None:
    answers = [
        hers.get("/sign-in", params={"next": target}),
        hers.post("/theme", data={"theme": "dark", "next": target}),
        hers.post("/sign-in/reading", data={"mine": "no", "next": target}),
        hers.get("/sign-in/reading", params={"next": target}),
        steps.sign_in(stranger, house, postbox, "ben", target),
    ]
    assert [answer.status_code for answer in answers] == [303] * len(answers)
    assert [answer.headers["location"] for answer in answers] == ["/"] * len(answers)


def test_a_path_of_ours_is_gone_on_to_with_its_question(hers: TestClient) -> None:
    answer = hers.get("/sign-in", params={"next": "/verify?number=ABC"})
    assert answer.headers["location"] == "/verify?number=ABC"


def test_a_forged_host_leads_nobody_away(stranger: TestClient) -> None:
    for address in ("/verify/", "/account", "/sign-in/"):
        answer = stranger.get(address, headers={"host": "evil.example"})
        assert "evil.example" not in answer.headers.get("location", "")


def test_a_referer_from_elsewhere_is_not_where_she_goes_on(hers: TestClient) -> None:
    hers.cookies.clear()
    answer = hers.post("/attempts/1/submit", headers={"referer": "https://evil.example/attempts/1"})
    assert answer.headers["location"] == "/sign-in?next=/"
