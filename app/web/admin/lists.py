"""The list component: search, order, page, choose, act. A list says what it has; its address, what is asked of it.

A page of the office describes its list once, as a `Listing`. It reads its address with `asked`, lays the page out with
`view`, and reads a form of chosen rows with `chosen`. templates/components/list.html draws it, and needs no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Invalid, TooLarge
from app.kit.listing import LONGEST, PAGE, Found, Sought
from app.request import Sent, row_number

ALL, THIS_PAGE = "all", "page"
MOST_CHOSEN = 500  # rows chosen one by one


class NothingChosen(Invalid):
    """An act on chosen rows, and none is chosen."""

    message = "Nothing is selected. Go back, check the rows that you mean, and try again."

    def __init__(self) -> None:
        """Name no field: every row has one."""
        super().__init__({}, self.message)


class TooManyChosen(TooLarge):
    """More rows than one act may touch."""

    def __init__(self, most: int) -> None:
        """Say how many it may."""
        super().__init__(f"At most {most:,} can be selected for this. Go back and narrow the search, or select fewer.")


# --- what a list is --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key sorts by it, where it can be sorted by."""

    key: str
    words: str
    sorts: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A choice that narrows the list, such as a role; `options` are pairs of value and words."""

    key: str
    words: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do with the chosen rows: a button that sends them to an address."""

    words: str
    href: str
    icon: str = ""
    needs_choice: bool = True  # else it takes all that match where nothing is chosen, as an export does


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: where it is, what its rows are called, and what it can be asked."""

    place: str
    one: str  # person
    many: str  # people
    columns: tuple[Column, ...]
    first: str  # the column it is sorted by unless another is asked for
    descending: bool = False
    search_words: str = "Search"
    search_hint: str = ""
    narrowings: tuple[Narrowing, ...] = ()
    actions: tuple[Action, ...] = ()

    def counted(self, number: int) -> str:
        """Say how many: 1 person, 51 people."""
        return f"{number:,} {self.one if number == 1 else self.many}"


def exports(place: str) -> tuple[Action, ...]:
    """Give the two actions that every list of the office has."""
    return (
        Action("Export CSV", f"{place}.csv", "download", needs_choice=False),
        Action("Export Excel", f"{place}.xlsx", "download", needs_choice=False),
    )


# --- what is asked of it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for."""

    words: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    narrowed: Mapping[str, str] = field(default_factory=dict)
    select: str = ""  # "page" or "all": boxes that are checked already, for browsers without script

    def sought(self, only: tuple[int, ...] | None = None) -> Sought:
        """Give what the domain has to look for."""
        return Sought(self.words, self.sort, self.descending, self.narrowed, only)

    def query(self, listing: Listing) -> dict[str, str]:
        """Give what an address has to say to ask the same; what goes without saying is left out."""
        told = {"q": self.words, **self.narrowed}
        if (self.sort, self.descending) != (listing.first, listing.descending):
            told |= {"sort": self.sort, "order": "desc" if self.descending else "asc"}
        if self.page > 1:
            told["page"] = str(self.page)
        return {key: value for key, value in told.items() if value} | ({"select": self.select} if self.select else {})

    def href(self, listing: Listing) -> str:
        """Give the address that asks for this."""
        query = urlencode(self.query(listing))
        return f"{listing.place}?{query}" if query else listing.place


def asked(listing: Listing, query: QueryParams) -> Asked:
    """Read the address of a list. What it cannot be asked is as if it had not been said."""
    return _asked(listing, query.get)


