"""What an installation decides, read from the environment or a `.env` file."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """`DATABASE_URL` is the only setting that an ordinary installation may want to change.

    `TEST_SIGN_IN` is for the tests alone: a browser then says by a cookie, unproved, which account it is.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    database_url: str = f"sqlite:///{ROOT / 'data' / 'balise.db'}"
    backup_dir: Path = ROOT / "data" / "sauvegardes"
    test_sign_in: bool = False


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
