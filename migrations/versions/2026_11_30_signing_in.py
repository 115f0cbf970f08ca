"""Passkeys, authenticators and how each sign-in was proved.

Whoever is signed in when this runs was proved by a code or a link, and nobody knows any more which: they count as
codes, and the staff proves itself anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_signing_in"
down_revision = "2026_11_30_register"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()


def upgrade() -> None:
    _tell_how_it_was_proved()
    _make_passkeys()
    _make_authenticators()
    _make_throttle()


def _tell_how_it_was_proved() -> None:
    op.add_column("sign_in", sa.Column("proof", TEXT, nullable=False, server_default="code"))
    op.add_column("sign_in", sa.Column("proved_at", INSTANT, nullable=True))
    op.add_column("sign_in", sa.Column("strong_at", INSTANT, nullable=True))
    op.add_column("sign_in", sa.Column("device", TEXT, nullable=False, server_default=""))
    op.add_column("sign_in", sa.Column("device_hash", TEXT, nullable=False, server_default=""))
    op.execute("UPDATE sign_in SET proved_at = began_at")
    op.add_column("sign_in_code", sa.Column("purpose", TEXT, nullable=False, server_default="sign-in"))
    op.add_column(
        "sign_in_code", sa.Column("by_known_browser", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("one_time_link", sa.Column("proof", TEXT, nullable=False, server_default="link"))
    op.add_column("kept_form", sa.Column("sign_in_id", ID, nullable=True))


def _make_passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("credential_id", TEXT, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", ID, nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        _of_person("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)
    op.create_table(
        "passkey_challenge",
        sa.Column("id", ID, nullable=False),
        sa.Column("challenge", TEXT, nullable=False),
        sa.Column("browser_hash", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint("challenge", name=op.f("uq_passkey_challenge_challenge")),
    )


def _make_authenticators() -> None:
    op.create_table(
        "authenticator",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("last_step", ID, nullable=False),
        _of_person("authenticator"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
        sa.UniqueConstraint("person_id", name=op.f("uq_authenticator_person_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("code_hash", TEXT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        _of_person("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)


def _make_throttle() -> None:
    op.create_table(
        "proof_try",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("device_hash", TEXT, nullable=False),
        sa.Column("tried_at", INSTANT, nullable=False),
        _of_person("proof_try"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_try")),
    )
    op.create_index(op.f("ix_proof_try_person_id"), "proof_try", ["person_id"], unique=False)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id_person")
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=name, ondelete="RESTRICT")
