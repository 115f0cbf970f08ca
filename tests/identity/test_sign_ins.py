"""Sign-ins: a token only she holds, which opens doors until it is idle too long, too old, or ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import NOON
from sqlmodel import Session

from app.identity import devices, sign_in
from app.identity.people import Person
from app.identity.sign_in import Proof, SignIn


@pytest.fixture
def token(db: Session, ana: Person) -> str:
    return sign_in.begin(db, ana, proof=Proof.PASSKEY, now=NOON)


def row(db: Session, token: str, *, now: datetime = NOON) -> SignIn:
    known = sign_in.known(db, token, now=now)
    assert known is not None
    return known.sign_in


def is_live(db: Session, token: str, *, after: timedelta) -> bool:
    known = sign_in.known(db, token, now=NOON + after)
    return known is not None and known.is_live


def test_a_token_says_whose_it_is(db: Session, ana: Person, token: str) -> None:
    known = sign_in.known(db, token, now=NOON)
    assert known is not None
    assert known.is_live
    assert known.person.id == ana.id


def test_a_token_nobody_was_given_is_nobodys(db: Session, token: str) -> None:
    assert sign_in.known(db, f"{token}x", now=NOON) is None
    assert sign_in.known(db, "", now=NOON) is None


def test_what_is_kept_of_a_token_opens_nothing(db: Session, token: str) -> None:
    kept = row(db, token).token_hash
    assert kept != token
    assert sign_in.known(db, kept, now=NOON) is None


def test_no_two_tokens_are_alike_and_each_has_256_random_bits() -> None:
    tokens = {sign_in.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43  # 256 bits at six a letter


def test_a_sign_in_ends_after_fourteen_idle_days(db: Session, token: str) -> None:
    assert is_live(db, token, after=timedelta(days=14, microseconds=-1))
    assert not is_live(db, token, after=timedelta(days=14))


def test_a_sign_in_that_is_used_lives_on_but_no_longer_than_sixty_days(db: Session, token: str) -> None:
    for day in range(10, 61, 10):
        assert is_live(db, token, after=timedelta(days=day) - timedelta(microseconds=1))
        sign_in.touch(db, row(db, token), now=NOON + timedelta(days=day))
        db.flush()
    assert not is_live(db, token, after=timedelta(days=60))


def test_being_seen_is_noted_once_an_hour_at_most(db: Session, token: str) -> None:
    mine = row(db, token)
    sign_in.touch(db, mine, now=NOON + timedelta(hours=1))
    assert mine.seen_at == NOON
    sign_in.touch(db, mine, now=NOON + timedelta(hours=1, seconds=1))
    assert mine.seen_at == NOON + timedelta(hours=1, seconds=1)


def test_whoever_signs_out_is_out_and_still_known(db: Session, ana: Person, token: str) -> None:
    """Known, so that a form sent from that browser can be kept for her; not live, so that it opens nothing."""
    sign_in.end(db, row(db, token), now=NOON)
    known = sign_in.known(db, token, now=NOON)
    assert known is not None
    assert not known.is_live
    assert known.person.id == ana.id


def test_signing_out_of_one_browser_leaves_the_other_signed_in(db: Session, ana: Person, token: str) -> None:
    phone = sign_in.begin(db, ana, proof=Proof.PASSKEY, now=NOON)
    sign_in.end(db, row(db, token), now=NOON)
    assert is_live(db, phone, after=timedelta(0))


# --- how it was proved -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proof", list(Proof))
def test_what_came_by_mail_is_weak_and_all_else_is_strong_for_a_day(db: Session, ada: Person, proof: Proof) -> None:
    mine = row(db, sign_in.begin(db, ada, proof=proof, now=NOON))
    assert mine.is_strong(NOON) == (proof not in {Proof.CODE, Proof.INVITATION})
    assert not mine.is_strong(NOON + sign_in.STRONG_LASTS)
    assert mine.is_fresh(NOON + sign_in.FRESH - timedelta(seconds=1))
    assert not mine.is_fresh(NOON + sign_in.FRESH)
    assert proof.in_words


def test_a_code_makes_no_sign_in_strong_and_takes_no_strength_away(db: Session, ada: Person) -> None:
    weak, strong = (row(db, sign_in.begin(db, ada, proof=one, now=NOON)) for one in (Proof.CODE, Proof.PASSKEY))
    later = NOON + timedelta(hours=1)
    for one in (weak, strong):
        sign_in.prove(db, one, Proof.CODE, now=later)
    assert [one.is_strong(later) for one in (weak, strong)] == [False, True]
    assert [one.is_strong_and_fresh(later) for one in (weak, strong)] == [False, False]
    assert strong.proof == Proof.PASSKEY


def test_each_proof_takes_the_old_token_away(db: Session, ana: Person, token: str) -> None:
    new = sign_in.prove(db, row(db, token), Proof.PASSKEY, now=NOON)
    db.flush()
    assert sign_in.known(db, token, now=NOON) is None
    assert row(db, new).is_strong(NOON)


def test_what_a_browser_held_before_ends_when_somebody_signs_in_there(db: Session, ben: Person, token: str) -> None:
    before = row(db, token)
    sign_in.begin(db, ben, proof=Proof.CODE, now=NOON, instead_of=before)
    db.flush()
    assert not is_live(db, token, after=timedelta(0))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on a Mac"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
        ("<script>alert(1)</script>", "A browser"),
    ],
)
def test_a_browser_is_told_in_words_of_ours_alone(said: str, words: str) -> None:
    assert devices.in_words(said) == words
