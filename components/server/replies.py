"""The page of a link of answer: where a partner, on a phone and without an account, says where its sheets are.

A plain document. The secret of the link goes from its address to a cookie, and out of the address bar.
"""

from collections.abc import Mapping
from datetime import date
from html import escape
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from components import formats
from components.server.answers import DOCUMENT, STYLE, said, sentence
from components.server.cookies import cookie, hand
from components.server.posts import FOREIGN, fields_of, is_own
from db.commands.proposals import GONE, find_link, link_behind, propose
from db.engine import reading, writing
from db.errors import BaliseError, Refused
from db.models import AnswerLink, Initiative
from db.models.base import now_utc
from db.queries.proposals import asking
from db.rules.access import ProposalState
from db.rules.proposals import Asking, SheetAsked
from db.rules.sections import LABELS
from db.rules.text import an_id
from db.rules.vocabulary import Weather

REPLY, KEPT_AS = "/reponse", "reponse"
COOKIE_SECONDS = 12 * 3600
MOST_BYTES, MOST_FIELDS = 200_000, 100
TEXTS = ("done", "todo", "obstacles", "highlights")
MORE_STYLE = """
details { margin-top: 1rem; border: 1px solid var(--line); border-radius: 8px; padding: 0 1rem; }
summary { padding: .9rem 0; font-weight: 600; cursor: pointer; }
form { padding-bottom: 1.25rem; }
textarea { display: block; width: 100%; min-height: 6rem; margin-top: .35rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
fieldset { margin: 1.25rem 0 0; padding: 0; border: 0; }
legend { font-weight: 600; padding: 0; }
.choice { display: flex; align-items: center; gap: .75rem; min-height: 3rem; margin: 0; font-weight: 400; }
.choice input { width: 1.5rem; min-height: 1.5rem; margin: 0; }
"""


async def take_link(request: Request) -> Response:
    """A link is opened: its secret goes into a cookie, and out of the address."""
    answer = RedirectResponse(REPLY, 303)
    hand(answer, cookie(KEPT_AS), request.path_params["secret"], COOKIE_SECONDS)
    return answer


async def reply(request: Request) -> Response:
    """The sheets of which news are asked, each with its form; or what one of these forms says."""
    secret = request.cookies.get(cookie(KEPT_AS), "")
    try:
        if request.method == "GET":
            return await run_in_threadpool(_page, secret, request.query_params.get("fait", ""))
        if not is_own(request):
            return sentence(403, FOREIGN)
        typed = await fields_of(request, most=MOST_BYTES, fields=MOST_FIELDS)
        return await run_in_threadpool(_said, secret, typed)
    except Refused as refusal:
        return sentence(404, refusal.message)


def _opened(session: Session, secret: str) -> tuple[AnswerLink, date]:
    """The link of a secret and the day it is for its démarche. Raises Refused."""
    known = find_link(session, secret)
    if known is None:
        raise Refused(GONE)
    plan = session.get_one(Initiative, known.initiative_id)
    on = plan.reference_date or now_utc().astimezone(ZoneInfo(plan.time_zone)).date()
    return link_behind(session, secret, on), on


def _page(secret: str, done: str, fault: str = "", typed: Mapping[str, str] | None = None) -> HTMLResponse:
    with reading() as session:
        link, on = _opened(session, secret)
        told = asking(session, link, on)
    return HTMLResponse(_document(told, done, fault, typed or {}), status_code=400 if fault else 200)


def _said(secret: str, typed: Mapping[str, str]) -> Response:
    """What a form says is kept, or shown again with what was wrong: nothing typed is lost."""
    sheet = typed.get("sheet", "")
    try:
        with writing() as session:
            _, on = _opened(session, secret)
            propose(
                session,
                secret=secret,
                sheet_id=an_id(sheet) or 0,
                typed=typed,
                steps=[key for name in typed if name.startswith("step_") and (key := an_id(name[5:])) is not None],
                name=typed.get("name", ""),
                function=typed.get("function", ""),
                on=on,
            )
    except Refused:
        raise
    except BaliseError as error:
        return _page(secret, "", error.message, typed)
    return RedirectResponse(f"{REPLY}?fait={sheet}", 303)


