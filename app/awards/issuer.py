"""The house as certificates know it: where they are checked, whether they count, and who signs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.awards.register.witness import Memory
from app.kit.signing import Signer


@dataclass(frozen=True, slots=True)
class Issuer:
    """What the house brings along when it issues."""

    address: str  # https://ce.example.org
    demonstration: bool
    signer: Signer
    remembers: Memory | None = None  # keeps the newest checkpoint outside of the database

    def verify_url(self, number: str) -> str:
        """Give the address at which anybody can check a number."""
        return f"{self.address}/v/{number}"

    @property
    def origin(self) -> str:
        """The name of the register, should it begin under this address: a URL without its scheme."""
        return f"{urlsplit(self.address).netloc}/register"
