"""The provider: one deployment is one provider, and this is what it says of itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.audit import AuditLine
from app.kit.database import UtcDateTime
from app.kit.errors import Refusal

ONLY = 1
DEMONSTRATION_NAME = "Continua Demonstration Provider"
DEMONSTRATION_SIGNER = "Demonstration only"
CHANGED = "provider.changed"


class Provider(SQLModel, table=True):
    """Who offers the courses, who signs the certificates, and the policies that boards want to see."""

    __tablename__ = "provider"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=ONLY, primary_key=True)
    name: str = DEMONSTRATION_NAME
    address: str = ""
    phone: str = ""
    email: str = ""
    signer_name: str = DEMONSTRATION_SIGNER
    signer_title: str = "Nobody signs for a demonstration"
    refund_policy: str = ""
    grievance_policy: str = ""
    accommodations_policy: str = ""
    privacy_policy: str = ""
    logo: str = ""  # the digest of a picture in library/logos.py; empty: none
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def is_named(self) -> bool:
        """Whether an operator has said who the provider is, and who signs for it."""
        return self.name != DEMONSTRATION_NAME and self.signer_name not in {"", DEMONSTRATION_SIGNER}


FIELDS = tuple(name for name in Provider.model_fields if name not in {"id", "logo", "changed_at"})


class NoSuchField(Refusal):
    """The provider has no field of this name."""

    def __init__(self, name: str) -> None:
        """Name the field and the ones there are."""
        super().__init__(f"The provider has no “{name}”. It has: {', '.join(FIELDS)}.")


def current(db: Session) -> Provider:
    """Give the provider; before one is named, a stand-in that is good for demonstrations only."""
    return db.get(Provider, ONLY) or Provider()


def change(db: Session, values: dict[str, str], *, by: audit.Actor, now: datetime) -> Provider:
    """Set what the provider says of itself, on the record; what is issued already keeps what it says."""
    for name in values:
        if name not in FIELDS:
            raise NoSuchField(name)
    values = {name: value.strip() for name, value in values.items()}
    return _set(db, values, by=by, now=now)


def show_logo(db: Session, digest: str, *, by: audit.Actor, now: datetime) -> Provider:
    """Show another logo from now on, or none where the digest is empty."""
    return _set(db, {"logo": digest}, by=by, now=now)


def changes(db: Session) -> list[AuditLine]:
    """Give what was ever set, newest first: each with the words before and after."""
    lines = select(AuditLine).where(col(AuditLine.act) == CHANGED)
    return list(db.exec(lines.order_by(col(AuditLine.id).desc())))


def _set(db: Session, values: dict[str, str], *, by: audit.Actor, now: datetime) -> Provider:
    provider = current(db)
    before = {name: getattr(provider, name) for name in values}
    for name, value in values.items():
        setattr(provider, name, value)
    provider.changed_at = now
    db.add(provider)
    detail = {"before": before, "after": values}
    audit.record(db, actor=by, act=CHANGED, subject=provider.name, now=now, detail=detail)
    return provider
