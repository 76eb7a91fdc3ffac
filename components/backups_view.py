"""« Sauvegardes »: what is kept, the button that adds one, and how one is put back."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components import tables, workspace
from components.formats import NBSP, instant, number, sentence_case
from components.notice import Notice
from components.text import escape
from db.rules.backups import DAILY, IMPORTS, WEEKLY, Backup, Outcome, Seal, Shelf

Gesture = Callable[..., Outcome]
A_PAGE = 40
MARKS = {
    Seal.SEALED: ":green[:material/verified:]",
    Seal.CHANGED: ":red[:material/error:]",
    Seal.UNSEALED: ":orange[:material/help:]",
}
KEPT = (
    "Balise sauvegarde d'elle-même chaque jour où elle tourne, avant chaque import et avant chaque mise à jour. Elle "
    f"garde les {DAILY} derniers jours, les {WEEKLY} dernières semaines et les {IMPORTS} derniers imports ; ce qui est "
    "fait à la main, ou avant une mise à jour, une restauration ou une suppression définitive, reste un an."
)
ELSEWHERE = (
    "Téléchargez-en une de temps en temps sur une autre machine : un disque qui casse emporte tout ce qu'il porte."
)
WITHIN = "Une sauvegarde contient tout, coordonnées des personnes comprises : rangez-la en lieu sûr."


def show(shelf: Shelf, zone: ZoneInfo, now: datetime, save: Gesture, verify: Gesture) -> None:
    """The backups and what may be done of them; for PostgreSQL, the commands that do the same."""
    if shelf.commands is not None:
        _of_postgresql(*shelf.commands)
        return
    st.markdown(KEPT)
    _trouble(shelf, now)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Sauvegarder maintenant",
            type="primary",
            icon=":material/save:",
            key="backups_save",
            on_click=_do,
            args=(save, "Sauvegarde en cours…"),
        )
        if shelf.backups:
            st.button(
                "Tout relire",
                icon=":material/fact_check:",
                key="backups_verify",
                help="Relire chaque sauvegarde en entier : son empreinte, son intégrité, sa version",
                on_click=_do,
                args=(verify, "Relecture en cours…"),
            )
    if shelf.backups:
        _table(shelf.backups, zone)
        st.caption(f"Dans {escape(shelf.folder)}. {ELSEWHERE} {WITHIN}")
    else:
        st.markdown("Aucune sauvegarde n'a encore été faite. La première se fait d'elle-même dans la minute.")
    st.header("Restaurer", anchor=False)
    st.markdown(
        "Arrêtez Balise, puis lancez, dans son dossier, `python -m db restore FICHIER`. Deux questions vous sont "
        "posées ; la base en place est d'abord sauvegardée, et un fichier abîmé, modifié ou d'une version plus récente "
        "est refusé sans rien changer. Relancez Balise : chacun se reconnecte et retrouve la base telle qu'elle était."
    )


def _trouble(shelf: Shelf, now: datetime) -> None:
    if shelf.failure is not None:
        st.warning(f"{escape(shelf.failure)} Le reste de Balise n'en souffre pas.", icon=":material/warning:")
    elif shelf.backups and shelf.is_late(now):
        st.warning(
            "Aucune sauvegarde n'a été faite depuis plus d'un jour et demi. C'est normal si Balise était arrêtée : la "
            "prochaine se fait dans la minute qui suit son démarrage. Sinon, sauvegardez maintenant.",
            icon=":material/warning:",
        )


def _table(backups: tuple[Backup, ...], zone: ZoneInfo) -> None:
    tables.show([_row(backup, zone) for backup in backups[:A_PAGE]])
    if len(backups) > A_PAGE:
        st.caption(f"Et {len(backups) - A_PAGE} plus anciennes, dans le même dossier.")


def _row(backup: Backup, zone: ZoneInfo) -> dict[str, str]:
    return {
        "Faite le": instant(backup.at, zone),
        "Laquelle": sentence_case(backup.kind.label_fr),
        "État": f"{MARKS[backup.seal]} {sentence_case(backup.seal.label_fr)}",
        "Fichier": f"[:material/download: {size(backup.size)}](/export/sauvegarde/{backup.name})",
    }


def size(count: int) -> str:
    """« 22,4 Mo », « 812 Ko », from bytes."""
    if count < 1_000_000:
        return f"{number(count / 1_000, 0)}{NBSP}Ko"
    return f"{number(count / 1_000_000, 1)}{NBSP}Mo"


def _of_postgresql(save: str, restore: str) -> None:
    st.markdown(
        "Cette installation est sur PostgreSQL : ses sauvegardes se font avec ses propres outils, et Balise n'en "
        "garde pas. Confiez la première commande au planificateur de la machine (cron), chaque nuit, et lancez-la "
        "avant chaque import et chaque mise à jour."
    )
    st.markdown("**Sauvegarder**, même pendant que Balise tourne :")
    st.code(save, language="sh")
    st.markdown("**Restaurer** : arrêtez Balise, lancez la commande, puis `python -m db init` et `python -m db check`.")
    st.code(restore, language="sh")
    st.caption(f"DATABASE_URL s'y écrit « postgresql://… », sans « +psycopg ». {WITHIN}")


def _do(gesture: Gesture, waiting: str) -> None:
    """Do it and keep what must be said of it, as for any act."""
    with st.spinner(waiting):
        done = workspace.ask(gesture)
    st.session_state[workspace.NOTICE] = Notice(done.told if done.has_failed else escape(done.told), done.has_failed)
