"""Passkeys in a real browser, whose device is made of software; an app; and each page looked at by an inspector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import EMAILS
from devices import code_of
from inspectors import Inspector
from open_houses import OpenHouse, free_port
from playwright.sync_api import CDPSession, expect
from walkers import Walk, Walker

from app.kit.clock import system_clock

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def house_with_a_name(sqlite_url: str, tmp_path: Path) -> Iterator[OpenHouse]:
    """A house that browsers keep passkeys for."""
    house = OpenHouse(tmp_path, sqlite_url, free_port(), name="localhost")
    house.open()
    yield house
    house.close()


def given_a_device(walker: Walker) -> tuple[CDPSession, str]:
    """Give her browser a device that keeps passkeys, and a finger that is always there."""
    line = walker.page.context.new_cdp_session(walker.page)
    line.send("WebAuthn.enable")
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def arrives(walker: Walker, path: str) -> None:
    """Make sure that she is there, and not only on her way."""
    expect(walker.page).to_have_url(f"{walker.house.address}{path}")


def test_an_administrator_comes_in_by_a_code_adds_a_passkey_and_comes_back_in_one_tap(
    house_with_a_name: OpenHouse, walk: Walk
) -> None:
    house_with_a_name.run("people", "add", EMAILS["ada"], "--role", "admin")
    ada = walk("ada", house_with_a_name)
    looks = Inspector(ada)
    line, device = given_a_device(ada)
    ada.goes_to("/admin/certificates")
    looks("sign-in with a passkey")
    ada.signs_in()
    ada.reads("Set up a second way to sign in")
    looks("set up a second way")
    ada.follows("Add a passkey")
    ada.reads("Add a passkey")
    looks("add a passkey")
    ada.page.get_by_label("What to call it").fill("Laptop at work")
    ada.presses("Add a passkey")
    arrives(ada, "/admin/certificates")
    ada.goes_to("/account/security")
    expect(ada.page.get_by_role("main")).to_contain_text("Laptop at work")
    looks("signing in, a passkey")
    sets_an_app_up(ada, looks)
    ada.presses("Make recovery codes")
    ada.reads("Your recovery codes")
    looks("recovery codes")
    ada.goes_to("/account/sign-ins")
    expect(ada.page.get_by_role("main")).to_contain_text("Chrome on Linux")
    looks("sign-ins")
    ada.goes_to("/account/address")
    looks("address")
    ada.goes_to("/sign-in/prove?next=/account")
    looks("prove")
    ada.presses("Use your passkey")
    arrives(ada, "/account")
    ada.presses("Sign out")
    arrives(ada, "/")
    ada.goes_to("/sign-in?next=/account")
    ada.presses("Sign in with a passkey")
    arrives(ada, "/account")
    expect(ada.page.get_by_role("main")).to_contain_text(EMAILS["ada"])
    line.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    assert looks.findings == []


def sets_an_app_up(ada: Walker, looks: Inspector) -> None:
    ada.presses("Set up an app")
    looks("authenticator")
    secret = ada.page.locator(".secret-key").inner_text()
    ada.page.get_by_label("The six digits your app shows now").fill(code_of(secret, system_clock()))
    ada.presses("Confirm")
    ada.reads("Signing in")
    looks("signing in, all set up")


def test_without_a_script_a_passkey_is_told_away_and_the_code_works(house_with_a_name: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", house_with_a_name, scripts=False)
    ana.goes_to("/sign-in?next=/account")
    main = ana.page.get_by_role("main")
    expect(main).to_contain_text("This needs JavaScript")
    expect(main.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    ana.signs_in()
    arrives(ana, "/account")
