"""How hard a text reads: the formulas as they were published, fed with running text and nothing else."""

from __future__ import annotations

import pytest

from app.content import readability, running_text
from app.content.course import Check, Kind, Module, Option, Prose, Question
from app.content.readability import Readability
from app.content.scenario import Choice, Scenario, Step


def module(*blocks: Prose | Check | Scenario) -> Module:
    return Module(slug="one", number=1, title="One", blocks=blocks)


def read(html: str) -> list[str]:
    return list(running_text.of(module(Prose(html))))


def test_the_formulas_are_those_that_were_published() -> None:
    of_a_hundred = Readability(words=100, sentences=5, syllables=150)
    assert of_a_hundred.ease == 59.6  # 206.835 - 1.015 * 20 - 84.6 * 1.5
    assert of_a_hundred.grade == 9.9  # 0.39 * 20 + 11.8 * 1.5 - 15.59


def test_words_sentences_and_syllables_are_counted() -> None:
    assert readability.of(["The client asks. We listen, and wait."]) == Readability(words=7, sentences=2, syllables=9)


def test_nothing_to_read_has_no_level() -> None:
    nothing = readability.of(["1.07", "–"])
    assert nothing == Readability()
    assert (nothing.grade, nothing.ease) == (None, None)


def test_several_texts_read_as_one_long_text_and_not_as_the_mean_of_their_levels() -> None:
    short, long = readability.of(["We wait."]), readability.of(["Confidentiality obligates every practitioner. " * 9])
    together = short + long
    assert together == readability.of(["We wait.", "Confidentiality obligates every practitioner. " * 9])
    assert together.grade != pytest.approx(((short.grade or 0) + (long.grade or 0)) / 2)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("worker", 2), ("client", 2), ("client’s", 2), ("about", 2), ("whether", 2), ("record", 2), ("open", 2),
        ("boundary", 3), ("supervision", 4), ("patient", 2), ("friend", 1), ("quiet", 2),
        ("served", 1), ("decided", 3), ("handle", 2), ("notes", 1), ("places", 2), ("ethics", 2), ("I", 1),
    ],
)  # fmt: skip
def test_syllables_are_those_that_are_heard(word: str, count: int) -> None:
    assert readability.syllables(word.lower()) == count


def test_pyphen_alone_would_find_too_few() -> None:
    pieces = readability._hyphenation().inserted
    assert [pieces(word) for word in ("about", "client", "open", "record")] == ["about", "client", "open", "record"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("See 45 C.F.R. Part 164. It is law.", 2),
        ("Dr. Reyes asked Ms. Okafor. She said no.", 2),
        ("“Wait.” She waited.", 2),
        ("Is it? No! Well… Perhaps.", 4),
        ("It is 9:52 p.m. The phone rings.", 2),
        ("The score was 1.07 of 2.", 1),
        ("no capital. still the same", 1),
        ("Barsky, A. wrote it.", 1),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, count: int) -> None:
    assert len(readability.sentences(text)) == count


@pytest.mark.parametrize("language", ["en", "en-US", "EN"])
def test_the_formulas_are_for_english(language: str) -> None:
    assert readability.speaks(language)
    assert not readability.speaks("es")


def test_what_is_only_looked_at_is_not_read() -> None:
    assert read(
        '<h2 id="a">A heading</h2><p id="b1">Read me.</p><div><table><tr><td>cell</td></tr></table></div>'
        "<pre><code>code</code></pre>"
        '<p>Say <code>this</code> aloud.<sup class="footnote-ref"><a href="#f">[1]</a></sup></p>'
        '<figure><img src="/x.png" alt="told"><figcaption>caption</figcaption>'
        "<details><summary>s</summary><p>long</p></details></figure>"
        '<section class="box box-note" aria-label="Name"><p class="box-title">Name</p><p>Inside.</p></section>'
        "<dl><dt>Term</dt><dd>Its meaning.</dd></dl><ul><li>First<ul><li>inner</li></ul></li></ul>"
        '<ol><li><p>A note. <a href="#r" class="footnote-backref">↩</a></p></li></ol>'
    ) == ["Read me.", "Say aloud.", "Inside.", "Its meaning.", "First", "inner", "A note."]


def test_citations_are_not_read_and_other_links_are() -> None:
    cited = '(<a class="citation" href="#ref-nasw">National Association, 2021</a>, 1.07(n)–(o))'
    assert read(f"<p>It is asked. {cited} So <a href='https://x.example'>ask</a> (twice).</p>") == [
        "It is asked. So ask (twice)."
    ]


def test_checks_and_scenarios_are_read_without_the_headings_and_marks_of_their_questions() -> None:
    options = (Option("**Yes**", "<strong>Yes</strong>", right=True, feedback_html="<p>It is.</p>"), Option("No", "No"))
    question = Question(
        "q", Kind.CHOOSE_ONE, "Heading?", "Heading?", "<p>Prompt.</p>", options, rationale_html="<p>Why.</p>"
    )
    check = Check("c", "Title of the check", "<p>Intro.</p>", (question,))
    steps = (
        Step("a", "Step", "<p>It rings.</p>", (Choice("Go", "Go", "b", "<p>Kind.</p>"),)),
        Step("b", "End", "<p>Over.</p>"),
    )
    scenario = Scenario("s", "Title", "<p>A night.</p>", steps)
    assert list(running_text.of(module(check, scenario))) == [
        "Intro.", "Prompt.", "Yes", "It is.", "No", "Why.", "A night.", "It rings.", "Go", "Kind.", "Over.",
    ]  # fmt: skip
