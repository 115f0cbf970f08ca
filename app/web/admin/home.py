"""The home page of the office: what waits, and what she may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.identity import access
from app.identity.people import Person
from app.request import Db, Now, Overseer
from app.web.admin import menu, waiting
from app.web.admin.case import AdminPage
from app.web.admin.menu import Entry
from app.web.admin.waiting import Waits
from app.web.render import Shows

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Group:
    """The places of one kind."""

    words: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class HomePage(AdminPage):
    """What there is in the office."""

    template: ClassVar[str] = "admin/home.html"
    waiting: tuple[Waits, ...]
    groups: tuple[Group, ...]


@router.get(menu.HOME)
def home(db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show what waits, and what she may open."""
    waits = tuple(waiting.of(db, overseer, now=now))
    return show(HomePage(title="Office", trail=(), waiting=waits, groups=groups(overseer)))


def groups(person: Person) -> tuple[Group, ...]:
    """Give the menu as far as it is somebody's."""
    hers = [entry for entry in menu.MENU if access.may(person, entry.right)]
    parted = (Group(words, tuple(entry for entry in hers if entry.group == words)) for words in menu.GROUPS)
    return tuple(group for group in parted if group.entries)
