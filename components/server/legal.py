"""The pages that the law asks for, open to all, signed in or not: plain documents that need no script."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from components.server.answers import DOCUMENT, STYLE
from db.engine import reading
from db.queries.texts import legal_text
from db.rules.legal import FOOTER, HEADING, LIST, SITE_MAP, Block, LegalText, Written, blocks

ADDRESSES = tuple(f"/{name}" for name in FOOTER)
WIDER = "main { max-width: 44rem; } h2 { margin: 1.75rem 0 .5rem; font-size: 1.2rem; } li { margin: .25rem 0; }"
SUPPLIED = (
    "Ce texte est celui que Balise fournit. La personne qui administre cette installation ne l'a pas encore fait sien "
    ": les passages entre crochets restent à compléter."
)
UNFILLED = "Des passages entre crochets restent à compléter par la personne qui administre cette installation."
PAGES = {
    "Piloter": {
        "/": "Vue d'ensemble",
        "/plan": "Plan d'action",
        "/contrat": "Contrat et avenants",
        "/demarches": "Mes démarches",
    },
    "Pour la coordination": {
        "/semaine": "Ma semaine",
        "/nouvelles": "Donner des nouvelles",
        "/reponses": "Réponses des pilotes",
        "/liens": "Liens de lecture",
        "/carnet": "Carnet de bord",
        "/publier": "Publier le point",
        "/organiser": "Organiser le plan",
        "/plusieurs": "Modifier plusieurs fiches",
        "/imprevue": "Action imprévue",
        "/passer-la-main": "Passer la main",
        "/prise-de-poste": "Prise de poste",
    },
    "Réglages": {
        "/importer": "Importer, exporter",
        "/actes": "Derniers actes",
        "/archives": "Archives",
        "/aide": "Aide",
    },
}
"""The pages that have an address of their own; each shows to whoever opens it what is theirs."""


async def legal_page(request: Request) -> Response:
    """The text of this address, as the installation wrote it, else as it is supplied."""
    name = LegalText(request.url.path.strip("/"))
    return document(name.label_fr, _body(await run_in_threadpool(_read, name)))


async def site_map(_request: Request) -> Response:
    """Every page that has an address, and the legal ones."""
    groups = {**PAGES, "À propos": {f"/{path}": title for path, title in FOOTER.items() if path != SITE_MAP[0]}}
    parts = [f"<h2>{escape(group)}</h2>{_links(pages)}" for group, pages in groups.items()]
    return document(SITE_MAP[1], "\n".join(parts))


def document(title: str, body: str) -> HTMLResponse:
    """A page of this title (plain text) around what is already markup."""
    inside = f'<h1>{escape(title)}</h1>\n{body}\n<p><a href="/">Revenir à Balise</a></p>'
    return HTMLResponse(DOCUMENT.format(title=f"{escape(title)} · Balise", style=STYLE + WIDER, body=inside))


def _read(name: LegalText) -> Written:
    with reading() as session:
        return legal_text(session, name)


def _body(written: Written) -> str:
    told = "" if written.is_ready else SUPPLIED if written.is_supplied else UNFILLED
    notice = f'<p class="told">{escape(told)}</p>\n' if told else ""
    return notice + "\n".join(map(_block, blocks(written.text)))


def _block(block: Block) -> str:
    said = [escape(line) for line in block.lines]
    if block.kind == HEADING:
        return f"<h2>{said[0]}</h2>"
    if block.kind == LIST:
        return f"<ul>{''.join(f'<li>{line}</li>' for line in said)}</ul>"
    return f"<p>{'<br>'.join(said)}</p>"


def _links(pages: dict[str, str]) -> str:
    items = (f'<li><a href="{escape(path)}">{escape(title)}</a></li>' for path, title in pages.items())
    return f"<ul>{''.join(items)}</ul>"
