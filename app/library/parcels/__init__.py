"""Parcels: a course as one zip, out and in. What comes in is a stranger's, and is looked at before it is used."""

from __future__ import annotations

from app.library.parcels.bringing import (
    AnotherCourse,
    Difference,
    DraftMoved,
    NoCode,
    begin,
    clear_up,
    compare,
    replace,
)
from app.library.parcels.packing import Packed, pack
from app.library.parcels.unpacking import Parcel, ParcelGone, Unpacked, again, unpack

__all__ = [
    "AnotherCourse", "Difference", "DraftMoved", "NoCode", "Packed", "Parcel", "ParcelGone", "Unpacked", "again",
    "begin", "clear_up", "compare", "pack", "replace", "unpack",
]  # fmt: skip
