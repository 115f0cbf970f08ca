"""What changed between two texts: what learners may be moved by, and what is told to whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from makers import CANARY, make_course, make_question

from app.content import changes
from app.content.changes import Changes, Extent
from app.content.course import (
    Case,
    Course,
    Delivery,
    Feedback,
    HourType,
    Kind,
    Module,
    Option,
    Pair,
    Pool,
    Prose,
    Question,
)
from app.content.passages import Mark, between, paragraphs

COURSE = make_course()
FIRST, SECOND = COURSE.modules


def with_exam(**changed: Any) -> Course:
    assert COURSE.exam is not None
    return replace(COURSE, exam=replace(COURSE.exam, **changed))


def with_question(question: Question, **changed: Any) -> tuple[Course, Course]:
    rest = (make_question(2), make_question(3))
    return with_exam(items=(question, *rest)), with_exam(items=(replace(question, **changed), *rest))


def with_text(html: str) -> Course:
    return replace(COURSE, modules=(replace(FIRST, blocks=(Prose(html),)), SECOND))


def option(text: str, *, right: bool = False) -> Option:
    return Option(text=text, html=text, right=right)


CREDIT = COURSE.credit
NEW_MODULE = Module(slug="third", number=3, title="Third", blocks=(Prose("<p>More.</p>"),))
POOL = Pool(id="pool", title="Pool", items=(make_question(1), make_question(2)), draw=1)


# --- minor: she may meet it at her next page ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "new",
    [
        COURSE,
        replace(COURSE, title="A Better Name", summary="Other words.", description_html="<p>More.</p>"),
        with_text('<h2 id="one">One</h2><p id="b1">Other text.</p>'),
        replace(COURSE, modules=COURSE.modules[::-1]),
        replace(COURSE, credit=replace(CREDIT, words=5_100, computed=Fraction(51, 100))),
        replace(
            COURSE, credit=replace(CREDIT, claimed={HourType.ETHICS: Decimal("0.50"), HourType.GENERAL: Decimal(0)})
        ),
        with_exam(title="The exam", feedback=Feedback.AFTER_SUBMIT, intro_html="<p>Take your time.</p>"),
        with_exam(items=COURSE.exam.items[::-1] if COURSE.exam else ()),
        with_question(make_question(1), heading_html="Question one", rationale_html="<p>Because.</p>")[1],
    ],
    ids=["nothing", "names", "words", "order", "count", "hours written otherwise", "exam", "order asked", "question"],
)
def test_what_costs_a_learner_nothing_is_minor(new: Course) -> None:
    assert changes.compare(COURSE, new).kind is Extent.MINOR


def test_an_option_may_be_reworded() -> None:
    question = make_question(1)
    mended = tuple(replace(one, text=f"{one.text} (mended)") for one in question.options)
    assert changes.compare(*with_question(question, options=mended)).kind is Extent.MINOR


# --- major: she finishes what she began, or chooses --------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (
            replace(COURSE, credit=replace(CREDIT, claimed={HourType.ETHICS: Decimal(1)})),
            "other contact hours: 1 (1 ethics)",
        ),
        (replace(COURSE, credit=replace(CREDIT, claimed={HourType.GENERAL: Decimal("0.5")})), "other contact hours"),
        (replace(COURSE, objectives=COURSE.objectives[::-1]), "objectives"),
        (replace(COURSE, format=Delivery.RECORDED), "recorded instead of reading"),
        (replace(COURSE, modules=(*COURSE.modules, NEW_MODULE)), "“Third” (third) is new"),
        (replace(COURSE, modules=(FIRST,)), "“Second” (second) is no longer there"),
        (replace(COURSE, modules=(FIRST, replace(SECOND, slug="other"))), "(other) is new"),
        (replace(COURSE, minimum_minutes=30), "rules of the exam"),
        (replace(COURSE, exam=None), "no longer asked"),
        (with_exam(pass_mark=75), "rules of the exam"),
        (with_exam(attempts=2), "rules of the exam"),
        (with_exam(time_limit=60), "rules of the exam"),
        (with_exam(items=tuple(make_question(one) for one in (1, 2, 3, 4))), "“Question 4” is new"),
        (with_exam(items=tuple(make_question(one) for one in (1, 2))), "“Question 3” is no longer asked"),
        (with_exam(items=(make_question(1, right=2), make_question(2), make_question(3))), "graded differently"),
        (with_exam(items=(POOL, make_question(3))), "draws its questions differently"),
        (
            with_exam(items=(Case("c", "Story", "", (make_question(1), make_question(2))), make_question(3))),
            "draws its questions differently",
        ),
    ],
)
def test_what_a_learner_was_promised_changes_only_by_a_major_edition(new: Course, reason: str) -> None:
    found = changes.compare(COURSE, new)
    assert found.kind is Extent.MAJOR
    assert any(reason in one for one in found.reasons)
    assert found.told


CHOICE = make_question(1)
EXCHANGED = (
    replace(CHOICE.options[0], text="Option 1.2"),
    replace(CHOICE.options[1], text="Option 1.1"),
    *CHOICE.options[2:],
)
MATCH = Question("q", Kind.MATCHING, "Match", "Match", pairs=(Pair("a", "1"), Pair("b", "2"), Pair("", "3")))
ORDER = Question("q", Kind.ORDERING, "Order", "Order", items=(option("first"), option("then"), option("last")))
SHORT = Question("q", Kind.SHORT, "Say", "Say", accepted=("consent",))
NUMBER = Question("q", Kind.NUMBER, "Count", "Count", number=Decimal(45), tolerance=Decimal(5))
GAPS = Question("q", Kind.GAPS, "Fill", "Fill", gaps=(("duty",), ("care", "caring")))


@pytest.mark.parametrize(
    ("question", "changed"),
    [
        (CHOICE, {"options": (*CHOICE.options, option("One more"))}),
        (CHOICE, {"options": (CHOICE.options[1], CHOICE.options[0], *CHOICE.options[2:])}),
        (CHOICE, {"options": EXCHANGED}),
        (CHOICE, {"points": Fraction(2)}),
        (CHOICE, {"graded": False}),
        (CHOICE, {"objective": 2}),
        (CHOICE, {"partial_credit": True}),
        (MATCH, {"pairs": (Pair("a", "2"), Pair("b", "1"), Pair("", "3"))}),
        (MATCH, {"pairs": (Pair("b", "1"), Pair("a", "2"), Pair("", "3"))}),
        (MATCH, {"pairs": (Pair("a", "1"), Pair("b", "2"), Pair("c", "3"))}),
        (ORDER, {"items": (option("then"), option("first"), option("last"))}),
        (SHORT, {"accepted": ("consent", "informed consent")}),
        (SHORT, {"match_capitals": True}),
        (NUMBER, {"tolerance": Decimal(6)}),
        (NUMBER, {"number": Decimal(46)}),
        (GAPS, {"gaps": (("duty",), ("care",))}),
    ],
)  # fmt: skip
def test_a_changed_key_is_major_whatever_the_kind_of_question(question: Question, changed: dict[str, Any]) -> None:
    """Answers are kept by the author's numbers: two options that change places change the key as well."""
    assert changes.compare(*with_question(question)).kind is Extent.MINOR
    assert any("graded differently" in one for one in changes.compare(*with_question(question, **changed)).reasons)


