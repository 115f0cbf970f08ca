"""Everything an operator may set: read once at start, frozen, documented in docs/operating.md."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = ("database_url", "smtp_url")  # they may hold a password


class Settings(BaseSettings):
    """The operator's choices, from environment variables named CONTINUA_… and from a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="CONTINUA_", env_file=".env", frozen=True, extra="ignore")

    data: Path = Path("var")
    database_url: str = Field(default="", repr=False)  # empty: an SQLite file in the data folder
    database_url_file: str = ""  # a file that holds the above: what it holds stands in no list of processes
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""  # empty: http://HOST:PORT
    courses: Path = Path("courses")
    smtp_url: str = Field(
        default="", repr=False
    )  # smtp://user:password@host:587, or smtps://…:465; empty: no mail leaves the machine
    smtp_url_file: str = ""  # a file that holds the above
    retention_years: int = Field(default=7, ge=1, le=100)  # of name and license on certificates of erased accounts
    checkpoint_to: str = ""  # addresses, parted by commas, that are mailed the register's checkpoint every day

    @model_validator(mode="before")
    @classmethod
    def _read_secrets(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take what is secret from the files that are named for it, unless it was given itself."""
        read = {name: _held(given[f"{name}_file"]) for name in SECRETS if given.get(f"{name}_file")}
        return read | {name: value for name, value in given.items() if value or name not in read}

    @field_validator("public_url", mode="after")
    @classmethod
    def _an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("CONTINUA_PUBLIC_URL must be an address like https://ce.example.org")
        return url.rstrip("/")

    @property
    def checkpoint_readers(self) -> tuple[str, ...]:
        """Who is mailed the checkpoint of each day."""
        return tuple(filter(None, (one.strip() for one in self.checkpoint_to.split(","))))

    @property
    def database(self) -> str:
        """Where the database is, as SQLAlchemy writes it."""
        return self.database_url or f"sqlite:///{self.data / 'continua.db'}"

    @property
    def address(self) -> str:
        """The public address, without a slash at its end: what links, QR codes and mail are made with."""
        return self.public_url or f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def scheme(self) -> Literal["http", "https"]:
        """Whether the public address is encrypted: cookies are stricter then."""
        return "https" if urlsplit(self.address).scheme == "https" else "http"

    @property
    def demonstration(self) -> bool:
        """Whether the public address is this machine's own: then nothing issued here counts for credit."""
        host = (urlsplit(self.address).hostname or "").rstrip(".")
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            own = ip_address(host)
        except ValueError:
            return False
        own = getattr(own, "ipv4_mapped", None) or own  # ::ffff:127.0.0.1 is 127.0.0.1 by another name
        return own.is_loopback or own.is_unspecified


def _held(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The file {path} cannot be read: {type(error).__name__}. Is it this account's?") from None
