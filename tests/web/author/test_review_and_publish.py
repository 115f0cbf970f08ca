"""Review and publish in the browser: asked for, signed by somebody else, published once, taken back, retired."""

from __future__ import annotations

import re

import pytest
import steps
from cast import EMAILS, NOON, join
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, send
from httpx2 import Response
from makers import make_draft
from sqlmodel import select
from ways import counted

from app.audit import OPERATOR, AuditLine
from app.identity import people
from app.identity.people import Role
from app.library import drafts, editions

LICENSE = "NJ LCSW 44SC1"
SAME = {"sec-fetch-site": "same-origin"}
MOST = 12  # queries of one page


@pytest.fixture
def draft_id(house: FastAPI) -> int:
    with house.state.wiring.database.write() as db:
        return make_draft(db, join(db, "ines"), code=steps.CODE).id


@pytest.fixture
def ines(sign_in_as: SignIn, draft_id: int) -> TestClient:
    """Ines's browser: the author."""
    assert draft_id
    return sign_in_as("ines")


@pytest.fixture
def ada(sign_in_as: SignIn, draft_id: int) -> TestClient:
    """Ada's browser: the second person."""
    assert draft_id
    return sign_in_as("ada")


def page(browser: TestClient, draft_id: int, below: str = "/publish") -> Response:
    answer = browser.get(f"/author/courses/{draft_id}{below}")
    assert answer.status_code == 200, answer.text
    return answer


def sign(ada: TestClient, draft_id: int, **typed: str) -> Response:
    given = {"name": "Ada Brennan", "license": LICENSE, "note": "Sound."} | typed
    return send(ada, page(ada, draft_id), "/review/sign", **given)


def publish(ines: TestClient, draft_id: int) -> Response:
    return send(ines, page(ines, draft_id), "/publish")


def change(house: FastAPI, draft_id: int, old: str, new: str, *, name: str = "01-rules.md") -> None:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        author = join(db, "ines")
        draft = drafts.of(db, author, draft_id)
        opened = drafts.read(db, draft, name)
        assert old in opened.text
        drafts.write(db, draft, name, opened.text.replace(old, new), over=opened.over, by=author, now=NOON)


@pytest.fixture
def ben(sign_in_as: SignIn) -> TestClient:
    """Ben's browser: a learner who has begun nothing."""
    return sign_in_as("ben")


@pytest.fixture
def published(ines: TestClient, ada: TestClient, draft_id: int) -> str:
    """The address of the course, published."""
    assert sign(ada, draft_id).status_code == 303
    assert publish(ines, draft_id).status_code == 303
    return f"/courses/{steps.CODE}"


# --- the way to an edition ---------------------------------------------------------------------------------------


def test_a_course_is_asked_about_signed_by_somebody_else_and_published(
    ines: TestClient, ada: TestClient, draft_id: int, ben: TestClient
) -> None:
    first = page(ines, draft_id)
    assert "A first edition." in first.text
    assert "/publish" not in re.findall(r'action="([^"]*)"', first.text), "no button before the signature"
    asked = follow(ines, send(ines, first, "/review/ask", note="Please look at the exam."))
    assert "asked for a review" in asked.text
    assert "Please look at the exam." in page(ada, draft_id).text
    assert f"/author/courses/{draft_id}/publish" in ada.get("/author").text
    signed = follow(ada, sign(ada, draft_id))
    assert "Ada Brennan" in signed.text
    assert LICENSE in signed.text
    done = follow(ines, publish(ines, draft_id))
    assert "This very text is what" in done.text
    assert f'href="/courses/{steps.CODE}"' in done.text
    assert ben.get(f"/courses/{steps.CODE}").status_code == 200


def test_whoever_wrote_it_is_offered_no_signature_and_gets_none(ines: TestClient, draft_id: int) -> None:
    shown = page(ines, draft_id)
    assert "/review/sign" not in shown.text
    text = re.search(r'name="text" value="(\w+)"', shown.text)
    typed = {"name": "Ines Duarte", "license": LICENSE, "text": text[1] if text else "", "note": ""}
    assert ines.post(f"/author/courses/{draft_id}/review/sign", data=typed).status_code in {403, 409}
    assert "Ines Duarte" not in page(ines, draft_id).text