def test_an_exchange_is_no_rewording_though_a_letter_was_altered_on_the_way() -> None:
    options = (option("Tell the client first.", right=True), option("Search for the client."))
    turned = (option("Search for that client.", right=True), option("Tell a client first."))
    question = replace(make_question(1), options=options)
    assert changes.compare(*with_question(question, options=turned)).kind is Extent.MAJOR


def test_another_draw_of_the_same_pool_is_major() -> None:
    twice = replace(POOL, draw=2)
    found = changes.compare(with_exam(items=(POOL,)), with_exam(items=(twice,)))
    assert "The exam draws its questions differently." in found.reasons


# --- what is told ------------------------------------------------------------------------------------------------


def test_a_learner_is_told_no_question_and_no_key() -> None:
    secret = tuple(make_question(one, right=2) for one in (1, 2, 4))
    found = changes.compare(COURSE, replace(with_exam(items=secret), modules=(FIRST, replace(SECOND, slug="new"))))
    told = " ".join(found.told)
    assert "The exam has other questions." in told
    assert "New to read: “Second”." in told
    assert not [word for word in (CANARY, "Question 4", "Option") if word in told]
    assert "Question 4" in " ".join(found.reasons), "the control: an author is told which"


def test_a_learner_is_told_what_was_reworded() -> None:
    assert changes.compare(COURSE, with_text('<p id="b1">Other text.</p>')).told == ("Reworded: “First”.",)


