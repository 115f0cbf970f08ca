"""Files as other systems write them: each item has its own message, its own line, and the key it had."""

from __future__ import annotations

import exchanged
import pytest

from app.content.course import Kind
from app.content.exchange.adding import Fate, NotQuestions, Plan
from app.content.exchange.decoding import MOST_BYTES, QuestionsTooLarge
from app.content.exchange.formats import Format

AIKEN = """What comes first?
A. Name the dilemma
B) Decide
ANSWER: A

Which has no answer line?
A. This
B. That

And the last one?
A. No
B. Yes
ANSWER: B
"""
SHEET = """Question;Option A;Option B;Option C;Answer;Feedback;Objective;Points
First step?;Name it;Decide;;A;Because.;1;2
Which two?;a;b;c;A, C;;99;
How long?;;;;45 ± 5;;;
Nothing right?;x;y;;D;;;
"""
TABBED = "MC\tWhere do you sit?\tNear the door\tcorrect\tOn the sofa\tincorrect\nXX\tWhat?\nORD\tOrder\tone\ttwo\n"
GIFT = """// question: 12 [id:who-hears]
::Who hears::Who may hear it?{
  =Whom she chose#Right.
  ~Everybody
  ####Consent comes first.}

Broken {=a ~b

The duty is called {=confidentiality =privacy} in the Code.

How many? {#40..50}
"""


def fates(plan: Plan) -> list[tuple[int, Fate]]:
    return [(entry.line, entry.fate) for entry in plan.entries]


def test_a_moodle_file_is_taken_over_item_by_item():
    plan = exchanged.plan((exchanged.FILES / "moodle.xml").read_bytes())
    asked = exchanged.read(plan.exam)

    assert plan.form is Format.MOODLE_XML
    assert [entry.kind for entry in plan.entries if entry.fate is Fate.LEFT_OUT] == ["", "", ""]
    assert [question.kind for question in asked.values()] == [
        Kind.CHOOSE_ONE,
        Kind.CHOOSE_ALL,
        Kind.TRUE_FALSE,
        Kind.SHORT,
        Kind.NUMBER,
        Kind.MATCHING,
        Kind.GAPS,
        Kind.ORDERING,
        Kind.FREE_TEXT,
    ]
    first = asked["sw-friend"]
    assert [option.text for option in first.options if option.right] == ["Talk about it at the next session"]
    assert first.points == 2
    assert [item.text for item in asked["put-the-steps-in-order"].items] == ["Name the dilemma", "Consult", "Decide"]
    assert asked["read-and-fill-in"].gaps == (("confidentiality", "privacy"), ("everyone",))
    assert "script" not in plan.added
    assert "onclick" not in plan.added


def test_what_is_lost_is_said_where_it_is_lost():
    plan = exchanged.plan((exchanged.FILES / "moodle.xml").read_bytes())
    lost = {entry.id: " ".join(entry.remarks) for entry in plan.entries if entry.fate is Fate.CHANGED}

    assert "A picture was not carried over." in lost["sw-friend"]
    assert "A script was not carried over." in lost["sw-friend"]
    assert "part of the points earns none" in lost["sw-friend"]
    assert "penalty" in lost["how-many-minutes-does-a-visit-take"]
    assert "units" in lost["how-many-minutes-does-a-visit-take"]
    assert "tolerances" in lost["how-many-minutes-does-a-visit-take"]
    assert "which-of-these-identify-a-client" not in lost


@pytest.mark.parametrize(
    ("content", "form", "expected"),
    [
        (AIKEN, Format.AIKEN, [(1, Fate.ADDED), (6, Fate.LEFT_OUT), (10, Fate.ADDED)]),
        (SHEET, Format.CSV, [(2, Fate.ADDED), (3, Fate.CHANGED), (4, Fate.ADDED), (5, Fate.LEFT_OUT)]),
        (TABBED, Format.BLACKBOARD, [(1, Fate.ADDED), (2, Fate.LEFT_OUT), (3, Fate.ADDED)]),
        (GIFT, Format.GIFT, [(2, Fate.ADDED), (7, Fate.LEFT_OUT), (9, Fate.ADDED), (11, Fate.ADDED)]),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_bad_item_stops_no_other_however_the_file_is_saved(content, form, expected, ending, encoding):
    plan = exchanged.plan(content.replace("\n", ending).encode(encoding))

    assert plan.form is form
    assert fates(plan) == expected


def test_an_old_encoding_is_read_and_said():
    plan = exchanged.plan("Un café? {=oui ~non}".encode("cp1252"))

    assert "café" in plan.added
    assert "Windows-1252" in plan.remarks[0].text


def test_a_file_broken_in_the_middle_gives_the_questions_that_are_whole():
    text = (
        (exchanged.FILES / "moodle.xml").read_text(encoding="utf-8").replace("Date &amp; town", "Date & town&nbsp;<b>")
    )
    plan = exchanged.plan(text)

    assert "no well-formed XML" in plan.remarks[0].text
    assert plan.additions == 8


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY % x SYSTEM "http://127.0.0.1/">', ""],
)
def test_a_file_that_declares_entities_is_not_opened(declared):
    plan = exchanged.plan(f'<?xml version="1.0"?><!DOCTYPE quiz [{declared}]><quiz><question type="essay"/></quiz>')

    assert plan.entries == ()
    assert "declares" in plan.remarks[0].text


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\0\1\2", b"", b"hello", b"<questestinterop/>"])
def test_what_holds_no_questions_is_refused_in_a_sentence(content):
    with pytest.raises(NotQuestions, match=r"[.]$"):
        exchanged.plan(content)


def test_a_file_of_any_size_is_not_read():
    with pytest.raises(QuestionsTooLarge):
        exchanged.plan(b"x" * (MOST_BYTES + 1))


def test_what_stood_in_the_exam_stays_byte_for_byte():
    exam = (exchanged.SETTINGS + "## What is it?\n\nAnswer: that\n").replace("\n", "\r\n").encode()
    plan = exchanged.plan(AIKEN, exam)

    assert plan.exam.startswith(exam)
    assert plan.exam.count(b"\n") == plan.exam.count(b"\r\n")


def test_the_same_file_twice_adds_nothing_twice():
    once = exchanged.plan(GIFT)
    twice = exchanged.plan(GIFT, once.exam)

    assert twice.additions == 0
    assert twice.exam == once.exam


def test_two_questions_of_one_name_keep_apart():
    plan = exchanged.plan("Which? {=a ~b}\n\nWhich? {=c ~d}\n")

    assert [entry.id for entry in plan.entries] == ["which", "which-2"]


def test_cases_and_pools_come_back_as_they_were():
    from app.content.exchange import gift_out, moodle_xml_out

    for write in (gift_out.write, moodle_xml_out.write):
        _, plan, back = exchanged.there_and_back(exchanged.sample(), write)
        assert plan.count(Fate.LEFT_OUT) == 0
        assert "## Pool: One for each objective (draw 1 per objective)" in plan.added
        assert "### Case: The neighbor" in plan.added
        assert set(back) >= set(exchanged.questions(exchanged.sample())) - {"what-the-next-reader-needs"}
