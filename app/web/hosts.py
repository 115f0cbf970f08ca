"""Hosts: the house answers at its own address and at no other, so that no name leads a browser here by stealth.

What a request says in `Host` is never built into a link, and it is not believed for anything else either. A name of
somebody else that points to this machine (DNS rebinding, a forged header, a proxy that caches by path) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.errors import Refusal
from app.settings import Settings

HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
PORTS = {"http": 80, "https": 443}
HEALTH = "/health"


class WrongHost(Refusal):
    """The request was meant for another site."""

    status = 421
    title = "This site has another address"
    message = "This server answers at its own address only, and yours names another one. Check it for typing slips."


@dataclass(frozen=True, slots=True)
class KnownHost:
    """Refuses whatever asks for another host than the one that the operator has set."""

    app: ASGIApp
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass what is meant for this house, and whoever asks on this machine whether it is open."""
        if scope["type"] in {"http", "websocket"}:
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1 or not self._answers_for(hosts[0], scope["path"]):
                raise WrongHost
        await self.app(scope, receive, send)

    def _answers_for(self, host: str, path: str) -> bool:
        asked = read(host, self.settings.scheme)
        if asked is None:
            return False
        name = asked[0]
        if path == HEALTH and is_here(name):
            return True
        if self.settings.demonstration and (is_here(name) or (self._is_open and is_number(name))):
            return True
        return asked == of_address(self.settings.address)

    @property
    def _is_open(self) -> bool:
        """Whether a demonstration listens to other machines: they name it by a number, and no name of others can."""
        return self.settings.host in {"0.0.0.0", "::"}  # noqa: S104 - it is asked, not opened


def read(host: str, scheme: str) -> tuple[str, int] | None:
    """Read a host as name and port; None for what no browser writes."""
    found = HOST.fullmatch(host)
    if found is None:
        return None
    return found["name"].lower().rstrip("."), int(found["port"] or PORTS[scheme])


def of_address(address: str) -> tuple[str, int] | None:
    """Give the host of an address as browsers write it: a name with letters of all the world in its ASCII form."""
    parts = urlsplit(address)
    name = (parts.hostname or "").rstrip(".")
    if not name.isascii():
        name = name.encode("idna").decode()
    shown = f"[{name}]" if ":" in name else name
    return read(f"{shown}:{parts.port or PORTS[parts.scheme]}", parts.scheme)


def is_here(name: str) -> bool:
    """Say whether a name is this machine's own."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return is_number(name) and (ip_address(name.strip("[]")).is_loopback or ip_address(name.strip("[]")).is_unspecified)


def is_number(name: str) -> bool:
    """Say whether a name is an address in figures: nobody can make another machine's name mean it."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
