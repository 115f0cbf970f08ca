"""How the web process and the one that draws speak: four bytes of length, and then that many bytes.

A request is JSON: the kind of document, what it says and how it is set. The answer is one byte and more:

    P  the PDF
    R  JSON: why nothing was drawn
    S  JSON: a key's name and a message (base64). It is answered by a frame with the signature, and drawing goes on.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from typing import IO

DRAWN, REFUSED, TO_SIGN = b"P", b"R", b"S"

LARGEST = 256 * 1024 * 1024  # bytes of a frame: no document of ours comes near

_LENGTH = struct.Struct(">I")


def send(pipe: IO[bytes], content: bytes) -> None:
    """Send one frame."""
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Wait for one frame. Raises EOFError where the other side is gone, or does not speak in frames."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    if length > LARGEST:
        raise EOFError
    return _exactly(pipe, length)


def asking(key: str, message: bytes) -> bytes:
    """Write the frame that asks for a signature."""
    return TO_SIGN + json.dumps({"key": key, "message": b64encode(message).decode()}).encode()


def asked(frame: bytes) -> tuple[str, bytes]:
    """Read what is to be signed, and with which key."""
    raw = json.loads(frame[len(TO_SIGN) :])
    return raw["key"], b64decode(raw["message"], validate=True)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content
