"""Settings: read once from the environment and from `.env`, frozen, and sure of what is a demonstration."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.fixture(autouse=True)
def _nobody_has_set_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CONTINUA_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_a_word_from_the_operator_the_house_stands_on_this_machine() -> None:
    settings = Settings()
    assert (settings.data, settings.courses) == (Path("var"), Path("courses"))
    assert (settings.host, settings.port, settings.address) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (settings.database_url, settings.public_url, settings.smtp_url) == ("", "", "")
    assert settings.database == "sqlite:///var/continua.db"
    assert settings.demonstration


GIVEN = {
    "data": ("/srv/continua", Path("/srv/continua")),
    "database_url": ("postgresql://db.example.org/ce", "postgresql://db.example.org/ce"),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104
    "port": ("8080", 8080),
    "public_url": ("https://ce.example.org/", "https://ce.example.org"),
    "courses": ("/srv/courses", Path("/srv/courses")),
    "checkpoint_to": ("board@example.org, auditor@example.org", "board@example.org, auditor@example.org"),
    "retention_years": ("10", 10),
    "database_url_file": ("", ""),
    "smtp_url_file": ("", ""),
    "smtp_url": ("smtp://user:word@mail.example.org:587", "smtp://user:word@mail.example.org:587"),
}


def test_every_setting_is_tested_here() -> None:
    assert set(GIVEN) == set(Settings.model_fields)


@pytest.mark.parametrize("name", GIVEN)
def test_every_setting_is_read_from_its_environment_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given, read = GIVEN[name]
    monkeypatch.setenv(f"CONTINUA_{name.upper()}", given)
    assert getattr(Settings(), name) == read


@pytest.mark.parametrize("name", GIVEN)
def test_every_setting_is_read_from_a_file_beside_the_house(tmp_path: Path, name: str) -> None:
    given, read = GIVEN[name]
    (tmp_path / ".env").write_text(f"CONTINUA_{name.upper()}={given}\nANOTHER_PROGRAMS=own\n")
    assert getattr(Settings(), name) == read


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CONTINUA_PORT=9000\n")
    monkeypatch.setenv("CONTINUA_PORT", "9001")
    assert Settings().port == 9001


def test_settings_do_not_change_under_a_running_house() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 9000  # type: ignore[misc]


def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTINUA_PORT", "eighty")
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_the_database_is_in_the_data_folder_unless_the_operator_says_otherwise() -> None:
    assert Settings(data=Path("/srv/x")).database == "sqlite:////srv/x/continua.db"
    assert Settings(data=Path("/srv/x"), database_url="postgresql://h/d").database == "postgresql://h/d"


@pytest.mark.parametrize(
    ("public_url", "demonstration"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.9.10", True),
        ("http://localhost:8000", True),
        ("https://LOCALHOST", True),
        ("http://localhost.:8000", True),
        ("http://ce.localhost", True),
        ("http://[::1]:8000", True),
        ("http://[::ffff:127.0.0.1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://[::]:8000", True),
        ("https://ce.example.org", False),
        ("http://192.168.1.7:8000", False),
        ("https://localhost.example.org", False),
        ("https://notlocalhost", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_a_house_that_only_this_machine_can_reach_is_a_demonstration(public_url: str, demonstration: bool) -> None:  # noqa: FBT001
    assert Settings(public_url=public_url).demonstration is demonstration


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"])  # noqa: S104
def test_without_a_public_address_a_house_is_a_demonstration_wherever_it_listens(host: str) -> None:
    assert Settings(host=host).demonstration


def test_an_address_of_ip_version_6_is_written_in_brackets() -> None:
    assert Settings(host="::1").address == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("public_url", "scheme"), [("", "http"), ("http://ce.example.org", "http"), ("HTTPS://ce.example.org", "https")]
)
def test_cookies_are_strict_where_the_public_address_is_encrypted(public_url: str, scheme: str) -> None:
    assert Settings(public_url=public_url).scheme == scheme


@pytest.mark.parametrize("url", ["ce.example.org", "ftp://ce.example.org", "https://", "//ce.example.org"])
def test_a_public_address_must_be_one(url: str) -> None:
    with pytest.raises(ValidationError, match="must be an address like"):
        Settings(_env_file=None, public_url=url)  # type: ignore[call-arg]


def test_what_is_secret_may_stand_in_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("smtp_url", "database_url"):
        (tmp_path / name).write_text(f"{name}://of-a-file\n")
        monkeypatch.setenv(f"CONTINUA_{name.upper()}_FILE", str(tmp_path / name))
    settings = Settings()
    assert (settings.smtp_url, settings.database_url) == ("smtp_url://of-a-file", "database_url://of-a-file")


def test_what_was_given_itself_wins_over_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("smtp://of-a-file")
    monkeypatch.setenv("CONTINUA_SMTP_URL_FILE", str(tmp_path / "smtp"))
    monkeypatch.setenv("CONTINUA_SMTP_URL", "smtp://given")
    assert Settings().smtp_url == "smtp://given"


def test_a_file_of_secrets_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONTINUA_SMTP_URL_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(ValidationError, match="cannot be read"):
        Settings()


def test_settings_that_are_printed_show_no_secret() -> None:
    settings = Settings(smtp_url="smtp://a:canary@mail.example.org:587", database_url="postgresql://a:canary@h/d")
    assert "canary" not in repr(settings) + str(settings)
