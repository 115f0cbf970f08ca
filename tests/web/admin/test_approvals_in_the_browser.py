"""Approvals in the office: added from a wording, seen as they would print, ended, withdrawn, and told of in time."""

from __future__ import annotations

import pytest
import staff
from conftest import SignIn, StillClock
from fastapi.testclient import TestClient
from forms import Form, read, send
from httpx2 import Response
from makers import ACE, make_approval, make_edition

from app.library import approvals
from app.request import Wiring

pytest_plugins = ["visitors", "colleagues"]

SAME = {"sec-fetch-site": "same-origin"}
FORM = "/admin/approvals/new"


@pytest.fixture
def one(wired: Wiring) -> None:
    """An approval that covers a course."""
    with wired.database.write() as db:
        make_edition(db)
        make_approval(db)


def entry(page: Response) -> Form:
    """Give the form that an approval is entered with: the other one of the page chooses a wording."""
    return next(one for one in read(page).forms if (one.action, one.method) == (FORM, "post"))


def enter(client: TestClient, page: Response, **values: str | list[str]) -> Response:
    return client.post(FORM, data=entry(page).filled(values), headers=SAME)


def approval(**more: str | list[str]) -> dict[str, str | list[str]]:
    return {name: value for name, value in ACE.items() if isinstance(value, str | list)} | {"act": "add"} | more


def test_an_approval_is_added_from_a_wording_and_says_what_would_print(wired: Wiring, sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    with wired.database.write() as db:
        make_edition(db)
    begun = ada.get(f"{FORM}?wording=ace")
    assert "Compare it with your own approval letter" in begun.text
    assert "is approved as an ACE provider" in entry(begun).filled({})["statement"][0]
    seen = enter(ada, begun, **approval(act="preview", statement="{provider} gives {hours} {hour_types}."))
    assert "gives 0.5 ethics." in seen.text
    with wired.database.read() as db:
        assert approvals.all_of(db) == [], "a preview keeps nothing"
    added = enter(ada, seen, **approval())
    assert added.status_code == 303, added.text[:2_000]
    page = ada.get(added.headers["location"])
    assert "Holds" in page.text
    assert "A Small Course" in page.text
    assert "No certificate prints it." in page.text


def test_a_preview_says_why_nothing_would_print(wired: Wiring, sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    with wired.database.write() as db:
        make_edition(db)
    begun = ada.get(FORM)
    other_format = enter(ada, begun, **approval(act="preview", formats=["in-person"]))
    assert "does not cover its format: reading online" in other_format.text
    other_hours = enter(ada, begun, **approval(act="preview", hour_types=["supervision"]))
    assert "covers none of the types of hours" in other_hours.text
    unknown = enter(ada, begun, **approval(act="preview", statement="{nonsense}"))
    assert "unknown place “nonsense”" in unknown.text


def test_what_is_missing_is_told_at_once_and_what_is_there_twice_is_refused(sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    begun = ada.get(FORM)
    empty = enter(ada, begun, act="add", scope="course")
    assert empty.status_code == 422
    for name in (
        "body",
        "provider_number",
        "valid_from",
        "valid_to",
        "statement",
        "formats",
        "hour_types",
        "course_code",
    ):
        assert f'href="#field-{name}"' in empty.text, name
    assert enter(ada, begun, **approval()).status_code == 303
    twice = enter(ada, begun, **approval())
    assert twice.status_code == 422
    assert "This approval is there already" in twice.text
    backwards = enter(ada, begun, **approval(body="Another", valid_to="2025-01-01"))
    assert "is before" in backwards.text


@pytest.mark.usefixtures("one")
def test_an_approval_is_ended_and_withdrawn_with_a_word_and_its_history_shown(
    wired: Wiring, sign_in_as: SignIn
) -> None:
    ada, at = sign_in_as("ada"), "/admin/approvals/1"
    asked = ada.get(f"{at}/end")
    wrong = send(ada, asked, f"{at}/end", last_day="someday", reason="")
    assert wrong.status_code == 422
    assert "Enter the date like" in wrong.text
    assert send(ada, asked, f"{at}/end", last_day="2027-06-30", reason="Given up.").status_code == 303
    page = ada.get(at)
    assert "June 30, 2027" in page.text
    assert "Given up." in page.text
    assert send(ada, ada.get(f"{at}/end"), f"{at}/withdraw", why=" ").status_code == 422
    assert send(ada, ada.get(f"{at}/end"), f"{at}/withdraw", why="Wrong number.").status_code == 303
    assert "Withdrawn" in ada.get("/admin/approvals").text
    (line,) = staff.lines(wired, "approval.withdrawn")
    assert line.actor_label == "ada@example.org"


def test_what_ends_soon_stands_on_top(wired: Wiring, sign_in_as: SignIn) -> None:
    with wired.database.write() as db:
        make_approval(db, valid_to="2026-12-10")
    ada = sign_in_as("ada")
    for place in ("/admin/approvals", "/admin/approvals/1"):
        assert "ends in 20 days" in ada.get(place).text
    assert "1 approval ends soon" in ada.get("/admin").text


def test_ending_an_approval_takes_a_fresh_proof(ada_browser: TestClient, clock: StillClock) -> None:
    clock.pass_time(minutes=16)
    for act in ("end", "withdraw"):
        answer = ada_browser.post(f"/admin/approvals/1/{act}", data={"reason": "Ours no more.", "why": "A slip."})
        assert answer.headers["location"].startswith("/sign-in/prove"), act
