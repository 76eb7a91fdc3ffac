"""The page of a link of answer: where a partner, on a phone and without an account, says where its sheets are.

A plain document. The secret of the link goes from its address to a cookie, and out of the address bar.
"""

from collections.abc import Collection, Mapping
from datetime import date
from html import escape

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from components import formats
from components.server.answers import DOCUMENT, STYLE, said, sentence
from components.server.cookies import cookie, out_of_address
from components.server.posts import FOREIGN, fields_of, is_own
from db.commands.common import day_there
from db.commands.proposals import GONE, TEXT_LENGTH, find_link, link_behind, propose
from db.engine import reading, writing
from db.errors import BaliseError, Invalid, Refused
from db.models import AnswerLink, Initiative
from db.models.base import now_utc
from db.queries.proposals import asking
from db.rules.access import ProposalState
from db.rules.patient import CAUTION, speaks_of_a_patient
from db.rules.proposals import FIELDS, Asking, SheetAsked
from db.rules.sections import LABELS
from db.rules.text import an_id, clean
from db.rules.vocabulary import Weather

REPLY, KEPT_AS = "/reponse", "reponse"
COOKIE_SECONDS = 12 * 3600
MOST_BYTES, MOST_FIELDS = 2_000_000, 2000
"""Room for some thirty sheets whose texts are all at their longest: they are sent together."""
STEP, SEND = "step_", "Envoyer à la coordination"
EACH = (
    "Chaque fiche s'envoie par son bouton. Ce que vous tapez pour les autres reste sur la page tant qu'elle est "
    "ouverte."
)
TEXTS = ("done", "todo", "obstacles", "highlights")
NOTHING_LED = "Vous ne pilotez plus aucune fiche de ce plan : il n'y a rien à envoyer."
TO_CORRECT = "C'est gardé tel quel ; corrigez ci-dessous et renvoyez : le nouvel envoi remplacera celui-ci."
NOT_RETAINED = "La coordination n'a pas retenu votre dernier envoi"
MORE_STYLE = """
details { margin-top: 1rem; border: 1px solid var(--line); border-radius: 8px; padding: 0 1rem; }
summary { padding: .9rem 0; font-weight: 600; cursor: pointer; }
details button { margin-bottom: 1.25rem; }
.told p { margin: 0; }
.told p + p { margin-top: .5rem; }
input + .hint { margin-top: 1.25rem; }
summary .hint { font-weight: 400; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
textarea { display: block; width: 100%; min-height: 6rem; margin-top: .35rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
fieldset { margin: 1.25rem 0 0; padding: 0; border: 0; }
legend { font-weight: 600; padding: 0; }
.choice { display: flex; align-items: center; gap: .75rem; min-height: 3rem; margin: 0; font-weight: 400; }
.choice input { width: 1.5rem; min-height: 1.5rem; margin: 0; }
"""


async def take_link(request: Request) -> Response:
    """A link of answer is followed."""
    return out_of_address(request, cookie(KEPT_AS), COOKIE_SECONDS, REPLY)


async def reply(request: Request) -> Response:
    """The sheets of which news are asked, in one form; or what was sent of one of them."""
    secret = request.cookies.get(cookie(KEPT_AS), "")
    try:
        if request.method == "GET":
            return await run_in_threadpool(_page, secret)
        if not is_own(request):
            return sentence(403, FOREIGN)
        typed = await fields_of(request, most=MOST_BYTES, fields=MOST_FIELDS)
        return await run_in_threadpool(_said, secret, typed)
    except Refused as refusal:
        return sentence(404, refusal.message)
    except Invalid as error:
        return sentence(400, error.message)


def _opened(session: Session, secret: str) -> tuple[AnswerLink, date]:
    """The link of a secret and the day it is for its démarche. Raises Refused."""
    known = find_link(session, secret)
    if known is None:
        raise Refused(GONE)
    plan = session.get_one(Initiative, known.initiative_id)
    on = day_there(plan, now_utc())
    return link_behind(session, secret, on), on


def _page(secret: str, typed: Mapping[str, str] | None = None, fault: str = "") -> HTMLResponse:
    with reading() as session:
        link, on = _opened(session, secret)
        told = asking(session, link, on)
    return HTMLResponse(_document(told, typed or {}, fault), status_code=400 if fault else 200)


