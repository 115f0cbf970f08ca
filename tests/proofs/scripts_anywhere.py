"""Nothing that anybody types runs anywhere: on pages, in letters, tables and PDFs, stored or sent back at once.

A house is furnished with a payload in every text (furnished.py); whatever it answers is opened in a browser that no
policy restrains (windows.py), or taken apart (sheets.py, papers.py). Each way of trying it is a trial of its own, and
each trial has a control in which what protects is switched off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import cast as the_cast
from conftest import PUBLIC, Pencil, Postbox
from fastapi import FastAPI
from httpx2 import Response
from makers import SIGNER
from playwright.sync_api import Browser, Page
from proofs import answers, letters, papers, reflected, sheets
from proofs.answers import HTML, MARKS, OK, TRACES, Ask, Telling
from proofs.furnished import VISITORS, Furnished, furnished
from proofs.reflected import Came
from proofs.windows import AT_ONCE, Shown, one_by_one, side_by_side

from app.kit import templates
from app.main import create_app
from app.settings import Settings
from app.web import refusals
from app.web.costs import Measured

LINK = '<a href="javascript:parent.ran(0)">x</a>'  # what a PDF would keep of a page that is not escaped
# Texts of the database that are typed and shown nowhere, as a run over every page has found.
NOWHERE = {
    "accommodation.granted_by": "the trail says who granted what",
    "audit_link.named": "a hash is made of it",
    "certificate.revoked_by": "the trail says who revoked it",
    "invitation.invited_by": "the trail says who invited her",
    "offering.folder": "told at the command line alone",
    "offering.problems": "told at the command line alone",
}


@dataclass(slots=True)
class Outcome:
    """What came of a trial."""

    payloads: int = 0
    together: int = 1  # at most so many in one text
    houses: int = 0
    asked: int = 0
    opened: int = 0  # pages, and parts of letters, each in a browser
    at_work: int = 0  # opened at their own addresses, with our scripts
    holding: int = 0  # of what was opened: in so many the payload can be found
    statuses: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)  # columns whose text was found on something that was opened
    counted: Counter[str] = field(default_factory=Counter)
    ran: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """How often something ran, or would."""
        return len(self.ran) + len(self.wrong)

    def told(self) -> dict[str, Any]:
        """Give what evidence says."""
        told = {
            "payloads": self.payloads,
            "side_by_side": self.together,
            "houses": self.houses,
            "asked": self.asked,
            "opened_in_a_browser": self.opened,
            "opened_with_our_scripts": self.at_work,
            "opened_that_hold_one": self.holding,
            "statuses": dict(sorted(self.statuses.items())),
            **self.counted,
            "texts_seen": len(self.seen),
            "ran": self.ran[:10],
            "ran_in_all": len(self.ran),
            "wrong": self.wrong[:10],
            "wrong_in_all": len(self.wrong),
        }
        return {name: value for name, value in told.items() if value or name in {"ran_in_all", "wrong_in_all"}}


@contextmanager
def opened(url: str, folder: Path) -> Iterator[FastAPI]:
    """Open a house over an empty database, in which nobody is asked to wait."""
    kept = Settings(_env_file=None, data=folder, database_url=url, public_url=PUBLIC, smtp_url="smtp://127.0.0.1:9")  # type: ignore[call-arg]
    with mock.patch("app.main.Measured", partial(Measured, dear=())), ExitStack() as stack:
        house = create_app(kept, clock=lambda: the_cast.NOON, mailer=Postbox(), draws=Pencil(), signer=SIGNER)
        stack.enter_context(mock.patch.object(refusals.log, "disabled", new=True))  # it is broken on purpose
        stack.callback(house.state.wiring.database.close)
        stack.callback(house.state.wiring.checks.room.close)
        yield house


# --- a window that is filled before it is opened ------------------------------------------------------------------


@dataclass(slots=True)
class Viewer:
    """Somebody who opens whatever she is handed, each text once, many at a time."""

    browser: Browser
    outcome: Outcome
    waiting: dict[Shown, None] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    page: Page | None = None

    def open(self, shown: Shown | None) -> None:
        """Take a page, and open all that wait once a window is full."""
        if shown is None or hash(shown) in self.seen:
            return
        self.seen.add(hash(shown))
        self.outcome.holding += any(one in shown.text for one in TRACES)
        self.waiting[shown] = None
        if len(self.waiting) >= AT_ONCE:
            self.close_window()

    def close_window(self) -> None:
        """Open whatever waits."""
        if self.waiting:
            self.page = self.page or self.browser.new_context(bypass_csp=True).new_page()
            self.outcome.ran += side_by_side(self.page, [*self.waiting])
            self.outcome.opened += len(self.waiting)
            self.waiting.clear()

    def leave(self) -> None:
        """Close the window."""
        if self.page is not None:
            self.page.context.close()


Tell = Callable[[str], None]
Tried = Callable[[Furnished, Viewer, Outcome], None]


def quietly(_line: str) -> None:
    """Tell nobody."""


def prove(
    house: FastAPI, browser: Browser, groups: Sequence[Sequence[str]], *tried: Tried, tell: Tell = quietly
) -> Outcome:
    """Furnish the house with payloads, a group at a time, and try something in each such house."""
    sizes = [len(group) for group in groups]
    outcome = Outcome(payloads=sum(sizes), together=max(sizes), houses=len(groups))
    viewer = Viewer(browser, outcome)
    try:
        for place, group in enumerate(groups):
            if place and not place % 20:
                tell(f"  {place} of {len(groups)}, {outcome.failures} failures")
            try:
                with furnished(house, group) as home:
                    for one in tried:
                        one(home, viewer, outcome)
            except Exception as error:  # noqa: BLE001 - what could not be tried is told, and the rest is tried
                outcome.wrong.append(f"not tried: {group[0]}: {type(error).__name__} {error}"[:400])
        viewer.close_window()
    finally:
        viewer.leave()
    return outcome


def grouped(payloads: Sequence[str], together: int) -> list[Sequence[str]]:
    """Put so many payloads into each text."""
    return [payloads[first : first + together] for first in range(0, len(payloads), together)]


def fitting(payloads: Sequence[str], room: int) -> list[list[str]]:
    """Put as many payloads into each text as have room: a certificate has little."""
    groups: list[list[str]] = [[]]
    for one in payloads:
        if groups[-1] and len("\n".join([*groups[-1], one])) > room:
            groups.append([])
        groups[-1].append(one)
    return groups


# --- what is tried -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Trials:
    """Everything that is tried in a furnished house; which pages tell most is found in the first one."""

    telling: Telling = field(default_factory=Telling)
    every: int = 1  # of pages that are asked with parameters, or whose forms are sent: each so manyth, others each time
    turn: int = 0

    def pages(self, home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
        """Open a page of every kind that shows something typed, as whoever sees most of it."""
        self._open(self.telling.asks(home), home, viewer, outcome)

    def visitors(self, home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
        """Open a page of every kind as every visitor, whether it is for her or not."""
        asks = self.telling.asks(home, quiet=True)
        self._open([Ask(who, one.path) for who in VISITORS for one in asks], home, viewer, outcome)

    def at_work(self, home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
        """Open a page of every kind at its own address, with our scripts at work on it."""
        good = _good(home, self.telling.asks(home, quiet=True))
        for who in dict.fromkeys(one.who for one in good):
            context = viewer.browser.new_context(bypass_csp=True)
            paths = [one.path for one in good if one.who == who]
            outcome.ran += one_by_one(context.new_page(), PUBLIC, home.browsers[who], paths)
            outcome.at_work += len(paths)
            context.close()

    def addresses(self, home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
        """Ask with payloads in every part of an address, in every header, and for every reason to be refused."""
        good = _good(home, self._some(self.telling.asks(home, quiet=True)))
        for found in (
            reflected.addresses(home, good),
            reflected.with_headers(home, good),
            reflected.refused(home),
        ):
            _take(found, viewer, outcome)

    def forms(self, home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
        """Send every form that is on a page, with payloads in its fields, and hand certificates in."""
        every = reflected.found(answers.pages(home, self._some(self.telling.asks(home, quiet=True))))
        outcome.counted["forms"] = max(outcome.counted["forms"], len(every))
        _take(reflected.sent(home, every), viewer, outcome)
        for came, part in (*reflected.handed_in(home), *reflected.written(home)):
            _take([came], viewer, outcome)
            viewer.open(part)

    def _some(self, asks: list[Ask]) -> list[Ask]:
        self.turn += 1
        return asks[self.turn % self.every :: self.every]

    def _open(self, asks: Iterable[Ask], home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
        for one, answer in answers.pages(home, asks):
            _take([Came(f"{one.who}: {one.path}", answer)], viewer, outcome)
            outcome.seen |= {name for behind, name in MARKS.items() if behind in answer.text}


def _take(found: Iterable[Came], viewer: Viewer, outcome: Outcome) -> None:
    for came in found:
        outcome.asked += 1
        outcome.statuses[str(came.answer.status_code)] += 1
        outcome.wrong += answers.wrong(came.what, came.answer)
        viewer.open(answers.shown(came.answer))


def _good(home: Furnished, asks: Iterable[Ask]) -> list[Ask]:
    return [one for one, answer in answers.pages(home, asks) if _is_page(answer)]


def _is_page(answer: Response) -> bool:
    return answer.status_code == OK and answer.headers.get("content-type", "").startswith(HTML)


def mail(home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
    """Open every part of every letter."""
    for part in letters.parts(home):
        if isinstance(part, str):
            outcome.wrong.append(part)
        else:
            outcome.counted[f"parts of letters, {part.shown.kind}"] += 1
            viewer.open(part.shown)


def tables(home: Furnished, viewer: Viewer, outcome: Outcome) -> None:
    """Take every file along, and look into each."""
    found = sheets.taken(home)
    counted = {"tables, CSV": found.tables, "cells": found.cells, "workbooks, XLSX": found.workbooks}
    outcome.counted.update(counted | {"texts and pages in files": len(found.shown)})
    outcome.wrong += found.wrong
    for shown in found.shown:
        viewer.open(shown)


def pdfs(home: Furnished, _viewer: Viewer, outcome: Outcome) -> None:
    """Draw what a learner and an officer take along, and take each PDF apart."""
    _look(papers.look(home), outcome)


def packs(home: Furnished, _viewer: Viewer, outcome: Outcome) -> None:
    """Do the same with what stands in evidence packs and in what a learner takes along of herself."""
    _look(papers.look(home, packs=True), outcome)


def _look(found: papers.Read, outcome: Outcome) -> None:
    counted = {"PDFs": found.papers, "objects": found.objects, "links": found.links, "legible": found.legible}
    outcome.counted.update(counted)
    outcome.wrong += [*found.wrong, *(f"not drawn: {one}" for one in found.refused)]


# --- the protection switched off ---------------------------------------------------------------------------------


@contextmanager
def unescaped() -> Iterator[None]:
    """Take the protection away: templates of pages and of letters write what they are handed as it was typed."""
    environment = templates.environment()
    with mock.patch.object(environment, "autoescape", False):
        environment.cache.clear()  # type: ignore[union-attr]
        yield
    environment.cache.clear()  # type: ignore[union-attr]
