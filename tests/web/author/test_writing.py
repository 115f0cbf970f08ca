"""The Studio without a script: a course begun, written, looked through, and nothing ever lost."""

from __future__ import annotations

import pytest
import writing
from conftest import Postbox, SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, send
from sqlmodel import col, select
from steps import sign_in
from writing import CODE, MODULE, TITLE, Writer

from app.identity.kept_forms import KeptForm
from app.identity.sign_in import IDLE
from app.library.drafts import DraftRevision
from app.library.limits import TEXT_LARGEST

pytest_plugins = ["writers"]

MISTAKE = "\n\nWho says so? [@nobody]\n"


def test_a_new_course_begins_whole_and_without_a_problem(writer: Writer) -> None:
    page = writer.opens()
    assert TITLE in page.text
    assert "No problems. It can be published." in page.text
    assert MODULE in page.text


def test_a_course_needs_a_title_and_says_so_where_it_is_typed(sign_in_as: SignIn) -> None:
    ines = sign_in_as("ines")
    again = send(ines, ines.get("/author/new"), "/author/new", title=" ", code="Not a code")
    assert again.status_code == 422
    assert "Give the course a title." in again.text
    assert 'value="Not a code"' in again.text


def test_two_courses_do_not_share_an_address(writer: Writer) -> None:
    again = send(writer.browser, writer.browser.get("/author/new"), "/author/new", title=TITLE)
    assert again.status_code == 422
    assert f"There is a course at “{CODE}” already." in again.text


def test_what_is_saved_is_there_and_the_problem_is_named_with_its_line(writer: Writer) -> None:
    text, _ = writer.text_of()
    assert writer.saves(text + MISTAKE).status_code == 303
    page = writer.opens(f"/files/{MODULE}")
    assert "Who says so? [@nobody]" in page.text
    assert "There is no reference “nobody” in course.md." in page.text
    line = len(text.splitlines()) + 3
    assert f"/files/{MODULE}?line={line}&amp;column=16#problems-title" in page.text
    assert "1 error" in writer.opens("/problems").text
    assert "Put the errors right" in writer.opens().text


def test_the_words_of_a_problem_are_those_of_the_check(house: FastAPI, writer: Writer) -> None:
    text, _ = writer.text_of()
    writer.saves(text + MISTAKE)
    wiring = house.state.wiring
    with wiring.database.read() as db:
        from app.library import drafts

        draft = drafts.of_course(db, CODE)
        assert draft is not None
        (problem,) = drafts.reading(db, draft, wiring.files, today=wiring.clock().date()).problems
    shown = " ".join(writer.opens("/problems").text.split())
    assert f"<p data-says>{problem.message} {problem.remedy}</p>" in shown
    assert f"{problem.level} {problem.rule}" in shown


def test_the_first_line_break_of_a_text_is_kept(writer: Writer) -> None:
    writer.saves("\n\n# Twice\n", "evaluation.md")
    assert writer.text_of("evaluation.md")[0] == "\n\n# Twice\n"


def test_a_text_is_saved_while_it_is_typed_and_the_answer_says_what_is_wrong(writer: Writer) -> None:
    text, revision = writer.text_of()
    told = writer.types(text + MISTAKE, over=revision).json()
    assert told["words"] == "Saved 5:00 PM"
    assert told["count"] == 1
    assert "There is no reference “nobody”" in told["problems"]
    assert "1\n" in told["files"]
    better = writer.types(text, over=str(told["revision"])).json()
    assert (better["count"], better["revision"]) == (0, told["revision"] + 1)


def test_what_a_colleague_saved_meanwhile_is_shown_and_not_overwritten(
    house: FastAPI, writer: Writer, other: TestClient
) -> None:
    text, opened = writer.text_of()
    added = send(writer.browser, writer.opens("/authors"), "/authors", email="ola@example.org")
    assert added.status_code == 303
    colleague = Writer(other, writer.base)
    assert colleague.saves(text + "\nHers, first.\n").status_code == 303
    compared = writer.saves(text + "\nMine, later.\n", over=opened)
    assert compared.status_code == 409
    assert "<mark>Mine, later.</mark>" in compared.text
    assert "<mark>Hers, first.</mark>" in compared.text
    assert "Hers, first." in writer.text_of()[0], "nothing was overwritten"
    with house.state.wiring.database.read() as db:
        kept = db.exec(select(DraftRevision).order_by(col(DraftRevision.id).desc())).first()
        assert kept is not None
        assert "kept aside" in kept.how
    saved = send(writer.browser, compared, f"/files/{MODULE}")
    assert saved.status_code == 303
    assert "Mine, later." in writer.text_of()[0]


def test_the_script_is_told_that_a_colleague_was_faster(writer: Writer) -> None:
    text, opened = writer.text_of()
    writer.types(f"{text}\nFirst.\n", over=opened)
    answer = writer.types(f"{text}\nSecond.\n", over=opened)
    assert answer.status_code == 409
    assert answer.json()["theirs"].endswith("First.\n")
    assert answer.json()["revision"] == int(opened) + 1