def _said(secret: str, typed: Mapping[str, str]) -> Response:
    """What is sent of a sheet is kept, or shown again with what was wrong; what was typed of the others stays on the
    page: nothing typed is lost."""
    sheet = an_id(typed.get("sheet", "")) or 0
    mine = _of_sheet(typed, sheet)
    try:
        with writing() as session:
            _, on = _opened(session, secret)
            propose(
                session,
                secret=secret,
                sheet_id=sheet,
                typed=mine,
                steps=[key for name in mine if name.startswith(STEP) and (key := an_id(name[len(STEP) :])) is not None],
                name=typed.get("name", ""),
                function=typed.get("function", ""),
                on=on,
            )
    except Refused:
        raise
    except BaliseError as error:
        return _page(secret, typed, error.message)
    return _page(secret, typed)


def _of_sheet(typed: Mapping[str, str], sheet_id: int) -> dict[str, str]:
    """What was typed of one sheet, by field: « 12.done » is the field `done` of sheet 12."""
    mark = f"{sheet_id}."
    return {name.removeprefix(mark): text for name, text in typed.items() if name.startswith(mark)}


def _document(told: Asking, typed: Mapping[str, str], fault: str) -> str:
    parts = [_intro(told)]
    if told.vacant_since is not None:
        parts.append(
            f'<p class="told">La coordination est vacante depuis le {said(formats.day(told.vacant_since))} : '
            "ce que vous envoyez est gardé, et sera lu par qui la prendra.</p>"
        )
    parts.append(_form(told, typed, fault) if told.sheets else f'<p class="told">{said(NOTHING_LED)}</p>')
    return DOCUMENT.format(title="Où en sont vos actions · Balise", style=STYLE + MORE_STYLE, body="\n".join(parts))


def _intro(told: Asking) -> str:
    sheets = formats.plural(len(told.sheets), "fiche action", "fiches actions")
    where = "elle en est" if len(told.sheets) == 1 else "elles en sont"
    return (
        f"<h1>Où en sont vos actions\u00a0?</h1><p><strong>{said(told.organisation)}</strong> pilote {said(sheets)} de "
        f"« {said(told.initiative)} ». Dites où {where} : la coordination lira ce que vous envoyez avant que quiconque "
        "d'autre ne le voie.</p>"
        f'<p class="hint">Ce lien sert jusqu\'au {said(formats.day(told.ends_on))}. Il est pour votre structure : '
        "ne le transmettez qu'à vos collègues.</p>"
    )


def _form(told: Asking, typed: Mapping[str, str], fault: str) -> str:
    """One form for all the sheets: who answers says so once, and what is typed of a sheet is sent with the others."""
    parts = [f'<form method="post" action="{REPLY}">']
    if len(told.sheets) > 1:  # the first button of a form is what Enter presses: this one sends no sheet by surprise
        parts.append('<button type="submit" disabled hidden></button>')
    parts += [
        _line("name", "Votre nom", typed, remembers="name", required=True),
        _line("function", "Votre fonction", typed, remembers="organization-title", hint="Facultatif."),
    ]
    if len(told.sheets) > 1:
        parts.append(f'<p class="hint">{said(EACH)}</p>')
    sent = an_id(typed.get("sheet", ""))
    for sheet in told.sheets:
        is_sent = sheet.sheet_id == sent
        mine = _of_sheet(typed, sheet.sheet_id)
        left = bool(mine) and not is_sent and _differs(sheet, mine)
        parts.append(_sheet(sheet, mine, fault if is_sent else "", is_sent, left, len(told.sheets) == 1))
    return "\n".join([*parts, "</form>"])


def _differs(sheet: SheetAsked, typed: Mapping[str, str]) -> bool:
    """Whether what was typed of a sheet is something else than what its form began with."""
    ticked = {name for name in typed if name.startswith(STEP)}
    return ticked != _ticked(sheet) or any(
        clean(typed.get(name, "")) != clean(sheet.last.get(name, "")) for name in FIELDS
    )


def _ticked(sheet: SheetAsked) -> set[str]:
    return {f"{STEP}{key}" for key in sheet.ticked}


