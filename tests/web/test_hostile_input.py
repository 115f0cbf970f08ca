"""Whatever is sent, there is a clear page or a problem in JSON, and never a fault: on both kinds of database."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import quote

import pytest
import steps
from conftest import PUBLIC
from fastapi.testclient import TestClient
from ways import FORM, ODD_NUMBERS, PLACE, is_clear, routes

from app.settings import Settings

pytest_plugins = ["visitors"]

JSON = {"accept": "application/json"}
SAFE = {"GET", "HEAD"}
ALL_ROUTES = sorted(routes(), key=lambda route: (route.path, route.method))
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

FORM_ADDRESSES = (
    "/sign-in",
    "/sign-in/code",
    "/sign-in/reading",
    "/theme",
    f"/courses/{steps.CODE}/place",
    "/attempts/1/answers",
    "/enrollments/1/evaluation",
    "/account/licenses/1/renewal",
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
            is_link = any(kind in route.path for kind in ("/link/", "/invitation/", "/setup/"))
            expected = {410, 404, 422} if is_link else {404, 204}  # a form that says too little is asked for more
            assert answer.status_code in expected, f"{route} {odd!r}: {answer.status_code}"


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
    for address in FORM_ADDRESSES:
        answer = hers.post(address, content=body, headers={"content-type": kind})
        assert is_clear(answer), address


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
