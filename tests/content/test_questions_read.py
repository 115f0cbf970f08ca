"""The shape an author types decides the kind, however she types it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from sample_course import FILES, read, shown

from app.content.course import Case, Kind, Pool, Question

STEM = "A client sends a request."


def ask(tmp_path: Path, text: str, *, clean: bool = True) -> Question:
    """Read one question added to the exam."""
    exam = FILES["exam.md"] + "\n" + text
    reading = read(tmp_path, {**FILES, "exam.md": exam})
    if clean:
        assert shown(reading) == []
    assert reading.course is not None
    assert reading.course.exam is not None
    return list(reading.course.exam.questions())[-1]


def rules(tmp_path: Path, text: str) -> list[str]:
    reading = read(tmp_path, {**FILES, "exam.md": FILES["exam.md"] + "\n" + text})
    return [problem.rule for problem in reading.problems]


WHY = "\n\nRationale: Because.\n"


@pytest.mark.parametrize(
    "options",
    [
        "- (x) A\n- ( ) B",
        "* (X) A\n* () B",
        "- (✓) A\n- (  ) B",
        "- （x） A\n- （ ） B",
        "-   ( x )   A\n-   ( ) B",
        "  - (x) A\n  - ( ) B",
    ],
)
def test_choose_one_is_read_however_it_is_typed(tmp_path: Path, options: str):
    question = ask(tmp_path, f"## Q?\n\n{options}{WHY}")

    assert question.kind is Kind.CHOOSE_ONE
    assert [(option.text, option.right) for option in question.options] == [("A", True), ("B", False)]


@pytest.mark.parametrize("arrow", ["->", "→"])
def test_matching_takes_either_arrow_and_extra_meanings(tmp_path: Path, arrow: str):
    question = ask(tmp_path, f"## Q?\n\n- a {arrow} **b**\n- c {arrow} d\n- {arrow} e{WHY}")

    assert question.kind is Kind.MATCHING
    assert [(pair.term, pair.meaning) for pair in question.pairs] == [("a", "**b**"), ("c", "d"), ("", "e")]
    assert question.pairs[0].meaning_html == "<strong>b</strong>"


def test_true_and_false_is_a_kind_of_its_own_in_any_capitals(tmp_path: Path):
    question = ask(tmp_path, f"## Q?\n\n- ( ) true\n- (x) FALSE{WHY}", clean=False)

    assert question.kind is Kind.TRUE_FALSE


def test_a_list_before_the_options_belongs_to_the_prompt(tmp_path: Path):
    question = ask(tmp_path, f"## Q?\n\n1. one\n2. two\n\n- three\n\n- (x) A\n- ( ) B{WHY}")

    assert question.kind is Kind.CHOOSE_ONE
    assert question.prompt_html.count("<li>") == 3


def test_a_numbered_list_alone_is_put_in_order(tmp_path: Path):
    question = ask(tmp_path, f"## Q?\n\nSort these.\n\n1. one\n2. two\n   lines\n3. three{WHY}")

    assert question.kind is Kind.ORDERING
    assert [item.text for item in question.items] == ["one", "two\nlines", "three"]


@pytest.mark.parametrize(
    ("typed", "number", "tolerance"),
    [
        ("45 ± 5", "45", "5"),
        ("45 +- 5", "45", "5"),
        ("45 +/- .5", "45", "0.5"),
        ("1,000", "1000", "0"),
        ("-3.50", "-3.50", "0"),
        ("−3", "-3", "0"),
        (".5", "0.5", "0"),
    ],
)
def test_numbers_are_read_exactly(tmp_path: Path, typed: str, number: str, tolerance: str):
    question = ask(tmp_path, f"## Q?\n\nAnswer: {typed}{WHY}")

    assert question.kind is Kind.NUMBER
    assert (question.number, question.tolerance) == (Decimal(number), Decimal(tolerance))


@pytest.mark.parametrize("typed", ["1,00", "45 minutes", "45 | 46", "2017-06", "²"])
def test_what_is_not_quite_a_number_is_text(tmp_path: Path, typed: str):
    assert ask(tmp_path, f"## Q?\n\nAnswer: {typed}{WHY}").kind is Kind.SHORT


def test_a_gap_shows_a_blank_and_never_its_answer(tmp_path: Path):
    question = ask(tmp_path, f"## The duty is ___(secret (key))___\n\nand ___(this | that)___.{WHY}")

    assert question.kind is Kind.GAPS
    assert question.gaps == (("secret (key)",), ("this", "that"))
    assert 'data-gap="1"' in question.heading_html
    assert 'data-gap="2"' in question.prompt_html
    shown_text = question.heading + question.heading_html + question.prompt_html + question.id
    assert not any(key in shown_text for key in ("secret", "key", "this", "that"))


def test_every_setting_of_a_question_is_read(tmp_path: Path):
    question = ask(
        tmp_path,
        "## Q?\n\npoints: 2.5\nOBJECTIVE: 2\nSource: [@nasw-code, 1.07(r)]\nShuffle: no\nHint: Look *up*.\n"
        f"Private: yes\nCapitals: match\nId: the-q\nCredit: partial\n\nAnswer: iPhone{WHY}",
    )

    assert question.points == Fraction(5, 2)
    assert question.objective == 2
    assert question.source is not None
    assert (question.source.key, question.source.locator) == ("nasw-code", "1.07(r)")
    assert (question.shuffle, question.private, question.match_capitals) == (False, True, True)
    assert question.hint_html == "<p>Look <em>up</em>.</p>"
    assert (question.id, question.partial_credit, question.accepted) == ("the-q", True, ("iPhone",))


def test_dialogue_is_text_and_not_a_setting(tmp_path: Path):
    question = ask(
        tmp_path, f"## Q?\n\nClient: I feel watched.\n\nEd: Why?\n\nPoint of view: hers.\n\n- (x) A\n- ( ) B{WHY}"
    )

    assert "Client: I feel watched." in question.prompt_html
    assert "Ed: Why?" in question.prompt_html


def test_a_backslash_keeps_a_line_that_looks_like_ours(tmp_path: Path):
    question = ask(tmp_path, f"## Q?\n\n\\Hint: is what she said.\n\n- (x) A\n- ( ) B{WHY}")

    assert question.hint_html == ""
    assert question.prompt_html == "<p>Hint: is what she said.</p>"


def test_our_names_do_not_count_in_quotations_and_code(tmp_path: Path):
    question = ask(tmp_path, f"## Q?\n\n> Points: 5\n\n```\nAnswer: x\n- (x) y\n```\n\n- (x) A\n- ( ) B{WHY}")

    assert question.points == 1
    assert question.kind is Kind.CHOOSE_ONE
    assert len(question.options) == 2


def test_a_rationale_runs_to_the_next_heading(tmp_path: Path):
    question = ask(tmp_path, "## Q?\n\n- (x) A\n- ( ) B\n\nRationale: One.\n\nTwo.\n\n- Three\n")

    assert question.rationale_html == "<p>One.</p>\n<p>Two.</p>\n<ul>\n<li>Three</li>\n</ul>"


def test_a_rationale_may_stand_before_the_options(tmp_path: Path):
    question = ask(tmp_path, "## Q?\n\nRationale: One\nand the same.\n\nA prompt.\n\n- (x) A\n- ( ) B\n")

    assert question.rationale_html == "<p>One\nand the same.</p>"
    assert question.prompt_html == "<p>A prompt.</p>"


def test_feedback_may_run_over_lines_and_paragraphs(tmp_path: Path):
    question = ask(tmp_path, "## Q?\n\n- (x) A\n  > One\n  > two.\n  >\n  > Three.\n- ( ) B\n\t> Four.\n")

    assert question.options[0].feedback_html == "<p>One\ntwo.</p>\n<p>Three.</p>"
    assert question.options[1].feedback_html == "<p>Four.</p>"


def test_an_option_may_run_over_lines(tmp_path: Path):
    question = ask(tmp_path, f"## Q?\n\n- (x) A long\n  option\n- ( ) B{WHY}")

    assert [option.text for option in question.options] == ["A long\noption", "B"]


def test_a_heading_may_be_underlined(tmp_path: Path):
    question = ask(tmp_path, f"Is this one?\n------------\n\n- (x) A\n- ( ) B{WHY}")

    assert (question.id, question.kind) == ("is-this-one", Kind.CHOOSE_ONE)


def test_a_line_under_a_rationale_divides_and_is_no_heading(tmp_path: Path):
    question = ask(tmp_path, "## Q?\n\n- (x) A\n- ( ) B\n\nRationale: Because.\n---\n")

    assert question.heading == "Q?"


def test_a_reflection_is_private_and_ungraded(tmp_path: Path):
    question = ask(tmp_path, "## Reflection: What will you do?\n\nWords: 10–20\n\n____\n")

    assert (question.kind, question.graded, question.private, question.words) == (Kind.FREE_TEXT, False, True, (10, 20))


def test_an_id_resolves_two_equal_headings(tmp_path: Path):
    question = ask(tmp_path, f"## What is the first step?\n\nId: first-step-again\n\n- (x) A\n- ( ) B{WHY}")

    assert question.id == "first-step-again"


def test_a_slug_keeps_the_letters_of_every_script(tmp_path: Path):
    assert ask(tmp_path, f"## Was heißt “Würde”? 尊厳 2!\n\n- (x) A\n- ( ) B{WHY}").id == "was-heisst-würde-尊厳-2"


def test_cases_and_pools_keep_their_order_and_count_as_one(tmp_path: Path):
    course = read(tmp_path).course

    assert course is not None
    assert course.exam is not None
    case = next(item for item in course.exam.items if isinstance(item, Case))
    pool = next(item for item in course.exam.items if isinstance(item, Pool))
    assert [question.id for question in case.questions] == ["what-should-dana-do-first", "which-duties-are-in-tension"]
    assert "Hint: this is part of the story." in case.story_html
    assert [type(item).__name__ for item in pool.items] == ["Question", "Question", "Case"]
    assert (pool.draw, pool.per_objective) == (2, False)


def test_a_pool_that_draws_for_each_objective_needs_enough_of_each(tmp_path: Path):
    pool = "## Pool: Blueprint (draw 2 per objective)\n\n"
    three = "".join(f"### Q{n}?\n\nObjective: {1 if n < 3 else 2}\n\n- (x) A\n- ( ) B{WHY}\n" for n in range(1, 4))
    nameless = f"### Q5?\n\n- (x) A\n- ( ) B{WHY}"
    fourth = f"### Q4?\n\nObjective: 2\n\n- (x) A\n- ( ) B{WHY}"

    assert rules(tmp_path, pool + three) == ["pool-too-small"]
    assert rules(tmp_path, pool + three + fourth) == []
    assert rules(tmp_path, pool + three + fourth + nameless) == ["unknown-objective"]


def test_a_waiver_silences_its_question_and_is_kept(tmp_path: Path):
    text = f"## What is not right?\n\nWaive: negative-stem — the Code words it so\n\n- (x) A\n- ( ) B{WHY}"
    reading = read(tmp_path, {**FILES, "exam.md": FILES["exam.md"] + "\n" + text})

    assert reading.problems == ()
    assert reading.course is not None
    assert [(each.path, each.rule, each.reason) for each in reading.course.waivers] == [
        ("exam.md", "negative-stem", "the Code words it so")
    ]


@pytest.mark.parametrize("dash", ["-", "--", "–", "—"])
def test_a_waiver_takes_any_dash(tmp_path: Path, dash: str):
    assert (
        rules(tmp_path, f"## What is not right?\n\nWaive: negative-stem {dash} a reason\n\n- (x) A\n- ( ) B{WHY}") == []
    )


def test_a_waiver_in_a_module_is_for_the_next_block_only(tmp_path: Path):
    text = "Waive: raw-html — shown on purpose\n\nSee <b>this</b>.\n\nAnd <i>that</i>.\n"
    reading = read(tmp_path, {**FILES, "03-more.md": text})

    assert shown(reading) == ["03-more.md:5:5 raw-html"]


def test_a_waiver_in_the_settings_is_for_the_file(tmp_path: Path):
    exam = FILES["exam.md"].replace("shuffle: options", "shuffle: options\nwaive: {negative-stem: house style}")
    reading = read(tmp_path, {**FILES, "exam.md": exam + f"\n## What is not right?\n\n- (x) A\n- ( ) B{WHY}"})

    assert reading.problems == ()


def test_bold_makes_a_negative_stem_fair(tmp_path: Path):
    assert rules(tmp_path, f"## Which is **not** right?\n\n- (x) A\n- ( ) B{WHY}") == []


def many(count: int, *, right: str = "- (x) Longest of all\n- ( ) Short", kind: str = "Q") -> str:
    return "".join(f"## {kind} {n}\n\n{right}{WHY}\n" for n in range(count))


def test_longest_is_key_needs_five_and_more_than_sixty_percent(tmp_path: Path):
    before = FILES["exam.md"].split("---\n", 2)
    head = f"---\n{before[1]}---\nx\n"
    tested = "".join(f"## O{n}\n\nObjective: {n}\n\nAnswer: x{WHY}\n" for n in (1, 2, 3))
    even = "- (x) Same\n- ( ) Text"

    def found(long: int, short: int) -> list[str]:
        exam = head + tested + many(long, kind="L") + many(short, right=even, kind="S")
        return [p.rule for p in read(tmp_path, {**FILES, "exam.md": exam, "course.md": FILES["course.md"]}).problems]

    assert found(4, 0) == []
    assert found(5, 0) == ["longest-is-key"]
    assert found(3, 2) == []
    assert found(7, 4) == ["longest-is-key"]


def test_key_position_needs_eight_that_are_not_shuffled(tmp_path: Path):
    tested = "".join(f"## O{n}\n\nObjective: {n}\n\nAnswer: x{WHY}\n" for n in (1, 2, 3))
    even = "- (x) Same\n- ( ) Text"

    def found(count: int, shuffle: str) -> list[str]:
        exam = f"---\nshuffle: {shuffle}\n---\n" + tested + many(count, right=even)
        return [p.rule for p in read(tmp_path, {**FILES, "exam.md": exam}).problems]

    assert found(8, "none") == ["key-position"]
    assert found(8, "questions") == ["key-position"]
    assert found(8, "options") == []
    assert found(7, "none") == []


def test_more_than_one_in_ten_true_or_false_is_too_many(tmp_path: Path):
    tested = "".join(f"## O{n}\n\nObjective: {n}\n\nAnswer: x{WHY}\n" for n in (1, 2, 3))
    one = f"## T\n\n- (x) True\n- ( ) False{WHY}\n"

    def found(others: int) -> list[str]:
        exam = tested + one + many(others, right="- (x) Same\n- ( ) Text")
        return [f"{p.line}:{p.column} {p.rule}" for p in read(tmp_path, {**FILES, "exam.md": exam}).problems]

    assert found(6) == []
    assert found(5) == ["1:1 too-many-true-false"]


@pytest.mark.parametrize("exam", ["Nothing yet.", "# Exam", "## Reflection: you\n\n____\n"])
def test_an_exam_with_nothing_graded_gives_one_message(tmp_path: Path, exam: str):
    assert shown(read(tmp_path, {**FILES, "exam.md": exam})) == ["exam.md:1:1 too-few-questions"]
