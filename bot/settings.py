"""Everything the environment decides, read once, typed and frozen. See .env.example for what each one means."""

import ipaddress
import re
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One process's settings; each field is the environment variable ANLU_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="ANLU_", env_file=None, frozen=True, extra="ignore")

    mode: Literal["demo", "production"] = "demo"
    """demo: secrets are made on first start and kept in the data folder. production: they must be given."""
    data_dir: Path = ROOT / "var"
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in the data folder."""
    secret_key: SecretStr = SecretStr("")
    """Encrypts words and addresses and makes pseudonyms: 32 or more characters. A new key in front of old ones, parted by
    commas, turns the key: the first encrypts, all decrypt."""
    content_dir: Path = ROOT / "content"

    host: str = Field("127.0.0.1", validation_alias="HOST")
    port: int = Field(8080, validation_alias="PORT", ge=0, le=65535)
    public_url: str = ""
    """Where people reach the web chat, e.g. https://chat.example.org; empty means http://HOST:PORT."""
    operator_networks: str = "127.0.0.1/32,::1/128"
    """Who may read /metrics and /health, as networks parted by commas."""
    trusted_proxies: str = ""
    """Proxies whose X-Forwarded-For is believed, as addresses parted by commas."""

    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    rasa_timeout: float = Field(1.5, gt=0, allow_inf_nan=False)
    """Seconds to wait for Rasa before Anlu answers without it."""

    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    """Empty: fetch updates by polling. Else the public HTTPS address Telegram posts to."""
    telegram_webhook_secret: SecretStr = SecretStr("")

    fair_use: Literal["on", "off"] = "on"
    """off only for measuring: one sender may then take all there is."""
    quick_exit_url: str = "https://www.baidu.com/"
    """The neutral page the quick exit lands on."""
    keep_words_hours: int = Field(72, ge=1)
    """How long a person's words and the answers stay, in hours."""
    keep_person_days: int = Field(180, ge=1)
    """How long language, area and pseudonym stay after the last message, in days."""

    @field_validator("operator_networks", "trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for network in filter(None, (part.strip() for part in value.split(","))):
            ipaddress.ip_network(network)
        return value

    @field_validator("rasa_url", "actions_url", "telegram_api_url", "quick_exit_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("must be an address that begins with http:// or https://")
        return value

    @field_validator("public_url", "telegram_webhook_url")
    @classmethod
    def _web_address_or_none(cls, value: str) -> str:
        return cls._web_address(value) if value else value

    @field_validator("database_url")
    @classmethod
    def _database_address(cls, value: str) -> str:
        if value and not re.match(r"(sqlite:///|postgresql(\+psycopg)?://)\S", value):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        given = self.secret_key.get_secret_value()
        keys = [key.strip() for key in given.split(",") if key.strip()]
        if self.mode == "production" and (not keys or min(map(len, keys)) < 32):
            raise ValueError("ANLU_SECRET_KEY must be set in production mode, each key to 32 or more characters")
        if given and not keys:
            raise ValueError("ANLU_SECRET_KEY holds no key")
        if self.telegram_webhook_url and not self.telegram_webhook_secret.get_secret_value():
            raise ValueError("ANLU_TELEGRAM_WEBHOOK_SECRET must be set when ANLU_TELEGRAM_WEBHOOK_URL is")
        return self

    @property
    def database(self) -> str:
        """The URL of the database, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'anlu.db'}"


class SettingsError(Exception):
    """The environment does not make a whole configuration; the text says which part, in one line."""


def load() -> Settings:
    """Read the environment once.

    Raises:
        SettingsError: naming each variable that is missing or wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        parts = []
        for problem in error.errors():
            name = ".".join(str(p) for p in problem["loc"])
            message = problem["msg"].removeprefix("Value error, ")
            parts.append(f"ANLU_{name.upper()}: {message}" if name and name.islower() else f"{name} {message}".strip())
        raise SettingsError("; ".join(parts)) from None


def load_or_exit() -> Settings:
    """`load`, for commands: prints the one line and exits with 2 when the settings are not whole."""
    try:
        return load()
    except SettingsError as error:
        print(f"anlu: {error}", file=sys.stderr)
        sys.exit(2)
