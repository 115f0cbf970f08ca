"""Keys: private ones never leave their folder, which nobody else may read, and each signs what only it can sign."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import NOON
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from app.kit.signing import Algorithm, KeptInFolder, KeptInMemory, KeyExposed, KeyMissing, Signer, verifies

MESSAGE = b"what the register says"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def _careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture(params=["folder", "memory"])
def signer(request: pytest.FixtureRequest, folder: Path) -> Signer:
    return KeptInFolder(folder) if request.param == "folder" else KeptInMemory()


# --- what each key does ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_a_key_signed_verifies_with_its_public_half_and_nothing_else_does(
    signer: Signer, algorithm: Algorithm
) -> None:
    key, other = (signer.make("seal", algorithm, now=NOON) for _ in range(2))
    signature = signer.sign(key.name, MESSAGE)
    assert verifies(key, signature, MESSAGE)
    assert not verifies(key, signature, MESSAGE + b" ")
    assert not verifies(other, signature, MESSAGE)
    assert not verifies(key, signature[:-1], MESSAGE)
    assert not verifies(key, b"", MESSAGE)


def test_each_algorithm_signs_as_the_formats_ask(signer: Signer) -> None:
    statement = signer.make("statement", Algorithm.ED25519, now=NOON)
    seal = signer.make("seal", Algorithm.P256, now=NOON)
    assert (len(statement.public), len(signer.sign(statement.name, MESSAGE))) == (32, 64)
    assert all(decode_dss_signature(signer.sign(seal.name, MESSAGE)))  # DER
    assert seal.public[:1] == b"\x30"  # SubjectPublicKeyInfo


def test_a_key_is_named_by_its_use_its_year_and_its_fingerprint(signer: Signer) -> None:
    import hashlib

    key = signer.make("statement", Algorithm.ED25519, now=NOON)
    assert key.name == f"statement-2026-{hashlib.sha256(key.public).hexdigest()[:8]}"
    assert signer.holds(key.name)


def test_a_key_that_is_not_here_is_missed_by_name_with_what_to_do(signer: Signer) -> None:
    assert not signer.holds("statement-2019-00000000")
    with pytest.raises(KeyMissing, match=r"statement-2019-00000000.*\./run keys rotate"):
        signer.sign("statement-2019-00000000", MESSAGE)


# --- the folder --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_careless_umask")
def test_key_files_are_for_nobody_but_their_owner_whatever_the_umask(folder: Path) -> None:
    key = KeptInFolder(folder).make("seal", Algorithm.P256, now=NOON)
    assert stat.S_IMODE((folder / f"{key.name}.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_is_there_for_the_next_process(folder: Path) -> None:
    for algorithm in Algorithm:
        key = KeptInFolder(folder).make("seal", algorithm, now=NOON)
        assert verifies(key, KeptInFolder(folder).sign(key.name, MESSAGE), MESSAGE)


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o640, 0o644, 0o660, 0o666, 0o601, 0o777])
def test_a_key_that_others_may_touch_is_refused_and_the_remedy_told(folder: Path, mode: int) -> None:
    key = KeptInFolder(folder).make("seal", Algorithm.P256, now=NOON)
    path = folder / f"{key.name}.pem"
    path.chmod(mode)
    for use in (KeptInFolder(folder).holds, lambda name: KeptInFolder(folder).sign(name, MESSAGE)):
        with pytest.raises(KeyExposed, match=f"chmod 600 {path}"):
            use(key.name)
    path.chmod(0o600)
    assert verifies(key, KeptInFolder(folder).sign(key.name, MESSAGE), MESSAGE)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_control_a_key_that_only_its_owner_may_touch_is_used(folder: Path, mode: int) -> None:
    key = KeptInFolder(folder).make("seal", Algorithm.P256, now=NOON)
    (folder / f"{key.name}.pem").chmod(mode)
    assert KeptInFolder(folder).holds(key.name)


def test_another_key_under_its_name_is_not_taken_for_it(folder: Path) -> None:
    """A file that was mixed up would sign what nobody can verify: better to say that the key is not here."""
    key, other = (KeptInFolder(folder).make("statement", Algorithm.ED25519, now=NOON) for _ in range(2))
    (folder / f"{other.name}.pem").replace(folder / f"{key.name}.pem")
    with pytest.raises(KeyMissing, match=key.name):
        KeptInFolder(folder).sign(key.name, MESSAGE)


def test_a_key_is_never_written_over_another(folder: Path) -> None:
    memory = KeptInMemory()
    first = memory.make("seal", Algorithm.ED25519, now=NOON)
    private = memory.keys[first.name]
    kept = KeptInFolder(folder, KeptInMemory(draw=lambda _algorithm: private))
    kept.make("seal", Algorithm.ED25519, now=NOON)
    before = (folder / f"{first.name}.pem").read_bytes()
    with pytest.raises(FileExistsError):
        kept.make("seal", Algorithm.ED25519, now=NOON)
    assert (folder / f"{first.name}.pem").read_bytes() == before


def test_a_signer_does_not_show_its_keys(folder: Path) -> None:
    kept = KeptInFolder(folder)
    key = kept.make("statement", Algorithm.ED25519, now=NOON)
    secret = (folder / f"{key.name}.pem").read_text(encoding="ascii").splitlines()[1]
    assert secret not in repr(kept)
    assert kept.read.keys[key.name].private_bytes_raw().hex() not in repr(kept)  # type: ignore[union-attr]
