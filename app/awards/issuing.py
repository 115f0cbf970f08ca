"""The issuer that the settings describe: its address, its keys, and where it remembers its register."""

from __future__ import annotations

from app.awards.issuer import Issuer
from app.awards.register.witness import Memory
from app.kit.signing import KeptInFolder, Signer
from app.settings import Settings


def of(settings: Settings, *, signer: Signer | None = None) -> Issuer:
    """Give the issuer of a house: with its own keys, unless a signer is brought along."""
    return Issuer(
        address=settings.address,
        demonstration=settings.demonstration,
        signer=signer or KeptInFolder(settings.data / "keys"),
        remembers=Memory(settings.data / "register" / "checkpoint"),
    )