def _document(told: Asking, done: str, fault: str, typed: Mapping[str, str]) -> str:
    sheets = formats.plural(len(told.sheets), "fiche action", "fiches action")
    where = "elle en est" if len(told.sheets) == 1 else "elles en sont"
    parts = [
        "<h1>Où en sont vos actions ?</h1>",
        f"<p><strong>{said(told.organisation)}</strong> pilote {said(sheets)} de « {said(told.initiative)} ». "
        f"Dites où {where} : la coordination lira ce que vous envoyez avant que quiconque d’autre ne le voie.</p>",
        f'<p class="hint">Ce lien sert jusqu’au {said(formats.day(told.ends_on))}. Il est pour votre structure : '
        "ne le transmettez qu’à vos collègues.</p>",
    ]
    if told.vacant_since is not None:
        parts.append(
            f'<p class="told">La coordination est vacante depuis le {said(formats.day(told.vacant_since))} : '
            "ce que vous envoyez est gardé, et sera lu par qui la prendra.</p>"
        )
    if not told.sheets:
        parts.append('<p class="told">Vous ne pilotez plus aucune fiche de ce plan : il n’y a rien à envoyer.</p>')
    asked = typed.get("sheet") or (str(told.sheets[0].sheet_id) if len(told.sheets) == 1 else "")
    for sheet in told.sheets:
        mine = typed if str(sheet.sheet_id) == typed.get("sheet") else {}
        is_done = str(sheet.sheet_id) == done
        parts.append(_sheet(sheet, mine, fault if mine else "", is_done, str(sheet.sheet_id) == asked and not is_done))
    return DOCUMENT.format(title="Où en sont vos actions · Balise", style=STYLE + MORE_STYLE, body="\n".join(parts))


def _sheet(sheet: SheetAsked, typed: Mapping[str, str], fault: str, is_done: bool, is_open: bool) -> str:
    held = {**sheet.last, **typed}
    key = str(sheet.sheet_id)
    parts = [f"<details{' open' if is_open else ''}><summary>{said(sheet.label)}{_state(sheet)}</summary>"]
    if sheet.plain_line:
        parts.append(f'<p class="hint">{said(sheet.plain_line)}</p>')
    if sheet.reason and sheet.state is ProposalState.REFUSED:
        parts.append(
            f'<p class="told fault" role="status">La coordination n’a pas retenu votre dernier envoi : '
            f"{said(sheet.reason)}</p>"
        )
    if fault:
        parts.append(f'<p class="told fault" role="alert">{said(fault)} Ce que vous aviez tapé est ci-dessous.</p>')
    parts.append(f'<form method="post" action="{REPLY}"><input type="hidden" name="sheet" value="{key}">')
    parts.append(_line(f"progress_{key}", "progress", LABELS["progress"], held, hint="Par exemple 45 %, ou NC."))
    parts.append(_weather(held))
    parts += [_text(f"{name}_{key}", name, LABELS[name], held) for name in TEXTS]
    if sheet.steps:
        parts.append(_steps(sheet, typed))
    parts.append(_line(f"name_{key}", "name", "Votre nom", held, remembers="name", required=True))
    parts.append(
        _line(f"function_{key}", "function", "Votre fonction", held, remembers="organization-title", hint="Facultatif.")
    )
    parts.append('<button type="submit">Envoyer à la coordination</button></form></details>')
    if is_done:
        parts.insert(0, f'<p class="told" role="status">C’est envoyé pour « {said(sheet.label)} ». Merci.</p>')
    return "\n".join(parts)


def _state(sheet: SheetAsked) -> str:
    if sheet.state is None or sheet.proposed_on is None:
        return ""
    return f' <span class="hint">({sheet.state.label_fr}, envoi du {formats.short_day(sheet.proposed_on)})</span>'


def _line(
    key: str, name: str, label: str, held: Mapping[str, str], *, hint: str = "", remembers: str = "off",
    required: bool = False,
) -> str:  # fmt: skip
    described = f' aria-describedby="{key}-hint"' if hint else ""
    under = f'<p class="hint" id="{key}-hint">{said(hint)}</p>' if hint else ""
    return (
        f'<label for="{key}">{said(label)}</label>{under}<input id="{key}" name="{name}" type="text" '
        f'autocomplete="{remembers}" value="{escape(held.get(name, ""))}"{described}{" required" if required else ""}>'
    )


def _text(key: str, name: str, label: str, held: Mapping[str, str]) -> str:
    return (
        f'<label for="{key}">{said(label)}</label>'
        f'<textarea id="{key}" name="{name}" maxlength="4000">{escape(held.get(name, ""))}</textarea>'
    )


def _weather(held: Mapping[str, str]) -> str:
    choices = [
        f'<label class="choice"><input type="radio" name="weather" value="{word}"'
        f"{' checked' if held.get('weather') == word else ''}>{word}</label>"
        for word in (sign.label_fr for sign in Weather)
    ]
    return f"<fieldset><legend>{said(LABELS['weather'])}</legend>{''.join(choices)}</fieldset>"


def _steps(sheet: SheetAsked, typed: Mapping[str, str]) -> str:
    boxes = []
    for step in sheet.steps:
        due = f" (échéance {formats.short_day(step.due_on)})" if step.due_on else ""
        name = f"step_{step.id}"
        checked = " checked" if name in typed else ""
        boxes.append(
            f'<label class="choice"><input type="checkbox" name="{name}"{checked}>{said(step.label + due)}</label>'
        )
    return f"<fieldset><legend>Étapes franchies depuis</legend>{''.join(boxes)}</fieldset>"
