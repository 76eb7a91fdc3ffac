"""What an installation decides, read from the environment or a `.env` file."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """`DATABASE_URL` is the only setting that an ordinary installation may want to change."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    database_url: str = f"sqlite:///{ROOT / 'data' / 'balise.db'}"
    backup_dir: Path = ROOT / "data" / "sauvegardes"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
