"""Roles and rights: the one table, as the house reads it on every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.identity import access
from app.identity.people import Role
from app.request import Overseer
from app.web.admin.case import AdminPage
from app.web.render import Shows

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class RolesPage(AdminPage):
    """Who may do what."""

    template: ClassVar[str] = "admin/roles.html"
    roles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[bool, ...]], ...]


@router.get("/admin/roles")
def roles(_overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the table."""
    words = tuple(one.capitalize() for one in Role)
    rows = tuple((f"{right[0].upper()}{right[1:]}", has) for right, has in access.table())
    return show(RolesPage(title="Roles and rights", trail=(("Roles and rights", ""),), roles=words, rows=rows))
