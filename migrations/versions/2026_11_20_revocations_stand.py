"""A revocation stands: once it is written, the database lets nobody change or undo it."""

from alembic import op

revision = "2026_11_20_revocations_stand"
down_revision = "2026_11_20_records"

REFUSAL = "a revocation is never changed"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER certificate_revocation BEFORE UPDATE OF revoked_at, revoked_by, revocation_reason "
            f"ON certificate WHEN OLD.revoked_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    op.execute(
        f"""
        CREATE FUNCTION certificate_revocation_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{REFUSAL}';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER certificate_revocation BEFORE UPDATE OF revoked_at, revoked_by, revocation_reason "
        "ON certificate FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) "
        "EXECUTE FUNCTION certificate_revocation_refuse()"
    )