def test_a_signature_without_a_license_comes_back_as_typed(ada: TestClient, draft_id: int) -> None:
    answer = sign(ada, draft_id, license=" ", note="A long remark.")
    assert answer.status_code == 422
    assert "Enter the state, type and number of your license" in answer.text
    assert "A long remark." in answer.text


def test_what_was_changed_after_the_page_was_made_is_neither_signed_nor_published(
    house: FastAPI, ines: TestClient, ada: TestClient, draft_id: int, published: str
) -> None:
    change(house, draft_id, "two rules", "a few rules")
    hers, his = page(ines, draft_id), page(ada, draft_id)
    change(house, draft_id, "a few rules", "some rules")
    typed = {"name": "Ada Brennan", "license": LICENSE, "note": ""}
    for answer in (send(ines, hers, "/publish"), send(ada, his, "/review/sign", **typed)):
        assert answer.status_code == 409
        assert "The text was changed after you opened this page" in answer.text
    assert published


def test_a_minor_change_says_what_it_is_shows_it_and_goes_without_a_signature(
    house: FastAPI, ines: TestClient, draft_id: int, published: str
) -> None:
    change(house, draft_id, "two rules", "a few rules")
    shown = page(ines, draft_id)
    assert "A minor change." in shown.text
    assert re.search(r"<del>.*two</del>", shown.text)
    assert re.search(r"<ins>.*a few</ins>", shown.text)
    assert publish(ines, draft_id).status_code == 303
    assert "Minor change, not reviewed again" in page(ines, draft_id, "/editions").text
    assert published


def test_a_draft_that_was_overtaken_shows_it_and_goes_over_by_its_own_button(
    house: FastAPI, ines: TestClient, draft_id: int, published: str
) -> None:
    with house.state.wiring.database.read() as db:
        first = editions.current(db, steps.CODE)
    change(house, draft_id, "two rules", "a few rules")
    late = page(ines, draft_id)
    change(house, draft_id, "a few rules", "some rules")
    publish(ines, draft_id)
    change(house, draft_id, "some rules", "a few rules")
    answer = send(ines, late, "/publish")
    assert answer.status_code == 409
    assert "Nothing was published. Edition" in answer.text
    with house.state.wiring.database.write() as db:
        drafts.rest_on(db, drafts.of(db, join(db, "ines"), draft_id), first)
    assert "Publish over edition" in page(ines, draft_id).text
    assert publish(ines, draft_id).status_code == 303
    assert published


def test_a_course_with_errors_leads_to_its_problems(house: FastAPI, ines: TestClient, draft_id: int) -> None:
    change(house, draft_id, "level: beginning", "level: easy", name="course.md")
    shown = page(ines, draft_id)
    assert "Errors keep a course from being" in shown.text
    assert f'href="/author/courses/{draft_id}/problems"' in shown.text
    assert "/review/sign" not in shown.text


# --- editions ----------------------------------------------------------------------------------------------------


def test_editions_are_listed_compared_rolled_back_retired_and_offered_again(
    house: FastAPI, ines: TestClient, draft_id: int, published: str, ben: TestClient
) -> None:
    change(house, draft_id, "two rules", "a few rules")
    publish(ines, draft_id)
    listed = page(ines, draft_id, "/editions")
    assert listed.text.count("Edition <span") == 2
    assert listed.text.count(">Served<") == 1
    href = re.search(r'href="(/author/[^"]*diff[^"]*)"', listed.text)
    assert href
    assert "A minor change." in ines.get(href[1].replace("&amp;", "&")).text
    assert send(ines, listed, "/editions/roll-back", reason="Better so.").status_code == 303
    assert send(ines, page(ines, draft_id, "/editions"), "/editions/retire", reason="The law.").status_code == 303
    assert ben.get(published).status_code == 410
    retired = page(ines, draft_id, "/editions")
    assert "The law." in retired.text
    assert send(ines, retired, "/editions/offer").status_code == 303
    assert ben.get(published).status_code == 200
    with house.state.wiring.database.read() as db:
        acts = [line.act for line in db.exec(select(AuditLine).order_by(AuditLine.id))]
    assert acts[-3:] == ["edition.rolled_back", "course.retired", "course.offered_again"]


