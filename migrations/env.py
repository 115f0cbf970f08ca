"""Alembic's way in: one connection, the constraint names of the house, and no models."""

from alembic import context
from sqlmodel import SQLModel

from app.kit.database import open_database

config = context.config


def run() -> None:
    database = open_database(config.attributes["url"])
    try:
        with database.writing.connect() as connection:
            context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=False)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        database.close()


run()
