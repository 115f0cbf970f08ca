"""What an audit says: which row, and what is not as it was written."""

from __future__ import annotations

from dataclasses import dataclass

from app.awards import numbers


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written."""

    where: str  # register entry 17, certificate 8F3K-…
    what: str


def of_entry(seq: int, what: str) -> Finding:
    """Say what is wrong with an entry of the register."""
    return Finding(f"register entry {seq}", what)


def of_checkpoint(size: int, what: str) -> Finding:
    """Say what is wrong with a checkpoint."""
    return Finding(f"checkpoint {size}", what)


def of_certificate(number: str, what: str) -> Finding:
    """Say what is wrong with a certificate."""
    return Finding(f"certificate {numbers.in_groups(number)}", what)
