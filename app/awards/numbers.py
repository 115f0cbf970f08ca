"""Certificate numbers: 19 random symbols and a check symbol, made to be read aloud and typed by hand.

The alphabet is Crockford's: no I, L, O or U, so nothing is mistaken for 1, 0 or V. The check symbol is a
sum over the field of 32 elements with weights that all differ: it catches every single wrong symbol and
every two symbols that changed places.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2010": None, "\u2013": None})
POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over the field of two elements


def new() -> str:
    """Draw a number: 95 random bits and its check symbol."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return drawn + check_symbol(drawn)


def read(typed: str) -> str:
    """Read a number as a person types it: any case, with or without hyphens, O for 0, I or L for 1."""
    return typed.strip().upper().translate(LOOKALIKES)


def is_well_formed(number: str) -> bool:
    """Say whether a number could have been issued: its length, its symbols and its check symbol fit."""
    fits = len(number) == LENGTH and all(symbol in ALPHABET for symbol in number)
    return fits and check_symbol(number[:-1]) == number[-1]


def in_groups(number: str) -> str:
    """Write a number as it is printed: five groups of four."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))


def typing_help(number: str) -> str:
    """Say what is wrong with a number that was read as it was typed and is not well formed."""
    if len(number) != LENGTH:
        return f"A certificate number has {LENGTH} letters and digits; this has {len(number)}."
    if odd := sorted(set(number) - set(ALPHABET)):
        return f"A certificate number never holds “{odd[0]}”. Check that symbol."
    return "One symbol does not fit the others: one is mistyped, or two changed places. Compare it with the paper."


def check_symbol(drawn: str) -> str:
    """Give the check symbol of the 19 symbols before it."""
    total, weight = 0, 1
    for symbol in drawn:
        weight = _times(weight, 2)  # 2 generates the field: 31 different weights before one comes again
        total ^= _times(weight, ALPHABET.index(symbol))
    return ALPHABET[total]


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        right >>= 1
        left <<= 1
        if left & 32:
            left ^= POLYNOMIAL
    return product
