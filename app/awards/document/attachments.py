"""What goes into a certificate's PDF beside the page: what proves it without us, in three files."""

from __future__ import annotations

import json
from collections.abc import Iterator

from app.awards.document.order import CREDENTIAL, PROOF, STATEMENT, Attached, Order, Sign


def of(order: Order, sign: Sign) -> Iterator[Attached]:
    """Give the files of an order. The badge is signed here, where the library for its canonical form may be loaded."""
    if order.statement:
        told = "What the provider signed: every fact of this certificate"
        yield Attached(STATEMENT, order.statement, "application/json", told, "Source")
    if order.proof:
        told = "The proof that the register holds this certificate"
        yield Attached(PROOF, order.proof, "text/plain", told, "Supplement")
    if order.credential:
        told = "The same certificate as an Open Badge"
        yield Attached(CREDENTIAL, _badge(order, sign), "application/vc+ld+json", told, "Alternative")


def _badge(order: Order, sign: Sign) -> bytes:
    from app.awards import badges

    signed = badges.sign(
        json.loads(order.credential),
        method=order.badge_method,
        created=order.sealed_at,
        sign=lambda message: sign(order.badge_key, message),
    )
    return badges.written(signed)
