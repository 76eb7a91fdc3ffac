"""`python -m db person …`: what is held of somebody, handed to them, erased, or due to be looked at again."""

import json
from argparse import Namespace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db.cli.privacy_words import ERASE, EXPORT, REVIEW, STALE
from db.cli.upkeep import existing_database
from db.commands import persons
from db.engine import reading, writing
from db.erasure import clean
from db.errors import Refused
from db.queries.persons import persons_held
from db.rules.persons import MONTHS_KEPT, WORD
from db.viewer import local_viewer

NOT_DONE = "Rien n'a été changé."
HELD_BACK = "Le fichier se videra de ce qui est effacé dès que plus personne ne le lira : au plus tard, Balise arrêtée."
BACKUPS = (
    "Les sauvegardes faites avant aujourd'hui contiennent encore cette personne : supprimez celles que vous gardez à "
    "la main, et effacez-la à nouveau si vous en restaurez une."
)


def person(args: Namespace) -> int:
    """Run the one that is asked for."""
    return {EXPORT: _export, ERASE: _erase, STALE: _stale, REVIEW: _review}[args.action](args)


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Paris")).date()


def _export(args: Namespace) -> int:
    with reading(existing_database()) as session:
        told = persons.export_person(session, local_viewer(session, _today()), who=args.who)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    if args.file is None:
        print(text)
        return 0
    try:
        with args.file.open("x", encoding="utf-8") as out:
            out.write(text + "\n")
    except OSError as problem:
        raise Refused(f"{args.file} ne peut pas être écrit, ou existe déjà : choisissez un autre nom.") from problem
    print(f"Tout ce qui concerne cette personne est dans {args.file} : c'est personnel, remettez-le à elle seule.")
    return 0


def _erase(args: Namespace) -> int:
    base = existing_database()
    with reading(base) as session:
        called = persons.find_subject(session, local_viewer(session, _today()), args.who).called
    if not args.yes:
        _ask(called)
    with writing(base) as session:
        done = persons.erase_person(session, local_viewer(session, _today()), who=args.who, on=_today())
    print(f"Effacé : {', '.join(called)} ({done.rows} ligne(s) retirée(s)).")
    for table, count in done.places.items():
        print(f"- {table} : {count} valeur(s) où cette personne était nommée")
    if not clean(base):
        print(HELD_BACK)
    print(BACKUPS)
    return 0


def _ask(called: list[str]) -> None:
    print(f"Vous allez effacer {', '.join(called)}, sans retour possible. Exportez d'abord si on vous l'a demandé.")
    try:
        answer = input(f"Tapez {WORD} pour effacer : ").strip()
    except EOFError:
        raise Refused(f"Personne ne répond : ajoutez --yes pour effacer sans être questionné. {NOT_DONE}") from None
    if answer != WORD:
        raise Refused(f"Le mot n'est pas {WORD} : l'effacement est abandonné. {NOT_DONE}")


def _review(args: Namespace) -> int:
    with writing(existing_database()) as session:
        persons.review_person(session, local_viewer(session, _today()), person_id=args.number, on=_today())
    print(f"Le contact {args.number} est relu : il sort de la liste pour {MONTHS_KEPT} mois.")
    return 0


def _stale(_args: Namespace) -> int:
    with reading(existing_database()) as session:
        found = [one for one in persons_held(session, local_viewer(session, _today()), _today()) if one.is_due]
    for contact in found:
        about = " · ".join(part for part in (contact.name, contact.function, contact.organisation) if part)
        print(f"{contact.person_id}  {about}  ({contact.origin}, {contact.since:%d/%m/%Y})")
    print(
        f"{len(found)} contact(s) à relire : « person review NUMÉRO », ou « person erase NUMÉRO »."
        if found
        else "Aucun contact n'attend d'être relu."
    )
    return 0
