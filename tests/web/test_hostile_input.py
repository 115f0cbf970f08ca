"""Whatever is sent, there is a clear page or a problem in JSON, and never a fault: on both kinds of database."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import quote

import pytest
import steps
from conftest import PUBLIC, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from test_somebody_elses import PLACE, Route, routes

from app.settings import Settings

pytest_plugins = ["visitors"]

JSON = {"accept": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
SAFE = {"GET", "HEAD"}
ALL_ROUTES = sorted(routes(), key=lambda route: (route.path, route.method))
BIG = (2**31, 2**63 - 1, 2**63, 2**64, 10**40, 10**4000)
ODD_NUMBERS = (*map(str, BIG), "-1", "0", "00", "+1", " 1", "1.0", "1e3", "٣", "nan", "%00", "1%00", "0x1", "1_0")
ODD_WORDS = (
    "%00",
    "a%00b",
    "%ff%fe",
    "..%2f..%2fetc",
    "' OR 1=1 --",
    "🦉" * 30,
    "a" * 8_000,
    "%EF%BF%BE",
    "\u202e",
    "{}",
)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a house with a public address, on either kind of database."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=tmp_path,
        database_url=database_url,
        public_url=PUBLIC,
        smtp_url="smtp://127.0.0.1:9",
        courses=tmp_path / "courses",
    )


def is_clear(answer: Response) -> bool:
    """Say whether an answer is one of ours: in words, with its headers, and no fault."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.request.url}"
    assert answer.headers["x-request-id"]
    if answer.status_code < 400:
        return True
    if answer.headers["content-type"] == "application/problem+json":
        problem = answer.json()
        return bool(problem["status"] == answer.status_code and problem["detail"] and problem["title"])
    return "<h1>" in answer.text and "Traceback" not in answer.text


def test_a_number_that_no_row_can_have_is_not_found(hers: TestClient) -> None:
    steps.earn(hers)
    for route in ALL_ROUTES:
        for odd in ODD_NUMBERS if "_id}" in route.path else ():
            address = route.at(dict.fromkeys(PLACE.findall(route.path), odd))
            answer = hers.request(route.method, address, headers=FORM, content=b"renews_on=2027-06-30")
            assert is_clear(answer), address
            assert answer.status_code == 404, f"{route.method} {address}: {answer.status_code}"


def test_odd_words_in_an_address_are_not_found(hers: TestClient) -> None:
    for route in (one for one in ALL_ROUTES if PLACE.search(one.path) and "_id}" not in one.path):
        for odd in ODD_WORDS:
            places = dict.fromkeys(PLACE.findall(route.path), odd if odd.startswith("%") else quote(odd))
            answer = hers.request(route.method, route.at(places), headers=FORM, content=b"block=b1&module=first")
            assert is_clear(answer), route
            expected = {410, 404} if "/link/" in route.path else {404, 204}
            assert answer.status_code in expected, f"{route} {odd!r}: {answer.status_code}"


@pytest.mark.parametrize("route", [one for one in ALL_ROUTES if one.method not in SAFE], ids=lambda one: one.path)
def test_a_huge_body_is_refused_by_its_size(hers: TestClient, route: Route) -> None:
    address = route.at(dict.fromkeys(PLACE.findall(route.path), "1"))
    for body in (b"a=" + b"x" * 2_000_000, (b"x" * 65_536 for _ in range(32))):
        answer = hers.request(route.method, address, content=body, headers=FORM | JSON)
        assert answer.status_code == 413
        assert answer.json()["status"] == 413
    page = hers.request(route.method, address, content=b"x" * 2_000_000, headers=FORM)
    assert "That is too large" in page.text


@pytest.mark.parametrize("declared", ["-1", "many", "9" * 40])
def test_a_declared_length_that_is_none_is_no_fault(hers: TestClient, declared: str) -> None:
    answer = hers.post("/theme", content=b"theme=dark", headers=FORM | {"content-length": declared})
    assert is_clear(answer)


def test_a_method_that_an_address_does_not_take_is_said_so(hers: TestClient) -> None:
    places = dict.fromkeys((place for route in ALL_ROUTES for place in PLACE.findall(route.path)), "1")
    taken = {(route.method, route.at(places)) for route in ALL_ROUTES}
    for address in {route.at(places) for route in ALL_ROUTES}:
        allowed = {method for method, at in taken if at == address}
        for method in {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} - allowed:
            answer = hers.request(method, address, headers=JSON)
            assert (answer.status_code, is_clear(answer)) == (405, True), f"{method} {address}"
            assert set(answer.headers["allow"].split(", ")) <= allowed


FORM_ROUTES = [
    ("/sign-in", 415),
    ("/sign-in/code", 415),
    ("/sign-in/reading", 415),
    ("/theme", 415),
    (f"/courses/{steps.CODE}/place", 415),
    ("/attempts/1/answers", 415),
    ("/enrollments/1/evaluation", 415),
    ("/account/licenses/1/renewal", 415),
]


@pytest.mark.parametrize(("address", "status"), FORM_ROUTES)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "", "\xff", "multipart/mixed"])
def test_what_is_no_form_is_refused_as_that(hers: TestClient, address: str, status: int, kind: str) -> None:
    sent = {"content-type": kind.encode("latin-1")} | JSON
    answer = hers.post(address, content=b'{"email": "ana@example.org"}', headers=sent)
    assert answer.status_code == status
    assert answer.json()["title"] == "We could not read that"
    assert "We could not read that" in hers.post(address, content=b"{}", headers=sent | {"accept": "text/html"}).text


