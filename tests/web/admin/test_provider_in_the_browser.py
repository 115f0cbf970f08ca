"""The provider's profile in the browser: who may change it, what is kept of each change, and what becomes of a logo."""

from __future__ import annotations

from io import BytesIO

import pytest
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image, PngImagePlugin
from sqlmodel import select

from app.library import logos, profile, provider
from app.library.logos import LARGEST, ProviderLogo

SAME = {"sec-fetch-site": "same-origin"}
PLACE = "/admin/provider"
PROFILE = {
    "name": "Riverside Center",
    "address": "12 Harbor Street, Albany, NY 12207",
    "phone": "",
    "email": "ce@example.org",
    "signer_name": "Maria Ortiz, LCSW",
    "signer_title": "Director",
} | profile.BEGINNINGS


@pytest.fixture
def ada_browser(sign_in_as: SignIn) -> TestClient:
    return sign_in_as("ada")


def picture(kind: str = "PNG", *, size: tuple[int, int] = (600, 200), mode: str = "RGBA") -> bytes:
    """Draw a picture that says more than it shows."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "A secret author")
    written = BytesIO()
    more = {"pnginfo": told} if kind == "PNG" else {"comment": b"A secret author"}
    Image.new(mode, size, "teal").save(written, kind, **more)
    return written.getvalue()


def send(browser: TestClient, content: bytes, name: str = "logo.png") -> Response:
    return browser.post(f"{PLACE}/logo", files={"logo": (name, content)}, headers=SAME)


def kept(house: FastAPI) -> list[ProviderLogo]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(ProviderLogo)))


def test_what_is_set_is_on_the_policies_page_and_its_history_is_kept(ada_browser: TestClient) -> None:
    assert ada_browser.post(PLACE, data=PROFILE, headers=SAME).status_code == 303
    again = PROFILE | {"name": "Riverside Institute"}
    assert ada_browser.post(PLACE, data=again, headers=SAME).status_code == 303
    assert "five working days" in ada_browser.get("/policies").text
    page = ada_browser.get(PLACE).text
    assert "Riverside Center" in page, "the name before"
    assert 'value="Riverside Institute"' in page


def test_nothing_is_written_where_nothing_changed(house: FastAPI, ada_browser: TestClient) -> None:
    for _ in range(2):
        ada_browser.post(PLACE, data=PROFILE, headers=SAME)
    with house.state.wiring.database.read() as db:
        assert len(provider.changes(db)) == 1


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"email": "nobody"}, {"grievance_policy": ""}, {"name": "x" * 121}, {"phone": "5\x075"}]
)
def test_a_mistake_comes_back_as_typed(house: FastAPI, ada_browser: TestClient, wrong: dict[str, str]) -> None:
    answer = ada_browser.post(PLACE, data=PROFILE | wrong, headers=SAME)
    assert answer.status_code == 422
    assert "12 Harbor Street" in answer.text
    with house.state.wiring.database.read() as db:
        assert not provider.current(db).is_named


@pytest.mark.parametrize("name", ["ana", "ines", "olu"])
def test_nobody_else_opens_it(sign_in_as: SignIn, name: str) -> None:
    browser = sign_in_as(name)
    assert browser.get(PLACE).status_code == 403
    assert browser.post(PLACE, data=PROFILE, headers=SAME).status_code == 403
    assert send(browser, picture()).status_code == 403


def test_an_auditor_reads_it_and_is_offered_no_act(sign_in_as: SignIn) -> None:
    gus = sign_in_as("gus")
    page = gus.get(PLACE)
    assert page.status_code == 200
    assert f'action="{PLACE}' not in page.text
    assert gus.post(PLACE, data=PROFILE, headers=SAME).status_code == 403
    assert send(gus, picture()).status_code == 403


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_drawn_anew_and_stands_on_each_page(
    house: FastAPI, ada_browser: TestClient, browser: TestClient, kind: str
) -> None:
    sent = picture(kind, size=(2400, 800), mode="RGB")
    assert b"secret" in sent
    assert send(ada_browser, sent).status_code == 303
    (logo,) = kept(house)
    assert (logo.width, logo.height) == (720, 240)
    assert b"secret" not in logo.content
    assert f'<img src="/logo/{logo.digest}.png" width="120" height="40" alt="">' in browser.get("/").text
    served = browser.get(f"/logo/{logo.digest}.png")
    assert (served.status_code, served.headers["content-type"]) == (200, "image/png")
    assert served.content == logo.content


def test_a_logo_is_taken_down_and_stays_what_it_was(house: FastAPI, ada_browser: TestClient) -> None:
    send(ada_browser, picture())
    assert ada_browser.post(f"{PLACE}/logo/remove", headers=SAME).status_code == 303
    assert "/logo/" not in ada_browser.get("/").text
    (logo,) = kept(house)
    assert ada_browser.get(f"/logo/{logo.digest}.png").status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        picture()[:200],
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        picture(size=(6000, 6000), mode="L"),
        picture() + b"\0" * LARGEST,
    ],
    ids=["nothing", "words", "svg", "half", "gif", "pixels", "bytes"],
)
def test_what_is_no_logo_is_refused_with_a_reason(house: FastAPI, ada_browser: TestClient, content: bytes) -> None:
    import weasyprint.images  # noqa: F401  # it tells Pillow to be content with half a picture

    answer = send(ada_browser, content)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert kept(house) == []


def test_a_picture_that_could_be_seen_through_stands_on_white() -> None:
    content, _ = logos._drawn_anew(picture())
    with Image.open(BytesIO(content)) as drawn:
        assert (drawn.mode, drawn.getpixel((0, 0))) == ("RGB", (255, 255, 255))


def test_what_is_not_a_form_with_files_is_refused(ada_browser: TestClient) -> None:
    assert ada_browser.post(f"{PLACE}/logo", data={"logo": "x"}, headers=SAME).status_code == 415


def test_a_logo_nobody_sent_is_not_found(browser: TestClient) -> None:
    assert browser.get(f"/logo/{'0' * 64}.png").status_code == 404
