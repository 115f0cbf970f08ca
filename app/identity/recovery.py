"""Recovery codes: ten that she writes down, each good once, for the day her phone lies in a river."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity import tries
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime

HOW_MANY = 10
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that looks like another
GROUPS, IN_GROUP = 4, 4  # 30^16: 78 bits, so that a plain hash of one tells nothing
WRONG = "That is none of your recovery codes, or it was used already."


class RecoveryCode(SQLModel, table=True):
    """One code, by its SHA-256."""

    __tablename__ = "recovery_code"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    code_hash: str = Field(unique=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def draw(db: Session, person: Person, *, now: datetime) -> list[str]:
    """Draw ten new codes, to be shown once; the ones before are good for nothing from now on."""
    db.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    drawn = ["-".join(_group() for _ in range(GROUPS)) for _ in range(HOW_MANY)]
    for code in drawn:
        db.add(RecoveryCode(person_id=person.id, code_hash=_hash(person, code), made_at=now))
    audit.record(db, actor=person.actor, act="person.recovery_codes_made", subject=person.email, now=now)
    return drawn


def left(db: Session, person: Person) -> int:
    """Count the codes she can still use."""
    hers = select(func.count()).where(col(RecoveryCode.person_id) == person.id, col(RecoveryCode.used_at).is_(None))
    return db.exec(hers).one()


def use(db: Session, person: Person, typed: str, *, device_hash: str, now: datetime) -> str:
    """Use a code up; give what is wrong with it, or nothing."""
    if not tries.may_try(db, person, device_hash, now=now):
        return tries.SLOW_DOWN
    hers = update(RecoveryCode).where(col(RecoveryCode.code_hash) == _hash(person, typed))
    hers = hers.where(col(RecoveryCode.person_id) == person.id, col(RecoveryCode.used_at).is_(None))
    if db.execute(hers.values(used_at=now).returning(col(RecoveryCode.id))).first() is None:
        tries.was_wrong(db, person, device_hash, now=now)
        return WRONG
    audit.record(db, actor=person.actor, act="person.recovery_code_used", subject=person.email, now=now)
    return ""


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(IN_GROUP))


def _hash(person: Person, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"{person.id}:{plain}".encode()).hexdigest()
