"""What was kept for its time ends: each line of the table of times is enforced, and the docs repeat the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cast import NOON, join
from makers import ISSUER
from sqlalchemy import func, select
from sqlmodel import Session

from app import audit
from app.identity import codes, kept_forms, links, sign_in
from app.identity.kept_forms import KeptForm
from app.identity.links import OneTimeLink
from app.identity.sign_in import Proof, SignIn
from app.kit import jobs, mail
from app.kit.jobs import Job
from app.kit.mail import Letter, Mail
from app.records import retention

DOCS = Path(__file__).parents[2] / "docs" / "operating.md"
A_DAY = timedelta(days=1)


def enforce(db: Session, now: datetime) -> None:
    db.flush()
    retention.enforce(db, issuer=ISSUER, years=7, now=now)
    db.expire_all()


def count(db: Session, table: type) -> int:
    return db.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_docs_repeat_the_table_of_times() -> None:
    assert retention.written() in DOCS.read_text(encoding="utf-8")
    assert len(retention.TIMES) >= 8


def test_the_words_of_a_letter_go_ninety_days_after_it_was_sent_and_not_before(db: Session) -> None:
    sent = mail.queue(db, to="ana@example.org", message=Letter("Subject", "Words", "<p>Words</p>"), now=NOON)
    waiting = mail.queue(db, to="ana@example.org", message=Letter("Subject", "Others", "<p>Others</p>"), now=NOON)
    sent.sent_at = NOON
    enforce(db, NOON + retention.LETTERS)
    assert sent.text == "Words"
    enforce(db, NOON + retention.LETTERS + A_DAY)
    assert (sent.text, sent.html) == (retention.MAIL_FORGOTTEN, retention.MAIL_FORGOTTEN)
    assert waiting.text == "Others"


def test_jobs_that_are_done_go_after_thirty_days_and_others_stay(db: Session) -> None:
    for key in ("done", "open"):
        jobs.queue(db, kind="try", key=key, payload={}, now=NOON)
    db.execute(Job.__table__.update().where(Job.__table__.c.key == "done").values(done_at=NOON))  # type: ignore[attr-defined]
    enforce(db, NOON + retention.JOBS)
    assert count(db, Job) == 2
    enforce(db, NOON + retention.JOBS + A_DAY)
    assert [one.key for one in db.execute(select(Job)).scalars()] == ["open"]


def test_sign_ins_links_and_kept_forms_go_when_nobody_can_use_them_any_more(db: Session) -> None:
    ana = join(db, "ana")
    sign_in.begin(db, ana, proof=Proof.CODE, now=NOON)
    (signed_in,) = db.execute(select(SignIn.id)).scalars()  # type: ignore[call-overload]
    links.make(db, ana, now=NOON)
    form = {"path": "/", "content_type": "text/plain", "body": b"x"}
    kept_forms.keep(db, ana, sign_in_id=signed_in, now=NOON, **form)  # type: ignore[arg-type]
    codes.ask_code(db, ana.email, browser="b", now=NOON)
    enforce(db, NOON + A_DAY)
    assert [count(db, table) for table in (SignIn, OneTimeLink, KeptForm)] == [1, 1, 1]
    enforce(db, NOON + timedelta(days=8))
    assert count(db, KeptForm) == 0
    enforce(db, NOON + timedelta(days=150))
    assert [count(db, table) for table in (SignIn, OneTimeLink)] == [0, 0]


def test_network_addresses_go_after_ninety_days(db: Session) -> None:
    audit.come_from(db, "192.0.2.7")
    audit.record(db, actor=audit.OPERATOR, act="try.it", subject="x", now=NOON)
    enforce(db, NOON + timedelta(days=89))
    (line,) = audit.of_subject(db, "x")
    assert line.network == "192.0.2.7"
    enforce(db, NOON + timedelta(days=91))
    (line,) = audit.of_subject(db, "x")
    assert line.network is None


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (datetime(2033, 11, 20, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2021, 2, 28, tzinfo=UTC)),
    ],
)
def test_years_are_counted_on_the_calendar(now: datetime, before: datetime) -> None:
    assert retention.years_before(now, 7) == before


def test_what_was_sent_before_it_was_kept_is_not_told_twice(db: Session) -> None:
    enforce(db, NOON)
    enforce(db, NOON)
    assert count(db, Mail) == 0