def titles(found: Changes) -> list[str]:
    return [part.title for part in found.parts]


def test_two_equal_texts_have_nothing_to_tell() -> None:
    assert changes.compare(COURSE, COURSE) == Changes((), (), ())


def test_authors_read_every_part_that_changed_in_the_order_of_the_folder() -> None:
    new = replace(
        with_exam(pass_mark=75, items=(make_question(1, right=2), make_question(2), make_question(4))),
        title="Another",
        modules=(replace(FIRST, blocks=(Prose("<p>New text.</p>"),)), NEW_MODULE),
    )
    found = changes.compare(COURSE, new)
    assert titles(found) == [
        "Settings and contact hours",
        "Module “First”",
        "Module “Third”",
        "Module “Second”",
        "Rules of the exam",
        "Question “Question 1”",
        "Question “Question 4”",
        "Question “Question 3”",
    ]
    assert [part.note for part in found.parts] == ["", "", "new", "no longer there", "", "", "new", "no longer there"]


def test_a_changed_key_is_shown_with_what_it_was() -> None:
    found = changes.compare(COURSE, with_exam(items=(make_question(1, right=2), make_question(2), make_question(3))))
    (question,) = found.parts
    (key,) = [passage for passage in question.passages if passage.label == "Right answer"]
    assert (key.before, key.after) == ("Option 1.1", "Option 1.2")


# --- passages ----------------------------------------------------------------------------------------------------


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(passage.before, passage.after) for passage in between(paragraphs(old), paragraphs(new))]


def test_a_reworded_paragraph_is_shown_word_by_word() -> None:
    (passage,) = between(paragraphs("<p>There are two rules.</p>"), paragraphs("<p>There are three good rules.</p>"))
    assert [(piece.mark, piece.words) for piece in passage.pieces] == [
        (Mark.KEPT, "There are"),
        (Mark.GONE, "two"),
        (Mark.NEW, "three good"),
        (Mark.KEPT, "rules."),
    ]


def test_a_paragraph_that_came_does_not_make_its_neighbors_look_changed() -> None:
    old = '<p id="b1">One is here.</p><p id="b2">Two is there.</p>'
    new = '<p id="b1">Nothing of the kind.</p><p id="b2">One is here.</p><p id="b3">Two is there.</p>'
    assert told(old, new) == [("", "Nothing of the kind.")]
    assert told(new, old) == [("Nothing of the kind.", "")]


def test_lists_tables_and_pictures_are_told_line_by_line() -> None:
    html = (
        "<ul><li>One</li><li>Two</li></ul><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"
        '<figure><img src="/media/x.svg" alt="A map"><figcaption>Our offices</figcaption></figure>'
    )
    assert [one.words for one in paragraphs(html)] == [
        "One",
        "Two",
        "A | B",
        "1 | 2",
        "[picture: A map]",
        "Our offices",
    ]


def test_what_cannot_be_seen_in_the_words_is_said() -> None:
    old, new = '<p>See <a href="/one">this</a>.</p>', '<p>See <a href="/two">this</a>.</p>'
    (passage,) = between(paragraphs(old), paragraphs(new))
    assert (passage.before, passage.after) == ("See this.", "See this.")
    assert passage.note


def test_long_paragraphs_are_shown_whole() -> None:
    """Comparing them word by word would take minutes."""
    long = " ".join(["word"] * 20_000)
    assert told(f"<p>{long}</p>", f"<p>{long} more</p>") == [("", f"{long} more"), (long, "")]
