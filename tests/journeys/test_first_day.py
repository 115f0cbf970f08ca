"""The first day of a provider: from the link that a start prints to a learner's first enrollment, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep

import pytest
from cast import EMAILS
from devices import code_of
from inspectors import Inspector
from open_houses import OpenHouse, free_port
from PIL import Image
from playwright.sync_api import expect
from walkers import Walk, Walker

from app.kit.clock import system_clock

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

COURSE = "Social Media and Confidentiality"
NAME = "Hudson Valley Learning"


@pytest.fixture
def empty_house(sqlite_url: str, tmp_path: Path) -> Iterator[OpenHouse]:
    """A house that others can reach, and in which nobody is anything yet."""
    house = OpenHouse(tmp_path, sqlite_url, free_port(), name="localhost")
    house.open()
    yield house
    house.close()


def in_mail(house: OpenHouse, email: str, pattern: str) -> str:
    """Read what a letter says, once it has come."""
    deadline = monotonic() + 30
    while monotonic() < deadline:
        for letter in house.folder.glob("mail/*.eml"):
            message = message_from_bytes(letter.read_bytes(), _class=EmailMessage, policy=policy.default)
            plain = message.get_body(("plain",)) if message["To"] == email else None
            if plain and (found := re.search(pattern, plain.get_content())):
                return found[1]
        sleep(0.05)
    raise AssertionError(house.log)


def sets_an_app_up(walker: Walker, *, from_the_door: bool) -> None:
    """Set up an authenticator: at the door of the staff, or from her account."""
    if from_the_door:
        walker.follows("Set up an app")
        walker.presses("Show me the picture to scan")
    else:
        walker.presses("Set up an app")
    secret = walker.page.locator(".secret-key").inner_text()
    walker.page.get_by_label("The six digits your app shows now").fill(code_of(secret, system_clock()))
    walker.presses("Confirm")


def says_who_she_is(ada: Walker, looks: Inspector) -> None:
    link = re.search(r"http://localhost:\d+(/setup/\S+)", ada.house.log)
    assert link is not None, "the start prints it"
    ada.goes_to(link[1])
    ada.reads("Set up this site")
    looks("first day, set up")
    ada.page.get_by_label("Your e-mail address").fill(EMAILS["ada"])
    ada.page.get_by_label("Your name").fill("Ada Okafor")
    ada.presses("Become the administrator")
    ada.reads("Who is the provider?")
    looks("first day, provider")
    told = {"Name of the provider": NAME, "Address": "12 Elm Street, Albany, NY 12207", "E-mail": "ce@example.org"}
    told |= {"Name, with credentials": "Margaret Olusanya, LCSW", "Title": "Director of Continuing Education"}
    for label, words in told.items():
        ada.page.get_by_label(re.compile(f"^{label}")).fill(words)
    ada.presses("Save, and go on")
    ada.reads("Your site is set up")
    looks("first day, next")


def shows_a_logo(ada: Walker, looks: Inspector) -> None:
    picture = ada.house.folder / "logo.png"
    Image.new("RGB", (420, 120), "#0f5c5c").save(picture)
    ada.follows("Add it")
    ada.page.get_by_label("Choose a logo").set_input_files(picture)
    ada.presses("Show this logo")
    expect(ada.page.locator(".header img")).to_be_visible()  # its name stands beside it, so it is said once
    looks("first day, logo")


def adds_an_approval(ada: Walker, looks: Inspector) -> None:
    ada.goes_to("/admin/approvals/new")
    looks("first day, approval, blank")
    ada.page.get_by_label("Begin with a wording").select_option(index=1)
    ada.presses("Take this wording")
    ada.page.get_by_label("Number of the approval").fill("1234")
    ada.page.get_by_role("checkbox", name=re.compile("^Reading")).check()
    ada.page.get_by_role("checkbox", name=re.compile("^Ethics")).check()
    ada.page.get_by_label("First day").fill("2026-01-01")
    ada.page.get_by_label("Last day").fill("2029-12-31")
    ada.presses("Show the sentence")
    expect(ada.page.locator("#sentence")).to_contain_text(NAME)
    looks("first day, approval, as it would print")
    ada.presses("Add the approval")
    expect(ada.page.get_by_role("main")).to_contain_text("1234")
    looks("first day, approvals")


def invites(ada: Walker, looks: Inspector) -> None:
    ada.goes_to("/admin/people/invite")
    ada.page.get_by_label("Her e-mail address").fill(EMAILS["ines"])
    ada.page.get_by_role("radio", name=re.compile("^Instructor")).check()
    looks("first day, invitation")
    ada.presses("Send the invitation")
    expect(ada.page.get_by_role("main")).to_contain_text(EMAILS["ines"])


def accepts(ines: Walker, looks: Inspector) -> None:
    ines.goes_to(in_mail(ines.house, EMAILS["ines"], r"http://localhost:\d+(/invitation/\S+)"))
    ines.reads("You are invited")
    looks("first day, invited")
    ines.presses("Accept, and sign in")
    ines.reads("Set up a second way to sign in")
    sets_an_app_up(ines, from_the_door=True)
    expect(ines.page).to_have_url(f"{ines.house.address}/author")
    looks("first day, the Studio")


def test_from_the_printed_link_to_the_first_enrollment(empty_house: OpenHouse, walk: Walk) -> None:
    ada = walk("ada", empty_house)
    looks = Inspector(ada)
    says_who_she_is(ada, looks)
    shows_a_logo(ada, looks)
    ada.goes_to("/account/security")
    sets_an_app_up(ada, from_the_door=False)
    adds_an_approval(ada, looks)
    invites(ada, looks)
    ines = walk("ines", empty_house)
    seen = Inspector(ines)
    accepts(ines, seen)
    ana = walk("ana", empty_house)
    ana.starts_the_exam()
    ada.goes_to("/admin/enrollments")
    expect(ada.page.get_by_role("main")).to_contain_text(EMAILS["ana"])
    expect(ada.page.get_by_role("main")).to_contain_text(COURSE)
    looks("first day, enrollments")
    ada.follows(EMAILS["ana"])
    looks("first day, a person")
    ada.follows("Merge this account into another one")
    looks("first day, merging")
    ada.page.get_by_label("Her other address, which stays").fill(EMAILS["ines"])
    ada.presses("Show both accounts")
    expect(ada.page.get_by_role("columnheader", name="This one stays")).to_be_in_viewport()
    looks("first day, both accounts")
    ana.goes_to("/account/looks")
    expect(ana.page.get_by_role("main")).to_contain_text(f"An administrator of {NAME}")
    assert looks.findings + seen.findings == []