def _asked(listing: Listing, say: Callable[[str, str], str]) -> Asked:
    sort, page = say("sort", ""), say("page", "")
    may = {column.key for column in listing.columns if column.sorts}
    is_known = sort in may
    return Asked(
        words=" ".join(say("q", "").split())[:LONGEST],
        sort=sort if is_known else listing.first,
        descending=say("order", "") == "desc" if is_known else listing.descending,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        narrowed={one.key: say(one.key, "") for one in listing.narrowings if say(one.key, "") in dict(one.options)},
        select=say("select", "") if say("select", "") in {ALL, THIS_PAGE} else "",
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form with checked rows means: those rows, or all that match."""

    asked: Asked
    ids: tuple[int, ...]
    everything: bool  # "all that match" was chosen, or nothing was

    @property
    def sought(self) -> Sought:
        """Give what the domain has to look for."""
        return self.asked.sought(None if self.everything else self.ids)

    def insist(self) -> Chosen:
        """Raise `NothingChosen` unless rows were chosen, or all of them were in so many words."""
        if self.ids or self.asked.select == ALL:
            return self
        raise NothingChosen


def chosen(listing: Listing, form: Sent) -> Chosen:
    """Read the rows that were checked; where none was, it means all that match."""
    said = _asked(listing, lambda name, otherwise: form.text(name) or otherwise)
    ids = tuple(dict.fromkeys(_row(one) for one in form.all("id")))
    if len(ids) > MOST_CHOSEN:
        raise TooManyChosen(MOST_CHOSEN)
    everything = said.select == ALL or not ids
    return Chosen(said, () if everything else ids, everything)


def _row(written: str) -> int:
    try:
        return row_number(written)
    except ValueError:
        raise NothingChosen from None


# --- what is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of the list."""

    words: str
    under: str = ""  # a quieter line below
    href: str = ""
    icon: str = ""
    tone: str = ""  # right, attention or wrong, with an icon and a word that say the same


@dataclass(frozen=True, slots=True)
class Days:
    """Says on which day something was, where she who looks lives."""

    looks: Person

    def words(self, at: datetime | None, otherwise: str = "") -> str:
        """Say the day in words, or something else where there was none."""
        zone = ZoneInfo(self.looks.time_zone or "UTC")
        return time_zones.date_in_words(at.astimezone(zone)) if at else otherwise


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, what to call it out loud, and its cells in the order of the columns."""

    id: int
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeadView:
    """The head of a column."""

    words: str
    href: str  # sorts by it, or the other way around; empty where it cannot be sorted by
    sorted: str  # ascending, descending or nothing: what aria-sort says
    is_number: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """A list as its template draws it."""

    place: str
    label: str
    typed: str
    search_words: str
    search_hint: str
    narrowings: tuple[tuple[Narrowing, str], ...]  # each with what is chosen in it
    is_narrowed: bool  # it shows less than there is
    heads: tuple[HeadView, ...]
    rows: tuple[Row, ...]
    checked: str  # "", "page" or "all"
    counted: str  # 51 people
    told: str  # 51 to 100 of 1,234 people
    order: tuple[tuple[str, str], ...]  # what a search keeps
    hidden: tuple[tuple[str, str], ...]  # what a form of chosen rows says beside them
    actions: tuple[Action, ...]
    this_page_href: str
    all_href: str
    none_href: str
    previous_href: str
    next_href: str
    pages: tuple[tuple[int, str], ...]  # number and address of the pages to go to; 0 for a gap
    page: int


def view(listing: Listing, asked: Asked, found: Found[Any], rows: Iterable[Row]) -> ListView:
    """Lay a page of a list out."""
    at = replace(asked, page=found.page)
    last = found.page * PAGE
    shown = f"{last - PAGE + 1:,} to {min(last, found.total):,} of " if found.pages > 1 else ""
    return ListView(
        place=listing.place,
        label=listing.many.capitalize(),
        typed=at.words,
        search_words=listing.search_words,
        search_hint=listing.search_hint,
        narrowings=tuple((one, at.narrowed.get(one.key, "")) for one in listing.narrowings),
        is_narrowed=bool(at.words or at.narrowed),
        heads=tuple(_head(listing, at, column) for column in listing.columns),
        rows=tuple(rows),
        checked=at.select,
        counted=listing.counted(found.total),
        told=shown + listing.counted(found.total),
        order=_only(at.query(listing), {"sort", "order"}),
        hidden=_only(at.query(listing), {"q", "sort", "order", *at.narrowed}),
        actions=listing.actions,
        this_page_href=replace(at, select=THIS_PAGE).href(listing),
        all_href=replace(at, select=ALL).href(listing),
        none_href=replace(at, select="").href(listing),
        previous_href=_turned(listing, at, found.page - 1) if found.page > 1 else "",
        next_href=_turned(listing, at, found.page + 1) if found.page < found.pages else "",
        pages=tuple((one, _turned(listing, at, one) if one else "") for one in _stops(found.page, found.pages)),
        page=found.page,
    )


def _only(query: Mapping[str, str], keys: set[str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in query.items() if key in keys)


def _head(listing: Listing, at: Asked, column: Column) -> HeadView:
    is_sorted = column.key == at.sort
    turned = replace(at, sort=column.key, descending=is_sorted and not at.descending, page=1, select="")
    return HeadView(
        words=column.words,
        href=turned.href(listing) if column.sorts else "",
        sorted=("descending" if at.descending else "ascending") if is_sorted else "",
        is_number=column.is_number,
    )


def _turned(listing: Listing, at: Asked, page: int) -> str:
    # All that match stay chosen from page to page; the rows of one page do not.
    return replace(at, page=page, select=at.select if at.select == ALL else "").href(listing)


def _stops(page: int, pages: int) -> Sequence[int]:
    """Give the pages to go to, with 0 for a gap: 1 … 4 5 6 … 20."""
    near = sorted({1, pages, *(one for one in (page - 1, page, page + 1) if 1 <= one <= pages)})
    stops: list[int] = []
    for one in near:
        if stops and one - stops[-1] > 1:
            stops.append(one - 1 if one - stops[-1] == 2 else 0)
        stops.append(one)
    return stops
