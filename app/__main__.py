"""`python -m app` is the `continua` command."""

from app.cli.commands import continua

continua()