def test_every_version_is_in_the_history_and_comes_back(writer: Writer) -> None:
    first, _ = writer.text_of()
    writer.saves(f"{first}\nSecond.\n")
    history = writer.opens(f"/history/{MODULE}")
    assert history.text.count("/versions/") == 2
    steps = [href for href in _links(history.text) if "/versions/" in href]
    old = writer.browser.get(steps[-1])
    assert "<mark>Second.</mark>" in old.text
    back = send(writer.browser, old, "/restore")
    assert back.headers["location"] == f"{writer.base}/files/{MODULE}"
    assert writer.text_of()[0] == first


def _links(page: str) -> list[str]:
    from forms import read

    return read(page).links


def test_a_module_is_added_after_the_last_one(writer: Writer) -> None:
    added = send(writer.browser, writer.opens("/add"), "/add", title="Saying it out loud")
    assert added.headers["location"] == f"{writer.base}/files/04-saying-it-out-loud.md"
    assert "# Saying it out loud" in writer.text_of("04-saying-it-out-loud.md")[0]


def test_a_file_gets_another_name_and_keeps_its_history(writer: Writer) -> None:
    page = writer.opens(f"/rename/{MODULE}")
    refused = send(writer.browser, page, f"/rename/{MODULE}", name="First.docx")
    assert refused.status_code == 422
    assert "is no name for a file of a course" in refused.text
    renamed = send(writer.browser, page, f"/rename/{MODULE}", name="01-endings.md")
    assert renamed.headers["location"] == f"{writer.base}/files/01-endings.md"
    assert writer.opens(f"/files/{MODULE}").status_code == 404
    assert f"from {MODULE}" in writer.opens("/history/01-endings.md").text


def test_a_file_goes_only_after_a_question_and_can_be_brought_back(writer: Writer) -> None:
    asked = writer.opens("/remove/evaluation.md")
    assert "Remove evaluation.md?" in asked.text
    assert writer.opens("/files/evaluation.md").status_code == 200
    assert send(writer.browser, asked, "/remove/evaluation.md").headers["location"] == writer.base
    assert writer.opens("/files/evaluation.md").status_code == 404
    steps = [href for href in _links(writer.opens("/history/evaluation.md").text) if "/versions/" in href]
    assert send(writer.browser, writer.browser.get(steps[-1]), "/restore").status_code == 303
    assert writer.opens("/files/evaluation.md").status_code == 200


def test_a_missing_exam_is_offered_with_the_samples(writer: Writer) -> None:
    send(writer.browser, writer.opens("/remove/exam.md"), "/remove/exam.md")
    page = writer.opens("/add")
    assert "This course has no exam.md." in page.text
    writer.browser.post(f"{writer.base}/add", data={"kind": "exam.md"}, headers=writing.SAME)
    assert "No problems" in writer.opens().text


def test_a_draft_goes_only_after_a_question(writer: Writer) -> None:
    asked = writer.opens("/discard")
    assert send(writer.browser, asked, "/discard").headers["location"] == "/author"
    assert writer.opens().status_code == 404
    assert TITLE not in writer.browser.get("/author").text


def test_the_text_of_an_editor_whose_sign_in_expired_is_kept_and_saved(
    house: FastAPI, writer: Writer, postbox: Postbox, clock: StillClock
) -> None:
    text, revision = writer.text_of()
    longest = text + "\n\n" + "Every word of it. " * ((TEXT_LARGEST - len(text.encode()) - 10) // 18)
    clock.pass_time(days=IDLE.days + 1)
    headers = writing.SAME | {"referer": f"https://ce.example.org{writer.base}/files/{MODULE}"}
    # As the page sends it: in parts, so that it is hardly longer than the text.
    parts = {"content": (None, longest), "revision": (None, revision)}
    sent = writer.browser.post(f"{writer.base}/files/{MODULE}", files=parts, headers=headers)
    assert sent.headers["location"].startswith("/sign-in?next=/author/courses/")
    with house.state.wiring.database.read() as db:
        assert len(db.exec(select(KeptForm)).one().body) > TEXT_LARGEST - 100
    answer = sign_in(writer.browser, house, postbox, "ines", f"{writer.base}/files/{MODULE}")
    # A code by mail is not enough for the Studio: what she sent waits until she has proved more (tests/web/security).
    assert answer.headers["location"].startswith("/sign-in/prove")
    with house.state.wiring.database.read() as db:
        assert len(db.exec(select(KeptForm)).one().body) > TEXT_LARGEST - 100


def test_a_text_that_is_too_long_is_refused_in_a_sentence(writer: Writer) -> None:
    refused = writer.saves("a" * (TEXT_LARGEST + 1))
    assert refused.status_code == 413
    assert "Split it into several modules" in refused.text


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 40, "1.5"])
def test_a_version_that_no_page_showed_overwrites_nothing(writer: Writer, revision: str) -> None:
    text, _ = writer.text_of()
    assert writer.saves("Gone.", over=revision).status_code == 409
    assert writer.text_of()[0] == text


def test_a_published_course_opens_as_the_draft_of_its_next_edition(house: FastAPI, sign_in_as: SignIn) -> None:
    import steps

    course = steps.publish(house)
    ada = sign_in_as("ada")
    home = ada.get("/author")
    assert "Write the next edition" in home.text
    opened = send(ada, home, "/author/open", code=course.code)
    assert course.title in follow(ada, opened).text
    assert "Write the next edition" not in ada.get("/author").text
