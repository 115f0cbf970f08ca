"""Authenticator apps and recovery codes: each code counts once, guesses slow down, nobody is locked out."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cast import NOON
from devices import code_of
from sqlmodel import Session, select

from app.identity import authenticators, recovery, sign_in, tries
from app.identity.authenticators import WRONG, Authenticator, AuthenticatorThere
from app.identity.people import Person
from app.identity.recovery import RecoveryCode
from app.identity.sign_in import Device, Proof
from app.identity.tries import SLOW_DOWN
from app.kit.vault import Vault, VaultExposed, VaultLocked

HERE, ELSEWHERE = "hash-of-here", "hash-of-elsewhere"
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keys" / "vault.key")


@pytest.fixture
def secret(db: Session, ana: Person, vault: Vault) -> str:
    """The secret of Ana's app, which is set up."""
    made = authenticators.begin(db, ana, vault, now=NOON)
    secret = authenticators.secret_of(made, ana, vault)
    assert authenticators.confirm(db, ana, code_of(secret, NOON), vault, device_hash=HERE, now=NOON) == ""
    db.expire_all()
    return secret


def test_an_app_counts_once_its_first_code_was_typed(db: Session, ana: Person, vault: Vault) -> None:
    made = authenticators.begin(db, ana, vault, now=NOON)
    assert authenticators.of(db, ana) is None
    assert authenticators.confirm(db, ana, "000000", vault, device_hash=HERE, now=NOON) == WRONG
    code = code_of(authenticators.secret_of(made, ana, vault), NOON)
    assert authenticators.confirm(db, ana, code, vault, device_hash=HERE, now=NOON) == ""
    db.expire_all()
    assert authenticators.of(db, ana) is not None
    with pytest.raises(AuthenticatorThere):
        authenticators.begin(db, ana, vault, now=NOON)


def test_each_code_counts_once_and_an_older_one_not_after_it(
    db: Session, ana: Person, vault: Vault, secret: str
) -> None:
    code, before = code_of(secret, LATER), code_of(secret, LATER - timedelta(seconds=30))
    told = [authenticators.check(db, ana, one, vault, device_hash=HERE, now=LATER) for one in (code, code, before)]
    assert told == ["", WRONG, WRONG]


@pytest.mark.parametrize(("seconds", "works"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_wrong(
    db: Session,
    ana: Person,
    vault: Vault,
    secret: str,
    seconds: int,
    works: bool,  # noqa: FBT001
) -> None:
    code = code_of(secret, LATER + timedelta(seconds=seconds))
    assert (authenticators.check(db, ana, code, vault, device_hash=HERE, now=LATER) == "") == works


def test_five_wrong_guesses_slow_down_and_do_not_lock_out(db: Session, ana: Person, vault: Vault, secret: str) -> None:
    """Guesses of a stranger slow strangers; where she has proved herself before, she goes on."""
    hers = "hers"
    sign_in.begin(db, ana, proof=Proof.PASSKEY, now=NOON, device=Device(token=hers))
    db.flush()

    def type_in(code: str, at: str, after: timedelta = timedelta(0)) -> str:
        return authenticators.check(db, ana, code, vault, device_hash=at, now=LATER + after)

    assert [type_in("000000", ELSEWHERE) for _ in range(6)] == [WRONG] * 5 + [SLOW_DOWN]
    assert type_in(code_of(secret, LATER), "another stranger") == SLOW_DOWN, "the control: the right code is slow, too"
    assert type_in(code_of(secret, LATER), sign_in.fingerprint(hers)) == ""
    later = LATER + tries.WINDOW
    assert type_in(code_of(secret, later), ELSEWHERE, tries.WINDOW) == ""


def test_the_secret_is_sealed_and_opens_for_nobody_else(
    db: Session, ana: Person, ben: Person, vault: Vault, secret: str, tmp_path: Path
) -> None:
    kept = db.exec(select(Authenticator)).one()
    assert secret.encode() not in kept.secret
    assert len(kept.secret) > 20
    with pytest.raises(VaultLocked):
        authenticators.secret_of(kept, ben, vault)
    with pytest.raises(VaultLocked):
        authenticators.secret_of(kept, ana, Vault(tmp_path / "another.key"))
    vault.path.rename(tmp_path / "lost.key")
    with pytest.raises(VaultLocked):
        authenticators.check(db, ana, "123456", vault, device_hash=HERE, now=NOON)


def test_the_key_is_readable_by_nobody_else_or_not_used(vault: Vault) -> None:
    sealed = vault.seal(b"x", about="a test")
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    assert vault.open(sealed, about="a test") == b"x"
    with pytest.raises(VaultLocked):
        vault.open(sealed, about="another")
    vault.path.chmod(0o644)
    with pytest.raises(VaultExposed):
        vault.open(sealed, about="a test")


def test_one_that_was_removed_makes_no_codes(db: Session, ana: Person, vault: Vault, secret: str) -> None:
    authenticators.remove(db, ana, now=NOON)
    assert authenticators.check(db, ana, code_of(secret, LATER), vault, device_hash=HERE, now=LATER) == WRONG


def test_ten_recovery_codes_work_once_each_and_stand_nowhere(db: Session, ana: Person, ben: Person) -> None:
    drawn = recovery.draw(db, ana, now=NOON)
    assert len(set(drawn)) == recovery.HOW_MANY == recovery.left(db, ana)
    kept = repr(db.exec(select(RecoveryCode)).all())
    assert not any(code in kept for code in drawn)
    assert recovery.use(db, ben, drawn[0], device_hash=HERE, now=NOON) == recovery.WRONG
    typed = drawn[0].lower().replace("-", " ")
    told = [recovery.use(db, ana, typed, device_hash=HERE, now=NOON) for _ in range(2)]
    assert told == ["", recovery.WRONG]
    assert recovery.left(db, ana) == 9


def test_new_recovery_codes_take_the_place_of_the_old_ones(db: Session, ana: Person) -> None:
    old, new = recovery.draw(db, ana, now=NOON)[0], recovery.draw(db, ana, now=NOON)[0]
    assert recovery.use(db, ana, old, device_hash=HERE, now=NOON) == recovery.WRONG
    assert recovery.use(db, ana, new, device_hash=HERE, now=NOON) == ""


def test_guesses_of_a_recovery_code_count_with_those_of_an_app(db: Session, ana: Person) -> None:
    right = recovery.draw(db, ana, now=NOON)[0]
    for _ in range(5):
        recovery.use(db, ana, "wrong", device_hash=HERE, now=NOON)
    assert recovery.use(db, ana, right, device_hash=HERE, now=NOON) == SLOW_DOWN
    assert recovery.use(db, ana, right, device_hash=HERE, now=NOON + tries.WINDOW) == ""
