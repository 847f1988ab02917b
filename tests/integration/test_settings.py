"""The environment as an operator sets it: every slip is one clear line that names the variable."""

import subprocess
import sys

import pytest

from bot.settings import ROOT, SettingsError, load
from bot.storage.encryption import Seal


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine shines through."""
    import os

    for name in os.environ:
        if name.startswith("ANLU_") or name in ("HOST", "PORT"):
            monkeypatch.delenv(name)


def test_nothing_set_is_a_whole_demo() -> None:
    """Without any variable the settings are those of a demo on this machine."""
    settings = load()
    assert (settings.mode, settings.host, settings.port) == ("demo", "127.0.0.1", 8080)
    assert settings.database.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANLU_MODE", "staging"), ("PORT", "http"), ("PORT", "70000"), ("PORT", "-1"), ("PORT", ""),
        ("ANLU_RASA_TIMEOUT", "0"), ("ANLU_RASA_TIMEOUT", "soon"), ("ANLU_RASA_TIMEOUT", "nan"),
        ("ANLU_KEEP_WORDS_HOURS", "0"), ("ANLU_KEEP_WORDS_HOURS", "three"), ("ANLU_KEEP_PERSON_DAYS", "-1"),
        ("ANLU_FAIR_USE", "maybe"), ("ANLU_OPERATOR_NETWORKS", "everybody"), ("ANLU_OPERATOR_NETWORKS", "10.0.0.1/8"),
        ("ANLU_TRUSTED_PROXIES", "proxy.example.org"), ("ANLU_DATABASE_URL", "not a url"),
        ("ANLU_DATABASE_URL", "mysql://u@h/d"), ("ANLU_RASA_URL", "localhost:5005"), ("ANLU_ACTIONS_URL", ""),
        ("ANLU_PUBLIC_URL", "chat.example.org"), ("ANLU_TELEGRAM_API_URL", "telegram"),
        ("ANLU_QUICK_EXIT_URL", "javascript:alert(1)"), ("ANLU_TELEGRAM_WEBHOOK_URL", "example.org/hook"),
    ],
)  # fmt: skip
def test_each_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """One line, with the variable's full name and without a stack trace."""
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANLU_TELEGRAM_WEBHOOK_SECRET", "a-webhook-secret")
    with pytest.raises(SettingsError) as caught:
        load()
    line = str(caught.value)
    assert line.startswith(name)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANLU_DATABASE_URL", "postgresql://anlu:pw@db/anlu"), ("ANLU_DATABASE_URL", "sqlite:////tmp/x.db"),
        ("ANLU_OPERATOR_NETWORKS", "10.0.0.0/8, ::1/128"), ("ANLU_OPERATOR_NETWORKS", ""),
        ("ANLU_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16"), ("ANLU_PUBLIC_URL", "https://chat.example.org"),
    ],
)  # fmt: skip
def test_good_values_are_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """What the documentation shows is accepted."""
    monkeypatch.setenv(name, value)
    load()


@pytest.mark.parametrize(
    "secret", [None, "", "short", "x" * 31, "," * 40, f"{'a' * 40},short", "                                  "]
)
def test_production_without_a_whole_secret_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str | None) -> None:
    """Every secret of the list must be long enough; the secret itself is not repeated."""
    monkeypatch.setenv("ANLU_MODE", "production")
    if secret is not None:
        monkeypatch.setenv("ANLU_SECRET_KEY", secret)
    with pytest.raises(SettingsError, match="ANLU_SECRET_KEY") as caught:
        load()
    assert not secret or not secret.strip(" ,") or secret not in str(caught.value)


def test_production_with_a_secret_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One secret, or several while the key is turned; nobody can read it off the settings."""
    monkeypatch.setenv("ANLU_MODE", "production")
    for secret in ("s" * 32, f"{'n' * 32},{'o' * 32}"):
        monkeypatch.setenv("ANLU_SECRET_KEY", secret)
        settings = load()
        assert secret not in repr(settings)
        Seal(settings.secret_key.get_secret_value(), "message")


def test_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it anybody could post updates."""
    monkeypatch.setenv("ANLU_TELEGRAM_WEBHOOK_URL", "https://example.org/hook")
    with pytest.raises(SettingsError, match="ANLU_TELEGRAM_WEBHOOK_SECRET"):
        load()


def test_a_command_prints_the_line_and_stops() -> None:
    """At the command line: exit code 2, one line on stderr, no stack trace."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=ROOT, env={"PORT": "http", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("anlu: PORT")
    assert done.stderr.count("\n") == 1
