"""The process that reads: it takes one request after another from a pipe, and answers each with what it found.

A request is a JSON frame that names an act, then a frame of bytes for each thing that the act is about. An answer is
one JSON frame; the files of a zip come in two frames each. Between `read` and `compare` the file stays open.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.awards import proofs, statements
from app.awards.document import frames
from app.awards.facts import Facts
from app.awards.proofs import Keys, NotAList, Verdict
from app.awards.reading import attached, comparing, confines, findings, kinds, papers, seals, zips
from app.awards.reading.findings import Comparison, Doubt, Proven, Reading
from app.awards.reading.kinds import Kind, Trouble
from app.awards.reading.originals import Shelf
from app.awards.reading.papers import Paper
from app.awards.reading.unpacking import NotRead

Bytes = Callable[[], bytes]
_OURS = {Verdict.PROVEN, Verdict.SIGNED_ONLY}


class Desk:
    """Where one file lies open at a time."""

    def __init__(self) -> None:
        self._paper: Paper | None = None
        self._content = b""
        self._shelf = Shelf()
        self._keys: tuple[bytes, Keys | None] = (b"", None)

    def read(self, content: bytes) -> Reading:
        """Open a file and say what it is."""
        self._clear()
        kind = kinds.of(content)
        if trouble := kinds.trouble(content):
            return papers.refused(kind, trouble)
        self._content = content
        try:
            return self._opened(kind, content)
        except NotRead as refused:
            return papers.refused(kind, refused.trouble, refused.detail)
        except (MemoryError, RecursionError):
            raise
        except Exception as stumbled:  # noqa: BLE001 - whatever a library stumbles over is a damaged file
            return papers.refused(kind, Trouble.DAMAGED, _where(stumbled))

    def compare(self, asked: dict[str, Any], original: bytes, keys: bytes) -> Comparison:
        """Hold the open file against a record and its original."""
        if self._paper is None:
            return Comparison(doubts=((Doubt.IMAGE, ""),))
        facts = asked["facts"]
        try:
            ours = self._shelf.original(original, facts)
            return comparing.compared(
                self._paper, asked["place"], ours, facts=Facts.from_json(facts), keys=self._known(keys)
            )
        except NotRead as refused:
            return Comparison(doubts=((Doubt.DAMAGED, str(refused.trouble)),))
        except (MemoryError, RecursionError):
            raise
        except Exception as stumbled:  # noqa: BLE001 - it was opened, and is odd all the same: a person has to look
            return Comparison(doubts=((Doubt.DAMAGED, _where(stumbled)),))

    def prove(self, keys: bytes) -> Proven:
        """Say what the open file proves by our keys alone."""
        known = self._known(keys)
        if self._paper is None or known is None:
            return Proven(findings.Seal())
        files = self._paper.structure.attachments
        seal = seals.of(self._content, known.seals())
        bundle = attached.statement(files)
        if bundle is None or proofs.check(bundle, attached.proof(files), known).verdict not in _OURS:
            return Proven(seal)
        read = json.loads(bundle)
        facts = statements.facts(read["statement"], read["personal"])
        return Proven(seal, facts.number, facts.to_json())

    def _opened(self, kind: Kind, content: bytes) -> Reading:
        if kind is Kind.IMAGE:
            return papers.of_image(content)
        self._paper = Paper(content)
        return self._paper.reading()

    def close(self) -> None:
        """Let go of everything that lies open."""
        self._clear()
        self._shelf.clear()

    def _known(self, keys: bytes) -> Keys | None:
        if self._keys[0] != keys:
            with suppress(NotAList):
                self._keys = (keys, Keys.read(keys))
        return self._keys[1] if self._keys[0] == keys else None

    def _clear(self) -> None:
        if self._paper is not None:
            self._paper.close()
        self._paper, self._content = None, b""


def main() -> None:
    """Read what is asked for until whoever asks closes the pipe, or is gone."""
    with os.fdopen(_answers(), "wb") as answers, suppress(EOFError, BrokenPipeError):
        confines.close_in()
        desk = Desk()
        while True:
            asked = json.loads(frames.receive(sys.stdin.buffer))
            confines.begin_file()
            for answer in _answered(desk, asked, lambda: frames.receive(sys.stdin.buffer)):
                frames.send(answers, answer)


def _answered(desk: Desk, asked: dict[str, Any], more: Bytes) -> Iterator[bytes]:
    """Answer one request. Running out of memory, or of stack, ends the process: a new one starts clean."""
    try:
        if asked["act"] == "unpack":
            yield from _entries(more(), asked)
        elif asked["act"] == "read":
            yield _frame(findings.plain(desk.read(more())))
        elif asked["act"] == "compare":
            yield _frame(findings.plain(desk.compare(asked, more(), more())))
        else:
            yield _frame(findings.plain(desk.prove(more())))
    except (MemoryError, RecursionError):
        raise SystemExit(1) from None


def _entries(content: bytes, asked: dict[str, Any]) -> Iterator[bytes]:
    batch, trouble, detail = zips.Batch(asked["start"], asked["spent"]), None, ""
    try:
        for entry in zips.entries(content, batch):
            yield _frame({"end": False, "name": entry.name, "trouble": entry.trouble})
            yield entry.content
    except NotRead as refused:
        trouble, detail = refused.trouble, refused.detail
    going_on = None if trouble else batch.next
    yield _frame({"end": True, "next": going_on, "spent": batch.spent, "trouble": trouble, "detail": detail})


def _where(stumbled: Exception) -> str:
    """Say where a library stumbled. Not in its own words: they may quote what is in the file."""
    last = traceback.extract_tb(stumbled.__traceback__)[-1]
    return f"{type(stumbled).__name__} at {Path(last.filename).name}:{last.lineno}"


def _frame(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode()


def _answers() -> int:
    """Keep standard output for frames: whatever a library prints goes nowhere."""
    private = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return private


if __name__ == "__main__":
    main()
