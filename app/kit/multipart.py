"""Forms with files, read as they arrive: every file goes to disk at once, all of them into one box.

Five hundred files take one descriptor and a few kilobytes of memory, however large they are. A file that is too long is
counted and not kept, so that one of two hundred does not spoil the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

BEGINNING = 8  # bytes: enough to tell what kind of file it is


class NotAForm(ValueError):
    """What arrived is damaged, or no form with files at all."""


class TooManyFiles(ValueError):
    """There are more files than may be sent in one go."""


class FieldTooLong(ValueError):
    """A field that is no file, or all of them together, are longer than any of ours."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken in."""

    files: int
    file_bytes: int  # a longer file is counted and not kept
    field_bytes: int  # of all fields together


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file of a form."""

    field_name: str
    name: str  # as whoever sent it calls it
    size: int
    is_kept: bool
    box: IO[bytes] = field(repr=False)
    start: int
    begins: bytes = b""  # its first few bytes

    def content(self) -> bytes:
        """Read it back. Any thread may."""
        return os.pread(self.box.fileno(), self.size, self.start) if self.is_kept else b""

    def head(self, count: int) -> bytes:
        """Read how it begins, also of one that is not kept, as far as it was."""
        return self.begins[:count]


@dataclass(slots=True)
class _Part:
    """The part that is arriving."""

    disposition: bytes = b""
    name: str = ""
    filename: str | None = None  # None: a field
    value: bytearray = field(default_factory=bytearray)
    start: int = 0
    size: int = 0
    begins: bytes = b""


class FormReader:
    """Takes a form in pieces. `box` is an empty file that outlives it, open for reading and writing."""

    def __init__(self, content_type: str, box: IO[bytes], limits: Limits) -> None:
        self.files: list[SentFile] = []
        self.fields: list[tuple[str, str]] = []
        self._box = box
        self._limits = limits
        self._part = _Part()
        self._header = b""
        self._field_bytes = 0
        self._ended = False
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise NotAForm(content_type)
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())  # type: ignore[arg-type]
        except FormParserError as error:
            raise NotAForm(content_type) from error

    def feed(self, piece: bytes) -> None:
        """Take the next piece; write what belongs to a file. Raises what is told above."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise NotAForm(str(error)) from error

    def close(self) -> None:
        """Say that nothing more comes. Raises `NotAForm` where something is missing."""
        if not self._ended:
            raise NotAForm("the end is missing")
        self._box.flush()

    def _callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_begin": self._header_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._take,
            "on_part_end": self._end,
            "on_end": self._all,
        }

    def _begin(self) -> None:
        self._part = _Part()

    def _header_begins(self) -> None:
        self._header = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end].lower()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        if self._header == b"content-disposition":
            self._part.disposition += data[start:end]

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._part.disposition)
        self._part.name = _words(options.get(b"name", b""))
        if b"filename" in options:
            self._part.filename = _words(options[b"filename"])
            self._part.start = self._box.tell()

    def _take(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size += end - start
        if len(part.begins) < BEGINNING:
            part.begins = (part.begins + data[start:end][:BEGINNING])[:BEGINNING]
        if part.filename is None:
            self._field_bytes += end - start
            if self._field_bytes > self._limits.field_bytes:
                raise FieldTooLong(part.name)
            part.value += data[start:end]
        elif part.size <= self._limits.file_bytes:
            self._box.write(data[start:end])
        else:
            self._box.seek(part.start)  # what was kept of it is written over by the next one

    def _end(self) -> None:
        part = self._part
        if part.filename is None:
            self.fields.append((part.name, _words(bytes(part.value))))
        elif part.filename or part.size:  # a file field left empty has neither
            if len(self.files) == self._limits.files:
                raise TooManyFiles
            is_kept = part.size <= self._limits.file_bytes
            self.files.append(
                SentFile(part.name, part.filename, part.size, is_kept, self._box, part.start, part.begins)
            )

    def _all(self) -> None:
        self._ended = True


def _words(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