MULTIPART, PAIRS = "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"


def part(content: bytes, more: bytes = b"") -> bytes:
    """Give a form of one field, in parts."""
    return b'--x\r\nContent-Disposition: form-data; name="email"' + more + b"\r\n\r\n" + content + b"\r\n--x--"


BROKEN_FORMS = [
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=" + "x" * 5_000, b"--x--"),
    (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--"),
    (MULTIPART, part(b"never ends").removesuffix(b"--x--")),
    (MULTIPART, part(b"a file", b'; filename="b"')),
    (f"{MULTIPART}; charset=punycode", part(b"\xff-\xff")),
    (f"{MULTIPART}; charset=unicode_escape", part(b"\\ud800")),
    (f"{MULTIPART}; charset=rot13", part(b"a")),
    (f"{PAIRS}; charset=klingon", b"email=a"),
    (PAIRS, b"&&&==&=%&%zz=%"),
    (PAIRS, b"&".join(b"a%d=1" % number for number in range(5_000))),
    (PAIRS, b"email=%00%ff%fe&next=%00&code=%00&theme=%ff"),
    (PAIRS, b"\x00" * 5_000),
]


@pytest.mark.parametrize(("kind", "body"), BROKEN_FORMS)
def test_a_broken_form_is_no_fault(hers: TestClient, kind: str, body: bytes) -> None:
    for address, _ in FORM_ROUTES:
        answer = hers.post(address, content=body, headers={"content-type": kind})
        assert is_clear(answer), address


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "punycode", "utf-16", "idna"])
def test_letters_come_as_utf_8_or_not_at_all(hers: TestClient, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="theme"\r\n\r\ndark\r\n--x--'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert hers.post("/theme", content=body, headers={"content-type": kind}).status_code == 415
    assert (
        hers.post("/theme", content=body, headers={"content-type": kind.replace(charset, "UTF-8")}).status_code == 303
    )


def test_a_page_of_answers_that_was_tampered_with_is_no_fault(hers: TestClient) -> None:
    attempt = steps.start_exam(hers).url.path
    for was in ("[" * 100_000, '{"a":' * 50_000, "NaN", "1e999", '"\\ud800"', "\0", "9" * 5_000, "{"):
        answer = hers.post(f"{attempt}/answers", data={"was.question-1": was, "q.question-1": "2"})
        assert answer.status_code == 303, was[:20]


def test_random_bytes_are_no_fault(hers: TestClient) -> None:
    steps.start_exam(hers)
    chance = random.Random(20261120)  # noqa: S311 - the same bytes each time
    posts = [route for route in ALL_ROUTES if route.method not in SAFE and route.path != "/sign-out"]
    for _ in range(150):
        route = chance.choice(posts)
        address = route.at(dict.fromkeys(PLACE.findall(route.path), chance.choice(["1", steps.CODE, "first"])))
        body = bytes(chance.choice(b"qwas.=&%0123456789abcdef-\x00\xff[]{}") for _ in range(chance.randrange(400)))
        kind = chance.choice(["application/x-www-form-urlencoded", "multipart/form-data; boundary=a"])
        assert is_clear(hers.request(route.method, address, content=body, headers={"content-type": kind}))


def test_random_addresses_are_no_fault(stranger: TestClient) -> None:
    chance = random.Random(20261120)  # noqa: S311 - the same addresses each time
    for _ in range(150):
        path = "/" + "".join(chance.choice("avx/.%?#=&012\u00e9\u202e;:@") for _ in range(chance.randrange(40)))
        answer = stranger.get(PUBLIC + quote(path, safe="/?=&%#;:@"), headers=JSON)
        assert is_clear(answer)


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/nowhere.json",
        "/v/ABC",
        "/v/00000000000000000000",
        "/courses/nothing",
        f"/courses/{steps.CODE}/modules/nothing",
        "/certificates/00000000000000000000.pdf",
        "/attempts/99",
        "/%2Fevil.example",
        "/sign-in/link/forged",
        "/docs",
        "/openapi.json",
        "/.env",
        "/.git/config",
    ],
)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_machines(hers: TestClient, address: str) -> None:
    page, problem = hers.get(address, headers={"accept": "text/html,*/*"}), hers.get(address, headers=JSON)
    assert page.status_code == problem.status_code
    assert page.status_code in {404, 410}
    assert is_clear(page)
    told = problem.json()
    assert problem.headers["content-type"] == "application/problem+json"
    assert set(told) >= {"type", "title", "status", "detail", "instance"}
    assert told["status"] == problem.status_code


def test_a_fault_of_ours_is_told_with_an_id_and_nothing_else(
    house: FastAPI, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_db: object) -> None:
        raise RuntimeError("a secret of the machine room")

    monkeypatch.setattr("app.library.editions.on_offer", broken)
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    page, problem = client.get("/"), client.get("/", headers=JSON)
    assert page.status_code == problem.status_code == 500
    for answer in (page, problem):
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"]
    assert page.headers["x-request-id"] in page.text
    assert page.headers["x-request-id"] in caplog.text
