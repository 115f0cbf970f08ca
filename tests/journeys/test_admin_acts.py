"""Certificates are found, corrected, issued anew and revoked by administrators, by keyboard and without a script."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from cast import EMAILS, NOON
from inspectors import Inspector
from makers import evaluate, make_enrollment, read_everything
from open_houses import OpenHouse
from playwright.sync_api import Locator, expect
from sqlmodel import Session
from walkers import NAME, Walk, Walker

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.awards import completion
from app.awards.issuer import Issuer
from app.content.course import Kind
from app.identity import licenses, people
from app.kit.database import open_database
from app.kit.signing import KeptInFolder
from app.learning import beats
from app.learning.beats import Beat
from app.library import editions

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

CODE = "social-media-and-confidentiality"
LIST = "/admin/certificates"
REASON = "She told us that her license was renewed under another number."


def staff(house: OpenHouse) -> None:
    """Give three of the cast accounts for what they are to do: two administrators and somebody of a board."""
    for name, role in (("ada", "admin"), ("ines", "admin"), ("olu", "officer")):
        house.run("people", "add", EMAILS[name], "--role", role)


def certify(house: OpenHouse, email: str = EMAILS["ana"], *, name: str = NAME) -> str:
    """Let somebody earn a certificate at her second try, after some time with the text; give its number."""
    database = open_database(house.database_url)
    issuer = Issuer(address=house.address, demonstration=True, signer=KeptInFolder(house.folder / "keys"))
    with database.write() as db:
        edition = editions.current(db, CODE)
        person = people.find_or_add(db, email, now=NOON)
        enrollment = make_enrollment(db, person, edition)
        licenses.confirm(db, person, ("NY", "LCSW", "081234-1"), now=NOON)
        for minutes in range(1, 24):
            module = edition.course.modules[minutes > 14]
            opened_at = NOON + timedelta(minutes=minutes - 1)
            beat = Beat(module.slug, 55, key=f"beat-{minutes}", opened_at=opened_at)
            beats.take(db, person, enrollment.id, beat, now=opened_at + timedelta(minutes=1))
        later = NOON + timedelta(minutes=30)
        read_everything(db, enrollment, now=later)
        for minutes, passes in ((9, False), (20, True)):
            attempt = attempts.start(db, enrollment, now=later + timedelta(minutes=minutes - 7))
            answer(db, attempt, passes=passes, now=later + timedelta(minutes=minutes - 1))
            attempts.submit(db, attempt, now=later + timedelta(minutes=minutes))
        evaluate(db, enrollment, person, name=name, now=later + timedelta(minutes=25))
        done = completion.settle(db, enrollment, person, issuer=issuer, now=later + timedelta(minutes=25))
        assert done is not None
        number = done.number
    database.close()
    return number


def answer(db: Session, attempt: Attempt, *, passes: bool, now: datetime) -> None:
    """Answer every question rightly, or leave them all but the first."""
    for slot in attempts.paper(db, attempt).slots[: None if passes else 1]:
        rights = [number for number, option in enumerate(slot.question.options, 1) if option.right]
        said = rights if slot.question.kind == Kind.CHOOSE_ALL else rights[0]
        key = f"answer-{attempt.id}-{slot.number}"
        attempts.save_answer(db, attempt, slot.question.id, said, sequence=slot.number, key=key, now=now)


def enters(walker: Walker, path: str = LIST) -> Inspector:
    """Sign in at a page of the staff; give somebody who looks at every place from here on."""
    walker.goes_to(path)
    walker.comes_in()
    return Inspector(walker)


def main(walker: Walker) -> Locator:
    return walker.page.get_by_role("main")


def presses_by_keyboard(walker: Walker, words: str) -> None:
    """Go to a button or a link with the keyboard, and use it."""
    target = (
        main(walker)
        .get_by_role("button", name=words, exact=True)
        .or_(main(walker).get_by_role("link", name=words, exact=True))
    )
    for _ in range(60):
        walker.page.keyboard.press("Tab")
        if target.first.evaluate("(one) => one === document.activeElement"):
            break
    expect(target.first).to_be_focused()
    walker.page.keyboard.press("Enter")


def test_a_name_is_corrected_at_once_by_keyboard_alone(open_house: OpenHouse, walk: Walk) -> None:
    staff(open_house)
    number = certify(open_house)
    ada = walk("ada", open_house)
    looks = enters(ada)
    looks("certificates")
    ada.page.get_by_label("Find a certificate").focus()
    ada.page.keyboard.type("o’neill")
    ada.page.keyboard.press("Enter")
    ada.reads("Certificates")
    main(ada).get_by_role("link", name=re.compile("^[0-9A-Z]{4}-")).first.focus()
    ada.page.keyboard.press("Enter")
    expect(main(ada)).to_contain_text("Valid")
    looks("certificate, valid")
    presses_by_keyboard(ada, "Correct")
    ada.reads("Correct")
    looks("correct")
    ada.page.get_by_label("Name of the holder").focus()
    ada.page.keyboard.press("Control+a")
    ada.page.keyboard.type("Ana Maria O’Neill")
    ada.page.get_by_label("Ethics").focus()
    ada.page.keyboard.type("half of ")
    ada.page.get_by_label("Why is it corrected?").focus()
    ada.page.keyboard.type(REASON)
    presses_by_keyboard(ada, "Correct the certificate")
    summary = ada.page.get_by_role("alert")
    expect(summary).to_be_focused()
    looks("correct, to put right")
    ada.was_told("status of 422")
    ada.page.keyboard.press("Tab")
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_label("Ethics")).to_be_focused()
    ada.page.keyboard.press("Control+a")
    ada.page.keyboard.type("0.5")
    presses_by_keyboard(ada, "Correct the certificate")
    expect(main(ada)).to_contain_text("It took the place of")
    expect(main(ada)).to_contain_text("Ana Maria O’Neill")
    looks("certificate, that replaced another")
    ada.goes_to(f"{LIST}/{number}")
    expect(main(ada)).to_contain_text("Replaced, because it was corrected")
    looks("certificate, replaced")
    assert looks.findings == []


def test_a_date_takes_two_people_and_the_holder_is_led_to_what_counts(open_house: OpenHouse, walk: Walk) -> None:
    staff(open_house)
    number = certify(open_house)
    ada, ines = walk("ada", open_house, scripts=False), walk("ines", open_house)
    looks = enters(ada, f"{LIST}/{number}/correct")
    ada.page.get_by_label("Completion date").fill("2026-11-18")
    ada.page.get_by_label("Ethics").fill("1.5")
    ada.page.get_by_label("Why is it corrected?").fill("The clock of the site was two days fast.")
    ada.presses("Correct the certificate")
    expect(main(ada)).to_contain_text("A second person has to decide")
    expect(ada.page.get_by_role("button", name="Agree, and correct it")).to_have_count(0)

    others = enters(ines)
    expect(main(ines)).to_contain_text("You can decide")
    others("certificates, one waits")
    main(ines).locator(".waiting a").first.click()
    expect(main(ines)).to_contain_text("November 18, 2026")
    others("certificate, to decide")
    ines.presses("Agree, and correct it")
    expect(main(ines)).to_contain_text("It took the place of")

    ana = walk("ana", open_house)
    hers = enters(ana, f"/certificates/{number}")
    expect(main(ana)).to_contain_text("This certificate was corrected")
    hers("certificate of hers, replaced")
    main(ana).locator(".notice a").click()
    expect(main(ana)).to_contain_text("It took the place of another certificate")
    hers("certificate of hers, that replaced another")
    ana.goes_to("/account/records")
    expect(main(ana)).to_contain_text("1.5 contact hours (60 minutes) in all")
    assert looks.findings + others.findings + hers.findings == []


def test_one_is_issued_anew_and_revoked(open_house: OpenHouse, walk: Walk) -> None:
    staff(open_house)
    number = certify(open_house)
    ada = walk("ada", open_house)
    looks = enters(ada, f"{LIST}/{number}/reissue")
    looks("reissue")
    ada.page.get_by_label("Why is it issued anew?").fill("The key that sealed it was replaced.")
    ada.presses("Issue it anew")
    ada.follows("Revoke")
    looks("revoke")
    ada.page.get_by_label("It was issued in error.").check()
    ada.page.get_by_label("The reason in words").fill("Issued twice for one completion.")
    ada.page.get_by_label("Yes, I know that this is for good.").check()
    ada.presses("Revoke the certificate")
    expect(main(ada)).to_contain_text("Issued twice for one completion.")
    looks("certificate, revoked")
    assert looks.findings == []


def test_a_board_sees_what_led_to_it_and_she_sees_who_looked(open_house: OpenHouse, walk: Walk) -> None:
    staff(open_house)
    number = certify(open_house)
    olu, ana = walk("olu", open_house), walk("ana", open_house)
    theirs = enters(olu, f"/v/{number}/evidence")
    olu.reads("Evidence sheet")
    theirs("evidence sheet of the staff")
    hers = enters(ana, f"/certificates/{number}/evidence")
    expect(main(ana)).to_contain_text(EMAILS["olu"])
    hers("evidence sheet of hers")
    assert olu.page.locator(".sheet").inner_text() == ana.page.locator(".sheet").inner_text()
    with ana.page.expect_download() as coming:
        ana.follows("Download the PDF")
    assert coming.value.suggested_filename == f"evidence-{number}.pdf"
    assert coming.value.path().read_bytes().startswith(b"%PDF-")
    assert theirs.findings + hers.findings == []
