"""Passkeys (WebAuthn): a key that her device holds and unlocks for this site alone, so that nobody can phish it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import LargeBinary, delete
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.identity import sign_in
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Forbidden, NotFound, Unavailable

CHALLENGE_LASTS = timedelta(minutes=5)
MOST, NAME_LONGEST = 20, 60
SIGN_IN = "sign-in"


class Passkey(SQLModel, table=True):
    """One passkey: the public half, and how often it says it was used."""

    __tablename__ = "passkey"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    credential_id: str = Field(unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = Field(default=0, sa_type=RowId)
    is_synced: bool = False  # it lives in an account of hers, and not in one device alone
    name: str
    added_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PasskeyChallenge(SQLModel, table=True):
    """Random bytes that a device has to sign: once, within minutes, and in the browser that asked for them."""

    __tablename__ = "passkey_challenge"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    challenge: str = Field(unique=True)
    browser_hash: str
    purpose: str
    asked_at: datetime = Field(sa_type=UtcDateTime)


class PasskeyRefused(Forbidden):
    """What came from the device proves nothing."""

    title = "That passkey did not work"
    message = "That passkey did not work here. Try again, or use another way to show that it is you."


class NoSuchPasskey(NotFound):
    """There is no such passkey, or it is somebody else's: nobody is told which."""

    message = "This passkey is not there any more. Reload the page to see which ones are."


class PasskeysUnusable(Unavailable):
    """Browsers keep passkeys for names alone."""

    message = (
        "Passkeys need a site with a name and with encryption, and this address has none: use an authenticator app."
    )


class TooManyPasskeys(Conflict):
    """More than anybody needs."""

    message = f"You have {MOST} passkeys. Remove one that you no longer use, then add the new one."


def usable(address: str) -> bool:
    """Say whether browsers keep passkeys for an address: for names, encrypted or on one's own machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return False


def options_to_add(
    db: Session, person: Person, *, address: str, site: str, browser: str, now: datetime
) -> dict[str, Any]:
    """Say what a device is asked for a new passkey."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict, structs

    hers = all_of(db, person)
    _assert_room(hers, address)
    selection = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = generate_registration_options(
        rp_id=_host(address),
        rp_name=site,
        user_name=person.email,
        user_display_name=person.label,
        user_id=_handle(person),
        authenticator_selection=selection,
        exclude_credentials=_described(hers),
    )
    _remember(db, options.challenge, browser=browser, purpose=_adding(person), now=now)
    return options_to_json_dict(options)


