"""What the operator has set: the address, the way mail takes, and who may say where a request comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.cli.symptoms.finding import Grade, Symptom
from app.settings import Settings
from app.web.hosts import is_here

ANY = {"0.0.0.0", "::"}  # noqa: S104 - it is asked, not opened


def address(settings: Settings) -> Iterator[Symptom]:
    """Whether the public address is one, and encrypted."""
    if settings.demonstration:
        words = f"{settings.address} is this machine’s own: certificates are marked as not valid for credit, for ever."
        yield Symptom("address", Grade.SOON, words, "Set CONTINUA_PUBLIC_URL before anybody earns a certificate.")
    elif settings.scheme != "https":
        words = f"{settings.address} is not encrypted: whoever is on the way can read sign-in codes and records."
        remedy = "Put a proxy with TLS in front, and set CONTINUA_PUBLIC_URL=https://…"
        yield Symptom("address", Grade.UNSAFE, words, remedy)
    else:
        yield Symptom("address", Grade.WELL, f"{settings.address} is encrypted.")


def listening(settings: Settings) -> Iterator[Symptom]:
    """Whether somebody could reach the site past its proxy."""
    if settings.host in ANY and not settings.demonstration:
        words = f"The site listens on every address of this machine, port {settings.port}, without encryption."
        remedy = "Set CONTINUA_HOST=127.0.0.1, or let a firewall keep all but the proxy from that port."
        yield Symptom("port", Grade.SOON, words, remedy)


def proxies(_settings: Settings) -> Iterator[Symptom]:
    """Whether anybody may say whose request it is: limits go by that address."""
    if "*" in os.environ.get("FORWARDED_ALLOW_IPS", ""):
        words = "FORWARDED_ALLOW_IPS is *: anybody may claim to come from any address, and no limit holds."
        yield Symptom("proxy", Grade.UNSAFE, words, "Name the address of your proxy in FORWARDED_ALLOW_IPS.")


def mail(settings: Settings) -> Iterator[Symptom]:
    """Whether mail leaves, and unread by others."""
    if not settings.smtp_url:
        yield from _no_mail(settings)
        return
    parts = urlsplit(settings.smtp_url)
    if parts.scheme == "smtp" and not parts.username and not is_here(parts.hostname or ""):
        words = f"Mail goes to {parts.hostname} without encryption, sign-in codes among it."
        yield Symptom("mail", Grade.UNSAFE, words, "Name a user, which turns STARTTLS on, or use smtps://…:465")
    else:
        yield Symptom("mail", Grade.WELL, "Mail leaves encrypted, or by this machine’s own server.")


def _no_mail(settings: Settings) -> Iterator[Symptom]:
    if settings.demonstration:
        yield Symptom("mail", Grade.SOON, "No mail leaves this machine: codes appear where the site runs.")
    else:
        yield Symptom("mail", Grade.UNSAFE, "No mail leaves, so nobody can sign in.", "Set CONTINUA_SMTP_URL.")
