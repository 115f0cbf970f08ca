"""The list component: what an address asks for, what links keep, and what a form of checked rows means."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from app.kit.listing import Found
from app.request import Sent
from app.web.admin import lists
from app.web.admin.lists import Action, Cell, Chosen, Column, Listing, ListView, Narrowing, NothingChosen, Row

LIST = Listing(
    place="/admin/things",
    one="thing",
    many="things",
    columns=(Column("name", "Name", sorts=True), Column("size", "Size", sorts=True), Column("note", "Note")),
    first="name",
    narrowings=(Narrowing("role", "Role", (("a", "A"), ("b", "B"))),),
    actions=(Action("Do", "/admin/things/do"),),
)


def drawn(query: str, *, total: int = 1_234) -> ListView:
    asked = lists.asked(LIST, QueryParams(query))
    page = min(asked.page, -(-total // 50))
    found: Found[object] = Found((), total, page, -(-total // 50))
    return lists.view(LIST, asked, found, [Row(1, "One", (Cell("One"), Cell("1"), Cell("")))])


def sent(*pairs: tuple[str, str]) -> Chosen:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return lists.chosen(LIST, Sent(fields))


def test_what_goes_without_saying_is_not_said() -> None:
    view = drawn("")
    assert [head.href for head in view.heads] == [
        "/admin/things?sort=name&order=desc",
        "/admin/things?sort=size&order=asc",
        "",
    ]
    assert [head.sorted for head in view.heads] == ["ascending", "", ""]
    assert (view.previous_href, view.next_href) == ("", "/admin/things?page=2")
    assert (view.told, view.hidden) == ("1 to 50 of 1,234 things", ())


def test_every_link_keeps_the_rest_of_the_query() -> None:
    view = drawn("q=a+%26+b&role=b&sort=size&order=desc&page=3")
    kept = "q=a+%26+b&role=b&sort=size&order=desc"
    assert view.next_href == f"/admin/things?{kept}&page=4"
    assert view.heads[1].href == "/admin/things?q=a+%26+b&role=b&sort=size&order=asc"
    assert view.all_href == f"/admin/things?{kept}&page=3&select=all"
    assert view.hidden == (("q", "a & b"), ("role", "b"), ("sort", "size"), ("order", "desc"))
    assert view.order == (("sort", "size"), ("order", "desc"))
    assert [number for number, _ in view.pages] == [1, 2, 3, 4, 0, 25]


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=99999999", "page=²", "sort=note", "sort=x", "order=up", "role=z", "select=x"],
)
def test_what_cannot_be_asked_is_as_if_it_had_not_been_said(query: str) -> None:
    assert lists.asked(LIST, QueryParams(query)).href(LIST) == "/admin/things"


def test_all_that_match_stay_chosen_from_page_to_page_and_one_page_does_not() -> None:
    assert drawn("select=all").next_href == "/admin/things?page=2&select=all"
    assert drawn("select=page").next_href == "/admin/things?page=2"


def test_checked_rows_are_those_rows_once_each() -> None:
    chosen = sent(("id", "7"), ("id", "3"), ("id", "7"), ("q", "ana"))
    assert (chosen.ids, chosen.everything) == ((7, 3), False)
    assert chosen.sought.only == (7, 3)
    assert chosen.insist() is chosen


def test_nothing_checked_means_all_that_match_to_an_export_and_nothing_to_an_act() -> None:
    chosen = sent(("q", "ana"), ("role", "a"))
    assert (chosen.sought.words, chosen.sought.narrowed, chosen.sought.only) == ("ana", {"role": "a"}, None)
    with pytest.raises(NothingChosen, match="Nothing is selected"):
        chosen.insist()


def test_all_that_match_is_said_in_so_many_words() -> None:
    chosen = sent(("select", "all"), ("id", "7"))
    assert chosen.sought.only is None
    assert chosen.insist().everything


@pytest.mark.parametrize("written", ["x", "0", "-1", "1.5", "9" * 30, "1 OR 1=1", ""])
def test_what_is_no_row_is_refused(written: str) -> None:
    with pytest.raises(NothingChosen):
        sent(("id", written))


def test_more_rows_than_one_act_may_touch_are_refused() -> None:
    with pytest.raises(lists.TooManyChosen, match="At most 500"):
        sent(*(("id", str(number)) for number in range(1, 502)))
