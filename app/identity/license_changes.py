"""The history of licenses: what each one was after every change, and who changed it. Rows stand.

What a row tells of a license can be emptied when its holder is forgotten, and not otherwise be changed.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text, update
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.database import RowId, UtcDateTime

FORGOTTEN = ""


class Act(StrEnum):
    """What was done to a license."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class LicenseChange(SQLModel, table=True):
    """One change. It takes ids and no foreign keys, so that a license can be forgotten and its history be emptied."""

    __tablename__ = "license_change"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    license_id: int = Field(sa_type=RowId, index=True)
    act: str
    told: str = Field(sa_type=Text)  # JSON: everything the license said after the change; empty once forgotten
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: int | None = Field(default=None, sa_type=RowId)

    @property
    def parts(self) -> dict[str, str]:
        """What the license said after the change; nothing where that was forgotten."""
        read: dict[str, str] = json.loads(self.told) if self.told else {}
        return read


def record(
    db: Session, license_id: int, act: Act, parts: dict[str, str], *, by_id: int | None, now: datetime
) -> None:  # fmt: skip
    """Write down what a license says after a change."""
    told = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    db.add(LicenseChange(license_id=license_id, act=act, told=told, at=now, by_id=by_id))


def of(db: Session, license_ids: Iterable[int]) -> list[LicenseChange]:
    """Give the history of some licenses, newest first."""
    theirs = select(LicenseChange).where(col(LicenseChange.license_id).in_(list(license_ids)))
    return list(db.exec(theirs.order_by(col(LicenseChange.id).desc())))


def forget(db: Session, license_ids: Iterable[int]) -> None:
    """Empty what the history of some licenses tells. That there was one, and when it changed, stays."""
    theirs = update(LicenseChange).where(col(LicenseChange.license_id).in_(list(license_ids)))
    db.execute(theirs.values(told=FORGOTTEN))