def test_an_edition_of_another_course_is_not_compared_here(
    house: FastAPI, ines: TestClient, draft_id: int, published: str
) -> None:
    with house.state.wiring.database.read() as db:
        short = editions.current(db, steps.CODE).short
    with house.state.wiring.database.write() as db:
        other = make_draft(db, join(db, "ines"), code="another-course").id
    assert ines.get(f"/author/courses/{other}/editions/diff?old={short}&new={short}").status_code == 404
    assert ines.get(f"/author/courses/{draft_id}/editions/diff?old={short}&new={short}").status_code == 200
    assert published


def test_a_learner_is_let_into_none_of_it_and_a_reviewer_publishes_nothing(
    house: FastAPI, sign_in_as: SignIn, draft_id: int
) -> None:
    ben, reviewer = sign_in_as("ben"), sign_in_as("olu")
    for below in ("/publish", "/editions", "/editions/diff"):
        assert ben.get(f"/author/courses/{draft_id}{below}").status_code == 403
    with house.state.wiring.database.write() as db:
        people.give_role(db, people.find_or_add(db, EMAILS["olu"], now=NOON), Role.REVIEWER, by=OPERATOR, now=NOON)
    shown = page(reviewer, draft_id)
    assert "/review/sign" in shown.text
    assert "/review/ask" not in shown.text
    for below in ("/publish", "/review/ask", "/editions/retire"):
        assert reviewer.post(f"/author/courses/{draft_id}{below}", data={"text": "x"}).status_code == 403


# --- a learner chooses -------------------------------------------------------------------------------------------


def test_a_learner_in_the_middle_reads_what_is_different_and_takes_it(
    house: FastAPI, ines: TestClient, ada: TestClient, draft_id: int, published: str, sign_in_as: SignIn
) -> None:
    ana = sign_in_as("ana")
    ana.post(f"{published}/modules/rules/done")
    change(house, draft_id, "- (x) The first\n- ( ) The second", "- ( ) The first\n- (x) The second", name="exam.md")
    sign(ada, draft_id)
    publish(ines, draft_id)
    for address in (published, f"{published}/modules/rules", f"{published}/exam"):
        with counted(house) as statements:
            assert "There is a newer edition of this course" in ana.get(address).text
        assert len(statements) <= MOST, (address, statements)
    with counted(house) as statements:
        choice = ana.get(f"{published}/edition")
    assert len(statements) <= MOST, statements
    assert "The exam has other questions." in choice.text
    assert "“The rules” stays done." in choice.text
    assert "Which rule comes first" not in choice.text, "no question is told"
    assert send(ana, choice, "/edition", edition="newer").status_code == 303
    assert "There is a newer edition" not in ana.get(published).text
    assert ana.get(f"{published}/edition").headers["location"] == published
    assert ana.post(f"{published}/edition", data={"edition": "newer"}, headers=SAME).status_code == 409


def test_a_learner_who_finishes_what_she_began_is_not_asked_again(
    house: FastAPI, ines: TestClient, ada: TestClient, draft_id: int, published: str, sign_in_as: SignIn
) -> None:
    ana = sign_in_as("ana")
    ana.post(f"{published}/modules/rules/done")
    change(house, draft_id, "pass: 80", "pass: 70", name="course.md")
    sign(ada, draft_id)
    publish(ines, draft_id)
    send(ana, ana.get(f"{published}/edition"), "/edition", edition="begun")
    assert "There is a newer edition" not in ana.get(published).text
    assert "You pass with 80%" in ana.get(f"{published}/exam").text
    assert "You pass with 70%" in sign_in_as("ben").get(f"{published}/exam").text


def test_a_retired_course_is_finished_by_whoever_has_begun_it(
    ines: TestClient, draft_id: int, published: str, sign_in_as: SignIn, ben: TestClient
) -> None:
    ana = sign_in_as("ana")
    ana.post(f"{published}/modules/rules/done")
    send(ines, page(ines, draft_id, "/editions"), "/editions/retire", reason="The law.")
    assert published not in ben.get("/").text
    assert "A Small Course" in ana.get("/").text, "what she has begun stays in her list"
    started = send(ana, ana.get(f"{published}/exam"), "/exam")
    assert started.headers["location"].startswith("/attempts/")
