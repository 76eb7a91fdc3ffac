"""The five tiles of the overview: each says its figure, what it stands on, its rule, and where it leads."""

from components import theme
from components.cards import Link, Tile
from components.charts.base import counted
from components.formats import NBSP, agree, money, nothing, out_of, percent, plural
from db.rules.attainment import AttainmentWord
from db.rules.overview import IndicatorWords, OpenDecisions, YearMoney, by_status
from db.rules.plan import PlanState
from db.rules.progress import RollUp
from db.rules.vocabulary import Absence

PLAN = "plan.py"
NOT_PROVIDED = nothing(Absence.NOT_PROVIDED)

STATUS_RULE = (
    "Le statut est celui qui a été déclaré en dernier. Le retard, lui, est un fait calculé : une étape ou une fin "
    "dépassée, ou un démarrage attendu depuis plus de trois mois."
)
PROGRESS_RULE = (
    "Moyenne simple des pourcentages déclarés par les pilotes. Les fiches abandonnées et les fiches continues n'y "
    "entrent pas ; une fiche en cours n'affiche jamais 100 %."
)
INDICATOR_RULE = (
    "Chaque indicateur est comparé à sa cible ou à sa trajectoire. Une valeur provisoire d'une année en cours n'est "
    "pas jugée."
)
MONEY_RULE = (
    "Montants notifiés en numéraire, pour l'exercice. Ce qui n'est pas connu ne compte pas pour zéro ; les "
    "valorisations ne s'ajoutent pas au numéraire."
)
DECISION_RULE = "Décisions des instances qui ne sont ni exécutées ni abandonnées."


def sheets_tile(state: PlanState, code: str) -> Tile:
    """How many sheets, of which status, and how many are late."""
    late = sum(sheet.is_late for sheet in state.sheets)
    words = ", ".join(_unbroken(counted(status, count)) for status, count in by_status(state.sheets))
    link = Link(PLAN, "Voir le plan", {"demarche": code})
    if late:
        label = f":{theme.LATE.markdown}[{theme.LATE.material} **{late} en retard**]"
        link = Link(PLAN, label, {"demarche": code, "retard": "true"}, says=True)
    return Tile(
        "Fiches actions",
        str(len(state.sheets)),
        (words or "aucune fiche pour l'instant", *([] if late else ["aucune en retard"])),
        STATUS_RULE,
        link,
    )


def progress_tile(roll_up: RollUp, code: str) -> Tile:
    """The mean of declared progress, with its base and its age."""
    lines = [out_of(roll_up.known, roll_up.of, "fiche")]
    if roll_up.older_than_six_months:
        lines.append(f"dont {roll_up.older_than_six_months} de plus de six mois")
    return Tile(
        "Avancement déclaré",
        NOT_PROVIDED if roll_up.mean is None else percent(roll_up.mean),
        tuple(lines),
        PROGRESS_RULE,
        Link(PLAN, "Voir fiche par fiche", {"demarche": code}),
    )


def indicators_tile(words: IndicatorWords) -> Tile:
    """How many indicators are on course among those that can be judged, and where the others stand."""
    if not words.total:
        return Tile("Indicateurs", NOT_PROVIDED, ("aucun indicateur n'est encore suivi",), INDICATOR_RULE)
    base = "jugés sont atteints ou conformes" if words.judged else "aucun ne se juge à ce jour"
    empty = words.of(AttainmentWord.NOT_PROVIDED)
    others = [
        (words.of(AttainmentWord.YEAR_RUNNING), "année en cours"),
        (words.of(AttainmentWord.TO_CONFIRM), "à confirmer"),
        (empty, agree(empty, "non renseigné")),
        (words.of(AttainmentWord.UNAVAILABLE), AttainmentWord.UNAVAILABLE.label_fr),
        (words.of(AttainmentWord.NOT_APPLICABLE), AttainmentWord.NOT_APPLICABLE.label_fr),
    ]
    told = ", ".join(_unbroken(f"{count} {word}") for count, word in others if count)
    figure = f"{words.on_course} sur{NBSP}{words.judged}"
    return Tile("Indicateurs", figure, tuple(line for line in (base, told) if line), INDICATOR_RULE)


def _unbroken(words: str) -> str:
    """The words on one line: « 1 en pause » is not cut after « en »."""
    return words.replace(" ", NBSP)


def money_tile(year: YearMoney) -> Tile:
    """What is granted and awaited for the year, in cash, and for how many sheets the need is known."""
    label = f"Financements {year.year}"
    need = f"besoin connu : {out_of(year.needs_known, year.needs_of, 'fiche')}"
    lines = [need]
    if year.without_year:
        undated = plural(year.without_year, "ligne")
        lines.append(f"{undated} sans exercice, {agree(year.without_year, 'non comptée')}")
    if year.awaiting.of:
        lines.insert(0, f"{_awaited(year)} en attente de réponse")
    if not year.granted.of:
        return Tile(label, NOT_PROVIDED, ("aucun accord n'est enregistré", *lines), MONEY_RULE)
    known = "accordés"
    if not year.granted.is_whole:
        known += f", connus pour {out_of(year.granted.known, year.granted.of, 'ligne')}"
    figure = NOT_PROVIDED if year.granted.total is None else money(year.granted.total)
    return Tile(label, figure, (known, *lines), MONEY_RULE)


def _awaited(year: YearMoney) -> str:
    return "montant non connu" if year.awaiting.total is None else money(year.awaiting.total)


def decisions_tile(decisions: OpenDecisions) -> Tile:
    """How many decisions are open, and past their due date."""
    overdue = f"{decisions.overdue} à échéance dépassée" if decisions.overdue else "aucune à échéance dépassée"
    word = agree(decisions.open, "décision ouverte", "décisions ouvertes")
    return Tile("Décisions", str(decisions.open), (word, overdue), DECISION_RULE)
