"""Questions of other systems in the Studio: looked at first, added when she says so, hers alone."""

from __future__ import annotations

from fastapi.testclient import TestClient
from writing import SAME, Writer

from app.content.exchange import xml_tree

pytest_plugins = ["writers"]

GIFT = "::One::Who may hear it?{=Whom she chose#Right. ~Everybody}\n\nBroken {=a ~b\n\nHow long? {#45:5}\n"
PRECIOUS = "Who <script>alert(1)</script> hears? {=a ~b}"


def look(writer: Writer, content: str) -> str:
    answer = writer.browser.post(
        f"{writer.base}/questions", files={"file": ("quiz.txt", content.encode())}, headers=SAME
    )
    assert answer.status_code == 200
    return answer.text


def exam(writer: Writer) -> str:
    return writer.browser.get(f"{writer.base}/files/exam.md").text


def test_what_would_be_added_is_told_item_by_item_and_nothing_is_written(writer: Writer):
    before = exam(writer)
    page = look(writer, GIFT)

    assert "2 questions to add. 1 item left out." in page
    assert "A { is never closed" in page
    assert exam(writer) == before


def test_questions_are_added_below_what_stands_in_the_exam(writer: Writer):
    answer = writer.browser.post(f"{writer.base}/questions/add", data={"text": GIFT}, headers=SAME)

    assert answer.status_code == 303
    assert '<p class="problem-line"><code>## ' in writer.browser.get(answer.headers["location"]).text
    assert "Whom she chose" in exam(writer)
    assert "45 ± 5" in exam(writer)


def test_a_pasted_text_that_holds_no_questions_comes_back_as_typed(writer: Writer):
    answer = writer.browser.post(
        f"{writer.base}/questions", files={"pasted": (None, "Only words of hers.")}, headers=SAME
    )

    assert answer.status_code == 422
    assert "Only words of hers." in answer.text
    assert "No questions were found" in answer.text


def test_a_script_in_a_file_is_text_on_the_page(writer: Writer):
    page = look(writer, PRECIOUS)

    assert "alert(1)" in page
    assert "<script>alert(1)" not in page


def test_questions_leave_as_a_file(writer: Writer):
    writer.browser.post(f"{writer.base}/questions/add", data={"text": GIFT}, headers=SAME)
    answer = writer.browser.get(f"{writer.base}/questions/export/moodle-xml")

    assert answer.status_code == 200
    assert xml_tree.read(answer.text).name == "quiz"


def test_nobody_else_finds_them(writer: Writer, other: TestClient):
    assert other.get(f"{writer.base}/questions").status_code == 404
    assert other.post(f"{writer.base}/questions/add", data={"text": GIFT}, headers=SAME).status_code == 404
