"""Answers of an exam that is only tried out: they travel in the address, because nothing may be kept."""

from __future__ import annotations

import base64
import binascii
import zlib
from urllib.parse import parse_qsl, urlencode

from app.assessment.grading import Answers
from app.assessment.papers import Paper
from app.kit.errors import TooLarge
from app.request import Sent
from app.web import answers

LONGEST = 8_000  # letters; servers take addresses of 16 KB
MOST = 200_000  # bytes that an address may unfold to
FIELDS = 1_000


class TooMuchToCarry(TooLarge):
    """What was written does not fit into an address."""

    message = (
        "A preview keeps your answers in its address, and these are too long for it. Go back, shorten what you wrote, "
        "and send it again. In the real exam there is room for all of it."
    )


def pack(sent: Sent) -> str:
    """Fold the answers of a form into a word that fits into an address."""
    fields = [(name, value) for name, values in sent.fields.items() if name.startswith("q.") for value in values]
    filled = urlencode([(name, value) for name, value in fields if value])
    word = base64.urlsafe_b64encode(zlib.compress(filled.encode(), 9)).decode().rstrip("=") if filled else ""
    if len(word) > LONGEST:
        raise TooMuchToCarry
    return word


def unpack(word: str) -> Sent:
    """Unfold the answers; a word that somebody has changed holds none."""
    try:
        folded = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        text = zlib.decompressobj().decompress(folded, MOST).decode()
        pairs = parse_qsl(text, max_num_fields=FIELDS)
    except (binascii.Error, zlib.error, ValueError):
        pairs = []
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Sent(fields)


def given(paper: Paper, word: str) -> Answers:
    """Read the answers to a paper out of an address."""
    sent = unpack(word)
    read = {slot.question.id: answers.read(sent, slot) for slot in paper.slots}
    return {question: answer for question, answer in read.items() if answer is not None}
