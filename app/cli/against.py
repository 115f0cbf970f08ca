"""What an old certificate saw of the register: its proof, and the leaf that it proves."""

from __future__ import annotations

import io
import json
from pathlib import Path

from app.awards import statements
from app.awards.document.order import PROOF, STATEMENT
from app.awards.register import tree
from app.awards.register.notes import BadNote, Proof
from app.kit.errors import Refusal


class NoProofInFile(Refusal):
    """The file is no certificate of a register."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(f"{path.name} holds no proof. Give a sealed certificate, as its holder downloaded it.")


def read(path: Path) -> tuple[Proof, bytes]:
    """Take the proof and the leaf out of a sealed certificate; raise `NoProofInFile` where there is none."""
    held = attachments(path)
    try:
        said = json.loads(held[STATEMENT])["statement"]
        return Proof.read(held[PROOF].decode()), tree.leaf_hash(statements.canonical(said))
    except (KeyError, ValueError, BadNote):
        raise NoProofInFile(path) from None


def attachments(path: Path) -> dict[str, bytes]:
    """Give what is attached to a PDF, by name; nothing where it is none."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(path.read_bytes())) as pdf:
            return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
    except (pikepdf.PdfError, OSError):
        return {}
