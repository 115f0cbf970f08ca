"""Texts become HTML that is accessible and can be resumed at any block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_course import FILES, read, shown

from app.content import references, spelling
from app.content.course import Check, Module, Prose
from app.content.scenario import Scenario


def module(tmp_path: Path, text: str) -> Module:
    reading = read(tmp_path, {**FILES, "03-more.md": text})
    assert [each for each in shown(reading) if "error" in each] == []
    assert reading.course is not None, reading.problems
    return reading.course.modules[2]


def prose(tmp_path: Path, text: str) -> str:
    return "\n".join(block.html for block in module(tmp_path, text).blocks if isinstance(block, Prose))


def test_top_level_blocks_are_numbered_through_checks_and_boxes(tmp_path: Path):
    check = "::: check\n### Q?\n- (x) x\n  > y\n- ( ) z\n:::"
    text = f"A\n\n- b\n- c\n\n::: note\nd\n\ne\n:::\n\n{check}\n\n> f\n\n```\ng\n```\n"

    html = prose(tmp_path, text)

    assert re.findall(r'<(\w+) id="(b\d+)"', html) == [
        ("p", "b1"),
        ("ul", "b2"),
        ("section", "b3"),
        ("blockquote", "b4"),
        ("code", "b5"),
    ]
    assert len(re.findall(r'id="b\d+"', html)) == len(set(re.findall(r'id="(b\d+)"', html)))


def test_checks_and_scenarios_stand_in_the_flow(tmp_path: Path):
    course = read(tmp_path).course

    assert course is not None
    kinds = [type(block) for block in course.modules[0].blocks]
    assert kinds == [Prose, Check, Scenario, Prose]


def test_an_indented_box_is_a_box(tmp_path: Path):
    html = prose(tmp_path, "- One\n  ::: note\n  Text\n  :::\n\nAfter\n")

    assert '<section id="b2" class="box box-note"' in html
    assert ":::" not in html


def test_the_first_heading_is_the_title_and_not_in_the_text(tmp_path: Path):
    found = module(tmp_path, "# The *title*\n\nText\n\n## One\n\n### Deep\n\n## One\n")

    assert found.title == "The title"
    assert [(each.id, each.title) for each in found.sections] == [("one", "One"), ("one-2", "One")]
    assert all("<h1" not in block.html for block in found.blocks if isinstance(block, Prose))


def test_a_module_without_a_title_is_called_by_its_file(tmp_path: Path):
    assert module(tmp_path, "Text").title == "More"


def test_headings_never_take_the_ids_of_blocks(tmp_path: Path):
    assert [each.id for each in module(tmp_path, "## B1\n\n## Ref a\n\nx\n").sections] == [
        "section-b1",
        "section-ref-a",
    ]


def test_quotes_are_smart_and_citations_of_paragraphs_are_left_alone(tmp_path: Path):
    assert "“so” it’s 1.07(c) … (r)" in prose(tmp_path, '"so" it\'s 1.07(c) … (r)')


def test_a_file_name_in_a_sentence_is_no_link(tmp_path: Path):
    assert "<a" not in prose(tmp_path, "Open course.md and social.work today.")


def test_tables_scroll_by_keyboard_and_have_names(tmp_path: Path):
    html = prose(tmp_path, "## Limits\n\n| A | B |\n|:-:|---|\n| 1 | 2 |\n")

    assert '<div id="b1" class="table-scroll" role="region" tabindex="0" aria-label="Table 1, Limits">' in html
    assert '<th scope="col" class="align-center">A</th>' in html


def test_a_comment_is_a_note_to_oneself(tmp_path: Path):
    html = prose(
        tmp_path, "<!-- one --> Shown <!-- two --> here.\n\n<!-- three\n\n::: note\n\n## four -->\n\n`<!-- kept -->`\n"
    )

    assert " ".join(html.split()) == '<p id="b1">Shown here.</p> <p id="b2"><code>&lt;!-- kept --&gt;</code></p>'


def test_a_place_after_a_comment_is_still_its_place(tmp_path: Path):
    reading = read(tmp_path, {**FILES, "03-more.md": "<!-- one --> A <!-- two --> [x](q:1)\n"})

    assert shown(reading) == ["03-more.md:1:33 bad-link"]


def test_html_is_shown_as_text(tmp_path: Path):
    reading = read(tmp_path, {**FILES, "03-more.md": "See <b onclick='x'>this</b>."})

    assert shown(reading) == ["03-more.md:1:5 raw-html"]
    assert reading.course is not None
    (block,) = reading.course.modules[2].blocks
    assert isinstance(block, Prose)
    assert "&lt;b onclick=" in block.html


def test_only_links_that_leave_the_site_say_so(tmp_path: Path):
    html = prose(tmp_path, "[a](https://www.example.org) [b](exam.md) [c](tel:+1555) [d](media/photo.png)")

    assert html.count('rel="noopener noreferrer"') == 1
    assert '<a href="/courses/ethics-of-technology/exam">b</a>' in html
    assert re.search(r'<a href="/media/[0-9a-f]{64}\.png">d</a>', html)


def test_footnotes_of_a_page_have_ids_of_their_own(tmp_path: Path):
    text = "A^[one]\n\n::: check\n### Q^[two]\n- (x) a\n  > b\n- ( ) c\n:::\n\nB[^x]\n\n[^x]: three\n"
    found = module(tmp_path, text)

    htmls = [block.html for block in found.blocks if isinstance(block, Prose)]
    htmls += [question.heading_html for check in found.checks() for question in check.questions]
    ids = re.findall(r' id="([^"]+)"', "".join(htmls))
    assert len(ids) == len(set(ids))


def test_problems_in_tables_lists_and_quotations_keep_their_places(tmp_path: Path):
    table = "| a | b |\n|---|---|\n| [x](q:1) | [x](q:1) |\n"
    text = table + "\n- one\n  - two [y](q:2)\n\n> three\n> [z](q:3)\n\n![a [b](q:4)](media/photo.png)\n"
    found = shown(read(tmp_path, {**FILES, "03-more.md": text}))

    places = [each.split(":", 1)[1] for each in found]
    assert places[:4] == ["3:7 bad-link", "3:18 bad-link", "6:13 bad-link", "9:7 bad-link"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Reamer, F. G. (2023). Title.", "Reamer, 2023"),
        ("Cox, K. E., & Simpson, B. (2020). Title.", "Cox & Simpson, 2020"),
        ("Able, A., Baker, B., & Charlie, C. (2019). Title.", "Able et al., 2019"),
        ("National Association of Social Workers. (2021). Code.", "National Association of Social Workers, 2021"),
        ("A blog post without a year. https://www.example.org", "A blog post without a year"),
    ],
)
def test_a_citation_names_author_and_year(text: str, label: str):
    assert references.label(text) == label


def test_the_latest_year_counts_and_none_to_come():
    assert references.latest_year("Smith (1998, reprinted 2014), pp. 2019-20; ISBN 20209", until=2026) == 2019
    assert references.latest_year("To appear 2031", until=2026) is None


@given(st.text(max_size=30))
def test_a_slug_is_an_address_and_stays_itself(text: str):
    found = spelling.slug(text)

    assert spelling.slug(found) == found
    assert not found.startswith("-")
    assert not found.endswith("-")
    assert " " not in found


@given(st.text(max_size=8), st.text(max_size=8))
def test_slips_are_counted_alike_in_both_directions(one: str, other: str):
    assert spelling.slips(one, other) == spelling.slips(other, one)
    assert (spelling.slips(one, other) == 0) == (one == other)


def test_the_nearest_name_is_always_offered():
    assert spelling.did_you_mean("levle", ["title", "level"]) == "Did you mean “level”?"
    assert spelling.did_you_mean("zzz", ["title"]) == "Did you mean “title”?"
