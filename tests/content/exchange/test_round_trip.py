"""What leaves as GIFT or Moodle XML and comes back means what it meant: every kind, whatever is written in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import exchanged
import invented
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.content.course import Kind, Question
from app.content.exchange import gift_out, moodle_xml_out, proof
from app.content.exchange.adding import Fate
from app.content.exchange.items import Item, Skip

MANY = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def sound(item: Item) -> bool:
    """Say whether our own format can hold what was invented."""
    try:
        proof.prove(item, exchanged.desk(), name="q")
    except Skip:
        return False
    return True


def several(kind: Kind) -> st.SearchStrategy[list[Item]]:
    """Invent a few questions of a kind."""
    return st.lists(invented.items(kind).filter(sound), min_size=1, max_size=3, unique_by=lambda item: item.heading)


def meanings(questions: Mapping[str, Question]) -> dict[str, Question]:
    return {name: exchanged.meaning(question) for name, question in questions.items()}


def fits_gift(question: Question) -> bool:
    """Say whether GIFT has such a question: one gap at most, and no arrow in what is typed."""
    typed = [*question.accepted, *(text for gap in question.gaps for text in gap)]
    return len(question.gaps) < 2 and not any("->" in text for text in typed)


def in_gift(question: Question) -> Question:
    """Give a question without what GIFT has no place for."""
    if question.kind is Kind.ORDERING:
        items = tuple(replace(item, feedback_html="") for item in question.items)
        question = replace(question, rationale_html="", items=items)
    return replace(question, hint_html="")


@pytest.mark.parametrize("kind", invented.KINDS)
@MANY
@given(data=st.data())
def test_moodle_xml_there_and_back_means_the_same(kind: Kind, data: st.DataObject):
    sent = exchanged.course(data.draw(several(kind)))
    _, plan, back = exchanged.there_and_back(sent, moodle_xml_out.write)

    assert {entry.fate for entry in plan.entries} == {Fate.ADDED}, plan.entries
    assert meanings(back) == meanings(exchanged.questions(sent))


@pytest.mark.parametrize("kind", invented.KINDS)
@MANY
@given(data=st.data())
def test_gift_there_and_back_means_the_same(kind: Kind, data: st.DataObject):
    sent = exchanged.course(data.draw(several(kind)))
    held = {name: in_gift(each) for name, each in exchanged.questions(sent).items() if fits_gift(each)}
    assume(held)
    export, plan, back = exchanged.there_and_back(sent, gift_out.write)

    assert {each.id for each in export.sent if not each.out} == set(held)
    assert {entry.fate for entry in plan.entries} == {Fate.ADDED}, plan.entries
    assert meanings(back) == meanings(held)