def _sheet(
    sheet: SheetAsked, typed: Mapping[str, str], fault: str, is_sent: bool, is_left: bool, is_alone: bool
) -> str:
    held, key = {**sheet.last, **typed}, str(sheet.sheet_id)
    is_kept = is_sent and not fault
    speaks = is_kept and any(speaks_of_a_patient(held.get(name, "")) for name in TEXTS)
    parts = [f'<section id="fiche_{key}">']
    if is_kept:
        parts.append(_thanks(sheet, speaks))
    is_open = bool(fault) or is_left or speaks or (is_alone and not is_kept)
    state = " · tapé, pas encore envoyé" if is_left else _state(sheet)
    parts.append(
        f"<details{' open' if is_open else ''}><summary>{said(sheet.label)}"
        f'<span class="hint">{said(state)}</span></summary>'
    )
    if sheet.plain_line:
        parts.append(f'<p class="hint">{said(sheet.plain_line)}</p>')
    if sheet.reason and sheet.state is ProposalState.REFUSED:
        parts.append(f'<p class="told fault" role="status">{said(f"{NOT_RETAINED} : {sheet.reason}")}</p>')
    if fault:
        parts.append(f'<p class="told fault" role="alert">{said(fault)} Ce que vous aviez tapé est ci-dessous.</p>')
    parts.append(_line(f"{key}.progress", LABELS["progress"], held, hint="Par exemple 45 %, ou NC."))
    parts.append(_weather(f"{key}.weather", held))
    parts += [_text(f"{key}.{name}", LABELS[name], held) for name in TEXTS]
    if sheet.steps:
        parts.append(_steps(sheet, {name for name in typed if name.startswith(STEP)} if typed else _ticked(sheet)))
    parts.append(
        f'<button type="submit" name="sheet" value="{key}" formaction="{REPLY}#fiche_{key}">{said(SEND)}'
        f'<span class="unseen"> : {said(sheet.label)}</span></button></details></section>'
    )
    return "\n".join(parts)


def _thanks(sheet: SheetAsked, speaks: bool) -> str:
    """That it is sent; and, when its texts seem to speak of a patient, a gentle word."""
    sent = f"C'est envoyé pour « {sheet.label} ». Merci."
    word = f"<p>{said(f'{CAUTION} {TO_CORRECT}')}</p>" if speaks else ""
    return f'<div class="told" role="status"><p>{said(sent)}</p>{word}</div>'


def _state(sheet: SheetAsked) -> str:
    if sheet.state is None or sheet.proposed_on is None:
        return ""
    return f" · {sheet.state.label_fr}, envoi du {formats.short_day(sheet.proposed_on)}"


def _line(
    name: str, label: str, held: Mapping[str, str], *, hint: str = "", remembers: str = "off", required: bool = False
) -> str:
    described = f' aria-describedby="{name}-hint"' if hint else ""
    under = f'<p class="hint" id="{name}-hint">{said(hint)}</p>' if hint else ""
    value = escape(held.get(_field(name), ""))
    return (
        f'<label for="{name}">{said(label)}</label>{under}<input id="{name}" name="{name}" type="text" '
        f'autocomplete="{remembers}" value="{value}"{described}{" required" if required else ""}>'
    )


def _field(name: str) -> str:
    """The field that a name of the form says: « done » of « 12.done »."""
    return name.rpartition(".")[2]


def _text(name: str, label: str, held: Mapping[str, str]) -> str:
    return (
        f'<label for="{name}">{said(label)}</label>'
        f'<textarea id="{name}" name="{name}" maxlength="{TEXT_LENGTH}">\n'
        f"{escape(held.get(_field(name), ''))}</textarea>"
    )


def _weather(name: str, held: Mapping[str, str]) -> str:
    choices = [
        f'<label class="choice"><input type="radio" name="{name}" value="{word}"'
        f"{' checked' if held.get('weather') == word else ''}>{word}</label>"
        for word in (sign.label_fr for sign in Weather)
    ]
    return f"<fieldset><legend>{said(LABELS['weather'])}</legend>{''.join(choices)}</fieldset>"


def _steps(sheet: SheetAsked, ticked: Collection[str]) -> str:
    boxes = []
    for step in sheet.steps:
        due = f" (échéance {formats.short_day(step.due_on)})" if step.due_on else ""
        name = f"{STEP}{step.id}"
        boxes.append(
            f'<label class="choice"><input type="checkbox" name="{sheet.sheet_id}.{name}"'
            f"{' checked' if name in ticked else ''}>{said(step.label + due)}</label>"
        )
    return f"<fieldset><legend>Étapes franchies depuis</legend>{''.join(boxes)}</fieldset>"