def add(
    db: Session, person: Person, credential: str, *, name: str, address: str, browser: str, now: datetime
) -> Passkey:
    """Keep a new passkey of hers, or raise `PasskeyRefused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    _assert_room(all_of(db, person), address)
    challenge = _spend(db, credential, browser=browser, purpose=_adding(person), now=now)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(address),
            expected_origin=_origin(address),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise PasskeyRefused from None
    credential_id = bytes_to_base64url(made.credential_id)
    if _by_credential(db, credential_id) is not None:
        raise PasskeyRefused
    passkey = Passkey(
        person_id=person.id,
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        is_synced=made.credential_backed_up,
        name=_name(name),
        added_at=now,
        used_at=now,
    )
    db.add(passkey)
    db.flush()
    audit.record(db, actor=person.actor, act="person.passkey_added", subject=person.email, now=now)
    return passkey


def options_to_prove(
    db: Session, *, address: str, browser: str, now: datetime, of: Person | None = None
) -> dict[str, Any]:
    """Say what a device is asked to prove who she is; without a person, any passkey of this site will do."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    if not usable(address):
        raise PasskeysUnusable
    options = generate_authentication_options(
        rp_id=_host(address),
        allow_credentials=_described(all_of(db, of)) if of else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _remember(db, options.challenge, browser=browser, purpose=SIGN_IN, now=now)
    return options_to_json_dict(options)


def prove(
    db: Session, credential: str, *, address: str, browser: str, now: datetime, of: Person | None = None
) -> Person:
    """Give whose passkey signed the challenge, or raise `PasskeyRefused`, as for one that is not that person's."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _spend(db, credential, browser=browser, purpose=SIGN_IN, now=now)
    passkey = _named_in(db, credential)
    if of is not None and of.id != passkey.person_id:
        raise PasskeyRefused
    try:
        proved = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(address),
            expected_origin=_origin(address),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,  # one that does not go up was copied
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise PasskeyRefused from None
    passkey.sign_count, passkey.used_at, passkey.is_synced = proved.new_sign_count, now, proved.credential_backed_up
    db.add(passkey)
    return db.get_one(Person, passkey.person_id)


def all_of(db: Session, person: Person) -> list[Passkey]:
    """Give her passkeys, oldest first."""
    return list(db.exec(select(Passkey).where(col(Passkey.person_id) == person.id).order_by(col(Passkey.id))))


def of(db: Session, person: Person, passkey_id: int) -> Passkey:
    """Give a passkey of hers, or raise `NoSuchPasskey`."""
    found = db.get(Passkey, passkey_id)
    if found is None or found.person_id != person.id:
        raise NoSuchPasskey
    return found


def rename(db: Session, passkey: Passkey, name: str) -> None:
    """Call a passkey what she calls the device it is in."""
    passkey.name = _name(name)
    db.add(passkey)


def remove(db: Session, person: Person, passkey: Passkey, *, now: datetime) -> None:
    """Take a passkey for nothing any more, on the record."""
    db.delete(passkey)
    audit.record(db, actor=person.actor, act="person.passkey_removed", subject=person.email, now=now)


def purge_challenges(db: Session, *, now: datetime) -> None:
    """Drop what no device will sign any more."""
    db.execute(delete(PasskeyChallenge).where(col(PasskeyChallenge.asked_at) < now - CHALLENGE_LASTS))


def _assert_room(hers: Sequence[Passkey], address: str) -> None:
    if not usable(address):
        raise PasskeysUnusable
    if len(hers) >= MOST:
        raise TooManyPasskeys


def _remember(db: Session, challenge: bytes, *, browser: str, purpose: str, now: datetime) -> None:
    from webauthn.helpers import bytes_to_base64url

    written, here = bytes_to_base64url(challenge), sign_in.fingerprint(browser)
    db.add(PasskeyChallenge(challenge=written, browser_hash=here, purpose=purpose, asked_at=now))


def _spend(db: Session, credential: str, *, browser: str, purpose: str, now: datetime) -> bytes:
    """Use up the challenge that a device says it signed; raise `PasskeyRefused` where this browser asked for none."""
    from webauthn.helpers import base64url_to_bytes

    try:
        signed = json.loads(base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"]))
        challenge = str(signed["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused from None
    ours = delete(PasskeyChallenge).where(col(PasskeyChallenge.challenge) == challenge.replace("\0", ""))
    ours = ours.where(
        col(PasskeyChallenge.browser_hash) == sign_in.fingerprint(browser),
        col(PasskeyChallenge.purpose) == purpose,
        col(PasskeyChallenge.asked_at) > now - CHALLENGE_LASTS,
    )
    if db.execute(ours.returning(col(PasskeyChallenge.id))).first() is None:
        raise PasskeyRefused
    return base64url_to_bytes(challenge)


def _named_in(db: Session, credential: str) -> Passkey:
    read = json.loads(credential)
    passkey = _by_credential(db, str(read.get("id", "")).replace("\0", ""))
    if passkey is None:
        raise PasskeyRefused(
            "This passkey is not known here any more. Use another way to sign in, and add a new one in your account."
        )
    return passkey


def _by_credential(db: Session, credential_id: str) -> Passkey | None:
    return db.exec(select(Passkey).where(col(Passkey.credential_id) == credential_id)).first()


def _described(hers: Sequence[Passkey]) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in hers]


def _adding(person: Person) -> str:
    return f"add:{person.id}"


def _handle(person: Person) -> bytes:
    return f"continua:{person.id}".encode()


def _name(typed: str) -> str:
    text = " ".join("".join(letter for letter in typed if letter.isprintable()).split())
    return text[:NAME_LONGEST] or "Passkey"


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
