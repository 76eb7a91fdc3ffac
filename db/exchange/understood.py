"""What only the database can tell of a file: its names in the database's words, and what it cannot take as it is."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from db.exchange.draft import FunderDraft, MilestoneDraft, PlanDraft, SheetDraft, ToSettle
from db.exchange.fields import Field
from db.exchange.resolve import Names
from db.exchange.sheets import ORGANISATION_LISTS
from db.exchange.shown import date_words, money
from db.rules.vocabulary import MilestoneState, PlacementEntry, Status, Vocabulary

Understood = tuple[SheetDraft, tuple[ToSettle, ...]]


def understood(known: Names, draft: PlanDraft) -> list[Understood]:
    """Each sheet of the file in the database's words, with its cells to be settled, in the order of the file."""
    items = _by_sheet(draft)
    return [understood_sheet(known, sheet, items[sheet.row]) for sheet in draft.sheets]


def _by_sheet(draft: PlanDraft) -> dict[int, list[ToSettle]]:
    """The cells to be settled by the row of their sheet: its own rows, its steps' and those that continue them."""
    owners = {step.row: sheet.row for sheet in draft.sheets for step in sheet.milestones}
    owners |= {sheet.row: sheet.row for sheet in draft.sheets}
    rows = sorted(owners)
    found: dict[int, list[ToSettle]] = defaultdict(list)
    for item in draft.to_settle:
        if rows:
            found[owners[rows[max(0, bisect_right(rows, item.row) - 1)]]].append(item)
    return found


def understood_sheet(known: Names, sheet: SheetDraft, items: Iterable[ToSettle] = ()) -> Understood:
    """A sheet in the words of the database, with its cells to be settled and those that the database alone refuses."""
    sheet = known.resolved(sheet)
    unknown = [w for w in sheet.determinants if known.term(Vocabulary.DETERMINANT, w) is None]
    reason = "Ce déterminant n'est pas dans la liste : choisir celui qui convient."
    asked = [_waiting(sheet, Field.DETERMINANTS, word, reason, known.determinants) for word in unknown]
    sheet = replace(sheet, determinants=tuple(w for w in sheet.determinants if w not in unknown))
    if sheet.entry is PlacementEntry.AMENDMENT and sheet.amendment_number not in known.amendments:
        number = sheet.amendment_number or "?"
        reason = f"L'avenant {number} n'est pas enregistré dans la démarche : l'ajouter, puis y rattacher la fiche."
        asked.append(_waiting(sheet, Field.ENTRY, f"par avenant {number}", reason, ()))
        sheet = replace(sheet, entry=None, amendment_number=None)
    if sheet.status_until is not None and sheet.status is not Status.POSTPONED:
        reason = "Une date de report ne va qu'avec une fiche reportée : corriger le statut, ou vider la date."
        asked.append(_waiting(sheet, Field.STATUS_UNTIL, date_words(sheet.status_until), reason, ()))
        sheet = replace(sheet, status_until=None)
    asked += _done_too_soon(sheet.milestones)
    sheet = replace(sheet, milestones=tuple(map(_dated_when_done, sheet.milestones)))
    sheet, shared = _without_shared_names(known, sheet)
    return sheet, (*items, *asked, *shared)


def _without_shared_names(known: Names, sheet: SheetDraft) -> Understood:
    """The sheet without the names that several organisations bear: each is to be settled."""
    if not known.shared:
        return sheet, ()
    named = [(name, name, field, sheet.row) for at, field in ORGANISATION_LISTS.items() for name in getattr(sheet, at)]
    named += [(funder.name, _funder_words(funder), Field.FUNDER, sheet.row) for funder in sheet.funders]
    named += [(name, name, Field.LEAD, step.row) for step in sheet.milestones for name in step.leads]
    asked = []
    for name, written, field, row in named:
        if bearers := known.bearers(name):
            reason = f"Plusieurs structures portent ce nom ou ce sigle ({', '.join(bearers)}) : dire laquelle."
            asked.append(ToSettle(row, field.label_fr, written, reason, bearers, field))
    lists: dict[str, Any] = {at: _borne_by_one(known, getattr(sheet, at)) for at in ORGANISATION_LISTS}
    lists["funders"] = tuple(funder for funder in sheet.funders if not known.bearers(funder.name))
    lists["milestones"] = tuple(replace(s, leads=_borne_by_one(known, s.leads)) for s in sheet.milestones)
    return replace(sheet, **lists), tuple(asked)


def _borne_by_one(known: Names, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not known.bearers(name))


def _funder_words(funder: FunderDraft) -> str:
    """« ARS : 5 000 € », as a list of funders says it."""
    return funder.name if funder.amount_cents is None else f"{funder.name} : {money(funder.amount_cents)}"


def _done_too_soon(steps: Iterable[MilestoneDraft]) -> list[ToSettle]:
    reason = "Une date de réalisation ne va qu'avec une étape franchie : corriger son état, ou vider la date."
    return [
        ToSettle(step.row, Field.DONE_ON.label_fr, date_words(step.done_on), reason, (), Field.DONE_ON)
        for step in steps
        if step.done_on is not None and step.state is not MilestoneState.DONE
    ]


def _dated_when_done(step: MilestoneDraft) -> MilestoneDraft:
    return step if step.state is MilestoneState.DONE else replace(step, done_on=None)


def _waiting(sheet: SheetDraft, field: Field, value: str, reason: str, choices: tuple[str, ...]) -> ToSettle:
    return ToSettle(sheet.row, field.label_fr, value, reason, choices, field)
