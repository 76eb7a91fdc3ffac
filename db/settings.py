"""What an installation decides, read from the environment or a `.env` file."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Access(StrEnum):
    """How one comes in: by sitting at the machine, or with an account and its password."""

    LOCAL = "local"
    ACCOUNTS = "accounts"


class Settings(BaseSettings):
    """What an ordinary installation may want to change: `DATABASE_URL`, and, to be shared, the three that follow.

    `ACCESS=accounts` asks everybody for a password; `PUBLIC_URL` is then the address that people type, whose scheme
    says whether TLS is in front. `TRUSTED_PROXY` is the address of the proxy, or several with commas, whose word is
    taken for where a request comes from (X-Forwarded-For, X-Forwarded-Proto); nobody's by default.

    `TEST_SIGN_IN` is for the tests alone: a browser then says by a cookie, unproved, which account it is.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    database_url: str = f"sqlite:///{ROOT / 'data' / 'balise.db'}"
    backup_dir: Path | None = None
    """Where backups go; by default in « sauvegardes », beside the SQLite file."""
    access: Access = Access.LOCAL
    public_url: str = ""
    trusted_proxy: str = ""
    test_sign_in: bool = False

    @property
    def by_accounts(self) -> bool:
        """Whether people sign in, rather than sit at the machine."""
        return self.access is Access.ACCOUNTS

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach this installation over TLS."""
        return self.public_url.lower().startswith("https://")

    def address_of(self, path: str) -> str:
        """The whole address of a path (« /acces/… ») as people open it."""
        return self.public_url.rstrip("/") + path


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
