"""The vault: what the house has to read again and nobody else may, sealed with a key that lies beside the database.

Whoever takes a copy of the database away holds nothing but noise. Whoever takes the whole machine away holds both:
that is what the rights of the key file, and the disk's own encryption, are for.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from app.kit.errors import Unavailable

ONLY_OURS = 0o600
KEY_BYTES, NONCE_BYTES = 32, 12


class VaultExposed(Unavailable):
    """A key that others on this machine may read is not used."""

    def __init__(self, path: Path) -> None:
        """Name the file and the remedy."""
        super().__init__(f"Others may read the key {path.name}. Its operator must run: chmod 600 {path}")


class VaultLocked(Unavailable):
    """The key that something was sealed with is not here."""

    message = (
        "This cannot be read just now: the key it was sealed with is not on this machine. Use a passkey or a recovery "
        "code, or ask the operator for a sign-in link. She can put vault.key back from a backup."
    )


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens with AES-256-GCM; the key is made at the first seal."""

    path: Path

    def seal(self, content: bytes, *, about: str) -> bytes:
        """Seal something, tied to what it is about: it opens for nothing else."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._key()).encrypt(nonce, content, about.encode())

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Open what was sealed about the same, or raise `VaultLocked`."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self.path.is_file():
            raise VaultLocked
        try:
            return AESGCM(self._key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise VaultLocked from None

    def _key(self) -> bytes:
        if not self.path.is_file():
            self._make()
        if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            raise VaultExposed(self.path)
        return self.path.read_bytes()

    def _make(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(f".{secrets.token_hex(4)}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OURS)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, self.path)  # of two that make one at once, the first one stands
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
