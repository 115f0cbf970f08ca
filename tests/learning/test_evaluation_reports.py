"""Evaluation reports: right in their figures, and no way from two of them, or from one at two times, to one person."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import combinations

import pytest
from cast import NOON
from makers import make_course, make_edition, make_enrollment
from sqlmodel import Session, select

from app.identity import people
from app.learning import evaluation_reports, evaluations
from app.learning.evaluation_reports import REST_TOO_FEW, TOO_FEW, Quarter, Report, Said
from app.learning.evaluations import FEWEST, EvaluationResponse, Item
from app.library.editions import Edition

SCALE = Item("content", "The content was accurate.", is_scale=True)
WORDS = Item("practice", "What will you change?", is_scale=False, is_required=False)
MORE = Item("more", "What was missing?", is_scale=False, is_required=False)
NOVEMBER, FEBRUARY = date(2026, 11, 1), date(2027, 2, 1)


def say(number: int, *, edition: int = 1, on: date = NOVEMBER, **answers: str) -> Said:
    return Said(edition, on, answers, f"key-{number}")


def report(said: list[Said], *items: Item, rest: int = 0) -> Report:
    return evaluation_reports.report(said, [(1, item) for item in items or (SCALE,)], waiting=0, rest=rest)


# --- figures -----------------------------------------------------------------------------------------------------


def test_mean_distribution_and_number_are_those_of_the_answers() -> None:
    (rating,) = report([say(one, content=answer) for one, answer in enumerate("1255555")]).ratings
    assert rating.figures is not None
    assert (rating.figures.counts, rating.figures.n, rating.figures.mean) == ((1, 1, 0, 0, 5), 7, 4.0)


def test_quarters_come_in_order_and_by_their_own_figures() -> None:
    said = [say(one, content="5", on=FEBRUARY) for one in range(5)] + [say(one, content="1") for one in range(5)]
    (rating,) = report(said).ratings
    assert [(quarter, figures.mean) for quarter, figures in rating.quarters] == [
        (Quarter(2026, 4), 1.0),
        (Quarter(2027, 1), 5.0),
    ]
    assert Quarter(2026, 4).in_words == "October to December 2026"


def test_the_same_words_are_one_item_over_editions_and_other_words_another() -> None:
    said = [say(one, edition=edition, objective="5") for edition in (1, 2) for one in range(5)]
    old, new = Item("objective", "Apply a rule", is_scale=True), Item("objective", "Apply two rules", is_scale=True)
    apart = evaluation_reports.report(said, [(1, old), (2, new)], waiting=0, rest=0)
    together = evaluation_reports.report(said, [(1, old), (2, old)], waiting=0, rest=0)
    assert [one.figures.n for one in apart.ratings if one.figures] == [5, 5]
    assert [one.figures.n for one in together.ratings if one.figures] == [10]


# --- small groups ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "hidden"), [(0, TOO_FEW), (4, TOO_FEW), (5, ""), (50, "")])
def test_fewer_than_five_are_not_told(number: int, hidden: str) -> None:
    found = report([say(one, content="5", practice="…") for one in range(number)], SCALE, WORDS)
    assert found.hidden == hidden
    assert bool(found.ratings and found.comments) == (not hidden)


@pytest.mark.parametrize(("rest", "hidden"), [(0, ""), (1, REST_TOO_FEW), (4, REST_TOO_FEW), (5, "")])
def test_what_would_leave_fewer_than_five_is_not_told(rest: int, hidden: str) -> None:
    found = report([say(one, content="5") for one in range(9)], rest=rest)
    assert (found.hidden, bool(found.ratings)) == (hidden, not hidden)


def test_an_item_and_a_quarter_with_fewer_than_five_answers_are_not_told() -> None:
    said = [say(one, content="5") for one in range(6)] + [say(9, other="1")]
    found = report([*said, say(10, content="1", on=FEBRUARY)], SCALE, Item("other", "Other", is_scale=True))
    content, other = found.ratings
    assert other.figures is None
    assert [quarter for quarter, _ in content.quarters] == [Quarter(2026, 4)]


# --- comments ----------------------------------------------------------------------------------------------------


def test_comments_stand_in_an_order_that_stays_and_is_no_order() -> None:
    said = [say(one, practice=f"{one}", more=f"{one}") for one in range(30)]
    practice, more = report(said, WORDS, MORE).comments
    assert report(said[::-1], WORDS, MORE).comments == (practice, more), "it stays, however rows come"
    assert sorted(practice.texts, key=int) == [f"{one}" for one in range(30)]
    assert practice.texts != tuple(f"{one}" for one in range(30))
    assert practice.texts != more.texts, "nobody's comments stand in the same place twice"


# --- two reports, or one at two times ----------------------------------------------------------------------------


def evaluate(db: Session, edition: Edition, number: int, *, now: datetime) -> None:
    person = people.find_or_add(db, f"learner-{number}@example.org", now=now)
    answers = {item.name: "5" for item in evaluations.items(edition.course) if item.is_scale}
    evaluations.submit(db, make_enrollment(db, person, edition, now=now), answers, now=now)


def sizes(db: Session, editions: list[Edition]) -> dict[tuple[int, ...], int]:
    """Give how many people every report that can be asked for tells of."""
    chosen = [list(some) for count in range(1, len(editions) + 1) for some in combinations(editions, count)]
    found = {tuple(sorted(one.id for one in some)): evaluation_reports.of(db, some, among=editions) for some in chosen}
    return {ids: one.people if not one.hidden else 0 for ids, one in found.items()}


def test_no_difference_between_reports_or_between_days_is_fewer_than_five(db: Session) -> None:
    editions = [make_edition(db, make_course(title=f"A Small Course {one}")) for one in range(3)]
    before = sizes(db, editions)
    for number in range(38):
        evaluate(db, editions[(number * number) % 3], number, now=NOON + timedelta(days=3 * number))
        after = sizes(db, editions)
        for ids, people_ in after.items():
            assert people_ - before[ids] == 0 or people_ - before[ids] >= FEWEST, "looked at before and after"
            for others, fewer in after.items():
                if set(others) < set(ids):
                    assert people_ - fewer == 0 or people_ - fewer >= FEWEST, "one taken from another"
        before = after
    assert max(before.values()) > 2 * FEWEST, "the control: something was told"


def test_control_without_waiting_for_five_a_report_before_and_after_tells_one_person(db: Session) -> None:
    edition = make_edition(db)
    for number in range(FEWEST):
        evaluate(db, edition, number, now=NOON)
    row = EvaluationResponse(id="x", edition_id=edition.id, counted_on=NOVEMBER, answers=json.dumps({"content": "1"}))
    before = evaluation_reports.of(db, [edition], among=[edition]).people
    db.add(row)
    db.flush()
    assert evaluation_reports.of(db, [edition], among=[edition]).people - before == 1
    assert len(db.exec(select(EvaluationResponse)).all()) == FEWEST + 1
