"""What is declared of a sheet, dated: its status, its progress, its météo. Each is a new entry, in preparation."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db.commands.common import writable
from db.errors import Invalid
from db.journal import acting
from db.models import ProgressEntry, StatusEntry, WeatherEntry
from db.rules.sheet import Gathered
from db.rules.vocabulary import Absence, DatePrecision, Outcome, Status, Weather
from db.viewer import Viewer


def declare_status(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    status: Status | None,
    on: date | None,
    outcome: Outcome | None = None,
    to_discuss: bool = False,
    word: str | None = None,
    until: date | None = None,
    until_precision: DatePrecision | None = None,
    reason: str | None = None,
    unblocked_by: str | None = None,
    comment: str | None = None,
    gathered: Gathered | None = None,
) -> StatusEntry:
    """Declare the status of a sheet from a day (None: the day is unknown). `word` keeps what the source wrote.

    `until` given without its precision is a day.
    """
    home = writable(session, viewer, sheet_id)
    if outcome is not None and status is not Status.DONE:
        raise Invalid("Seule une fiche terminée a une issue (réalisée, partiellement, non réalisée).")
    if until is not None and status is not Status.POSTPONED:
        raise Invalid("Seule une fiche reportée a une nouvelle date : déclarez-la reportée ou retirez la date.")
    row = StatusEntry(
        sheet_id=sheet_id,
        status=status,
        on_date=on,
        outcome=outcome,
        to_discuss=to_discuss,
        status_word=word,
        until=until,
        until_precision=(until_precision or DatePrecision.DAY) if until else None,
        reason=reason,
        unblocked_by=unblocked_by,
        comment=comment,
        actor_id=viewer.actor_id,
        **_gathered(gathered),
    )
    label = f"Statut déclaré : {status.label_fr if status else 'non renseigné'}"
    with acting(session, viewer.actor_id, "declare_status", label, home):
        session.add(row)
    return row


def declare_progress(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    on: date | None,
    percent: int | None = None,
    absence: Absence | None = None,
    comment: str | None = None,
    gathered: Gathered | None = None,
) -> ProgressEntry:
    """Declare the progress of a sheet, a whole percentage, or why there is none."""
    home = writable(session, viewer, sheet_id)
    if (percent is None) == (absence is None):
        raise Invalid("Un avancement est un pourcentage, ou la raison de son absence : indiquez l'un des deux.")
    if percent is not None and not 0 <= percent <= 100:
        raise Invalid(f"L'avancement va de 0 à 100 % ; {percent} % est hors de ces bornes.")
    row = ProgressEntry(
        sheet_id=sheet_id,
        on_date=on,
        percent=percent,
        absence=absence,
        comment=comment,
        actor_id=viewer.actor_id,
        **_gathered(gathered),
    )
    with acting(session, viewer.actor_id, "declare_progress", "Avancement déclaré", home):
        session.add(row)
    return row


def declare_weather(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    on: date | None,
    weather: Weather | None,
    done: str | None = None,
    todo: str | None = None,
    obstacles: str | None = None,
    highlights: str | None = None,
    signed_by: str | None = None,
    comment: str | None = None,
    gathered: Gathered | None = None,
) -> WeatherEntry:
    """Declare the météo of a sheet: what was done, what comes, what hinders, what to be proud of. It says something."""
    home = writable(session, viewer, sheet_id)
    if weather is None and not any((done, todo, obstacles, highlights)):
        raise Invalid("Une météo dit au moins une chose : choisissez un temps ou écrivez l'un des quatre textes.")
    row = WeatherEntry(
        sheet_id=sheet_id,
        on_date=on,
        weather=weather,
        done=done,
        todo=todo,
        obstacles=obstacles,
        highlights=highlights,
        signed_by=signed_by,
        comment=comment,
        actor_id=viewer.actor_id,
        **_gathered(gathered),
    )
    with acting(session, viewer.actor_id, "declare_weather", "Météo déclarée", home):
        session.add(row)
    return row


def _gathered(told: Gathered | None) -> dict[str, Any]:
    return {"gathered": told.how, "gathered_on": told.on} if told else {}
