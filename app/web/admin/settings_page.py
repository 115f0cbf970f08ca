"""Settings in the office: what is set and from where. A secret is never shown, only whether there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.library import provider
from app.request import Db, House, Overseer
from app.settings import Settings
from app.web.admin.case import AdminPage
from app.web.render import Shows

router = APIRouter()
PLACE = "/admin/settings"
MAY_HOLD_SECRETS = ("database_url", "smtp_url")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: its name, what it is, and where that was said."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class SettingsPage(AdminPage):
    """What this house runs with."""

    template: ClassVar[str] = "admin/settings.html"
    rows: tuple[SettingRow, ...]
    warnings: tuple[tuple[str, str], ...]  # what is so, and what to do about it


@router.get(PLACE)
def page(house: House, db: Db, _overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show what is set, and what in it is not fit for a public site."""
    warnings = tuple(_warnings(house.settings, is_named=provider.current(db).is_named))
    rows = tuple(_row(house.settings, name) for name in type(house.settings).model_fields)
    return show(SettingsPage(title="Settings", trail=(("Settings", ""),), rows=rows, warnings=warnings))


def _row(settings: Settings, name: str) -> SettingRow:
    variable = f"CONTINUA_{name.upper()}"
    value = str(getattr(settings, name))
    shown = without_secret(value) if name in MAY_HOLD_SECRETS else value
    return SettingRow(variable, shown or "Not set", _origin(settings, name, variable))


def without_secret(url: str) -> str:
    """Give an address without who signs in to it: only whether a user and a password are set."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        if parts.scheme.startswith("sqlite"):
            return url
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "Set"
    where = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    told = [words for words, given in (("user", parts.username), ("password", parts.password)) if given]
    return where + (f" ({' and '.join(told)} set)" if told else "")


def _origin(settings: Settings, name: str, variable: str) -> str:
    if name in MAY_HOLD_SECRETS and bool(getattr(settings, f"{name}_file")) and variable not in os.environ:
        return f"from the file that {variable}_FILE names"
    if variable in os.environ:
        return "from the environment"
    return "from the file .env, or where the site was started" if name in settings.model_fields_set else "by default"


def _warnings(settings: Settings, *, is_named: bool) -> Iterator[tuple[str, str]]:
    if settings.demonstration:
        yield (
            "This is a demonstration: nothing issued here counts.",
            "Set CONTINUA_PUBLIC_URL to the address that people type.",
        )
    elif settings.scheme == "http":
        yield "The public address is not encrypted.", "Set CONTINUA_PUBLIC_URL to one that begins with https://."
    if not settings.smtp_url:
        yield "No mail leaves this machine.", "Set CONTINUA_SMTP_URL, then send yourself a test under “Mail”."
    elif settings.smtp_url.startswith("smtp://") and "@" not in settings.smtp_url:
        yield (
            "The mail server asks for no password.",
            "That is fine for a server in your own house. Letters to another machine leave encrypted or not at all.",
        )
    if not settings.checkpoint_readers:
        yield (
            "Nobody outside keeps the register’s checkpoints.",
            "Name somebody in CONTINUA_CHECKPOINT_TO: then also you could not change the register unnoticed.",
        )
    if not is_named:
        yield "Nobody has said who the provider is.", "Fill in the page “Provider”."
