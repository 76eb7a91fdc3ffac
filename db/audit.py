"""What is weak in an installation: its settings, its files, its backups, its accesses, its texts; and what to do."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from db import shelf
from db.engine import reading
from db.models import Account, Credential, Grant
from db.posts import is_given
from db.queries.texts import legal_texts
from db.rules.access import Role
from db.settings import ROOT, Settings
from db.viewer import LOCAL_LOGIN

OLD = timedelta(days=2)
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
MOST_ADMINISTRATORS = 5


@dataclass(frozen=True, slots=True)
class Weakness:
    """Something weak: its code, what was found, and what to do. Grave ones open the door to somebody, or lose data."""

    code: str
    found: str
    todo: str
    is_grave: bool = True


def weaknesses(engine: Engine, settings: Settings, at: datetime) -> list[Weakness]:
    """All that is weak at that instant, the grave ones first; empty when nothing is."""
    with reading(engine) as session:
        told = [
            *_settings(settings),
            *_files(engine),
            *_backups(engine, at),
            *_accesses(session, settings),
            *_texts(session, settings),
        ]
    return sorted(told, key=lambda one: not one.is_grave)


def _settings(settings: Settings) -> Iterator[Weakness]:
    if settings.test_sign_in:
        yield Weakness(
            "test_sign_in",
            "TEST_SIGN_IN est allumé : un navigateur dit lui-même qui il est, sans mot de passe.",
            "Retirez TEST_SIGN_IN de l'environnement et du fichier .env, puis redémarrez.",
        )
    if settings.by_accounts and not settings.is_secure and not _is_here(settings.public_url):
        yield Weakness(
            "no_tls",
            "Les mots de passe et les connexions voyagent en clair : PUBLIC_URL ne commence pas par https://.",
            "Mettez un certificat sur votre serveur mandataire (proxy), puis PUBLIC_URL=https://… et redémarrez.",
        )
    for address in filter(None, map(str.strip, settings.trusted_proxy.split(","))):
        if address == "*" or _is_wide(address):
            yield Weakness(
                "any_proxy",
                f"TRUSTED_PROXY croit n'importe qui ({address}) : chacun peut se donner l'adresse d'un autre.",
                "Nommez l'adresse de votre serveur mandataire, elle seule.",
            )


def _is_here(url: str) -> bool:
    return (urlsplit(url).hostname or "") in ("localhost", "127.0.0.1", "::1")


def _is_wide(address: str) -> bool:
    try:
        return ip_address(address).is_unspecified
    except ValueError:
        return "/0" in address


def _files(engine: Engine) -> Iterator[Weakness]:
    """Who else on the machine may read the data. Windows has no such bits: nothing is said there."""
    if os.name != "posix":
        return
    paths = [ROOT / ".env", shelf.folder(engine)]
    if engine.dialect.name == "sqlite" and engine.url.database:
        base = Path(engine.url.database)
        paths += [base, *(base.with_name(base.name + end) for end in ("-wal", "-shm"))]
    for path in filter(Path.exists, paths):
        mode = path.stat().st_mode
        if mode & OPEN_TO_OTHERS and not _is_shut_above(path):
            right = "700" if path.is_dir() else "600"
            yield Weakness(
                "open_file",
                f"D'autres comptes de cette machine peuvent ouvrir {path}, qui contient tout ou des secrets.",
                f"Lancez « chmod {right} {path} ».",
            )


def _is_shut_above(path: Path) -> bool:
    """Whether a folder above keeps everybody else out."""
    return any(not above.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for above in path.resolve().parents)


def _backups(engine: Engine, at: datetime) -> Iterator[Weakness]:
    if engine.dialect.name != "sqlite":
        return
    kept = shelf.kept(engine)
    if not kept:
        yield Weakness(
            "no_backup",
            "Il n'y a aucune sauvegarde.",
            "Lancez « python -m db backup », et gardez-en une copie sur une autre machine.",
        )
    elif at - max(backup.at for backup in kept) > OLD:
        yield Weakness(
            "old_backup",
            f"La dernière sauvegarde a plus de deux jours ({max(backup.at for backup in kept):%d/%m/%Y}).",
            "Si Balise tourne, cherchez pourquoi la sauvegarde du jour ne se fait plus (page « Sauvegardes »).",
        )


def _accesses(session: Session, settings: Settings) -> Iterator[Weakness]:
    if not settings.by_accounts:
        return
    secret = exists().where(Credential.account_id == Account.id)
    administers = exists().where(
        Grant.account_id == Account.id,
        Grant.role == Role.ADMINISTRATOR,
        Grant.initiative_id.is_(None),
        is_given(),
    )
    asked = select(Account.login, secret).where(
        administers, Account.disabled_at.is_(None), Account.archived_at.is_(None), Account.login != LOCAL_LOGIN
    )
    held = session.execute(asked.order_by(Account.login)).all()
    if not any(has_password for _, has_password in held):
        yield Weakness(
            "no_administrator",
            "Personne n'administre cette installation avec un mot de passe.",
            "Lancez « python -m db invite IDENTIFIANT », et choisissez un mot de passe par le lien.",
        )
    for login, has_password in held:
        if not has_password:
            yield Weakness(
                "no_password",
                f"« {login} » administre, sans avoir encore choisi de mot de passe : son lien ouvre tout.",
                "Assurez-vous qu'il est arrivé à la bonne personne, ou fermez cet accès.",
                is_grave=False,
            )
    if len(held) > MOST_ADMINISTRATORS:
        yield Weakness(
            "many_administrators",
            f"{len(held)} personnes administrent l'installation.",
            "Gardez-en deux ou trois : coordonner n'en demande pas tant.",
            is_grave=False,
        )


def _texts(session: Session, settings: Settings) -> Iterator[Weakness]:
    if not settings.by_accounts:
        return
    for text in legal_texts(session):
        if not text.is_ready:
            yield Weakness(
                "legal_text",
                f"« {text.name.label_fr} » a encore {text.blanks} passage(s) à compléter.",
                "Complétez-le dans « Textes de l'installation » : la loi le demande à qui ouvre un site au public.",
                is_grave=False,
            )
