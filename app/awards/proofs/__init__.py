"""Proofs: what a certificate shows of itself, offline, to anybody who has the provider's public keys.

The same check is written twice, here and in static/offline for a browser, by the same words and the same shapes.
"""

from __future__ import annotations

from app.awards.proofs.checking import Proven, Verdict, check
from app.awards.proofs.keys import Keys, NotAList, Revocations

__all__ = ["Keys", "NotAList", "Proven", "Revocations", "Verdict", "check"]
