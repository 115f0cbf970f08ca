"""The first administrator, invitations, merged accounts and what a provider shows of itself.

A certificate belongs to an account, and to no other one for ever; from now on it follows the account that hers was
merged into, and nothing else moves it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_people"
down_revision = "2026_11_30_trail"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()
NEVER = "certificate rows are never deleted or rewritten"
FIXED = "id, number, enrollment_id, edition_id, statement, completed_at, issued_at, replaces, replaces_why"
ERASABLE = ("personal", "salt")
REVOCATION = ("revoked_at", "revoked_by", "revocation_class", "revocation_reason")
MERGED = "EXISTS (SELECT 1 FROM person WHERE id = OLD.person_id AND merged_into = NEW.person_id)"


def upgrade() -> None:
    _make_first_links()
    _make_invitations()
    _make_logos()
    _let_accounts_merge()
    if op.get_bind().dialect.name == "sqlite":
        _follow_the_account_in_sqlite()
    else:
        _follow_the_account_in_postgresql()


def _make_first_links() -> None:
    op.create_table(
        "first_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_first_link_token_hash")),
    )


def _make_invitations() -> None:
    table = "invitation"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("invited_at", INSTANT, nullable=False),
        sa.Column("invited_by", TEXT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("accepted_by", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["person.id"], name=op.f(f"fk_{table}_accepted_by_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_email_key"), table, ["email_key"], unique=False)


def _make_logos() -> None:
    op.create_table(
        "provider_logo",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_provider_logo")),
    )
    op.add_column("provider", sa.Column("logo", TEXT, nullable=False, server_default=""))


def _let_accounts_merge() -> None:
    # By hand: Alembic adds a column with its foreign key on SQLite only by making the table anew.
    op.execute(
        f"ALTER TABLE person ADD COLUMN merged_into {'INTEGER' if _is_sqlite() else 'BIGINT'} "
        "CONSTRAINT fk_person_merged_into_person REFERENCES person (id)"
    )
    op.add_column("person", sa.Column("merged_at", INSTANT, nullable=True))
    op.create_index(op.f("ix_person_merged_into"), "person", ["merged_into"], unique=False)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _follow_the_account_in_sqlite() -> None:
    op.execute("DROP TRIGGER certificate_fixed")
    op.execute(
        f"CREATE TRIGGER certificate_fixed BEFORE UPDATE OF {FIXED} ON certificate "
        f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
    )
    op.execute(
        "CREATE TRIGGER certificate_account BEFORE UPDATE OF person_id ON certificate "
        f"WHEN NEW.person_id IS NOT OLD.person_id AND NOT {MERGED} "
        f"BEGIN SELECT RAISE(ABORT, '{NEVER}, but follow a merged account'); END"
    )


def _follow_the_account_in_postgresql() -> None:
    changeable = (*REVOCATION, *ERASABLE, "person_id")
    without = " - ".join(["to_jsonb({row})", *(f"'{one}'" for one in changeable)])
    kept = [f"({without.format(row='OLD')}) = ({without.format(row='NEW')})"]
    kept += [f"(NEW.{one} IS NULL OR NEW.{one} IS NOT DISTINCT FROM OLD.{one})" for one in ERASABLE]
    kept += [f"(NEW.person_id IS NOT DISTINCT FROM OLD.person_id OR {MERGED})"]
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION certificate_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND {" AND ".join(kept)} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{NEVER}';
        END $$
        """
    )
    op.execute("GRANT UPDATE (person_id) ON certificate TO CURRENT_USER")
