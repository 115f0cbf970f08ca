"""Drafts: what authors write in the Studio before it is published, with every version of it."""

from __future__ import annotations

from app.library.drafts.beginnings import CodeTaken, begin, begin_with, discard, from_edition, rest_on
from app.library.drafts.comparison import Comparison, compare
from app.library.drafts.drawer import Discarded, Draft, NotHers, for_review, of, of_author, of_course, open_ones
from app.library.drafts.files_held import DraftFile, NoSuchFile
from app.library.drafts.revisions import DraftRevision, How, NoSuchRevision, Step
from app.library.drafts.shelves import checked, content_hash, reading, shelf
from app.library.drafts.writing import (
    ChangedMeanwhile,
    NothingToRestore,
    Opened,
    OtherKind,
    ReplacedMeanwhile,
    add_media,
    autosave,
    files_of,
    history,
    read,
    remove,
    rename,
    replace_media,
    restore,
    revision,
    text_of,
    write,
)
from app.library.media import Content

__all__ = [
    "ChangedMeanwhile", "CodeTaken", "Comparison", "Content", "Discarded", "Draft", "DraftFile", "DraftRevision",
    "How", "NoSuchFile", "NoSuchRevision", "NotHers", "NothingToRestore", "Opened", "OtherKind", "ReplacedMeanwhile",
    "Step", "add_media", "autosave", "begin", "begin_with", "checked", "compare", "content_hash", "discard",
    "files_of", "for_review", "from_edition", "history", "of", "of_author", "of_course", "open_ones", "read", "reading",
    "remove", "rename", "replace_media", "rest_on", "restore", "revision", "shelf", "text_of", "write",
]  # fmt: skip
