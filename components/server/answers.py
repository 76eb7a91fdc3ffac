"""What a browser reads outside the pages: one French sentence, in a document that needs nothing else."""

from html import escape

from starlette.responses import HTMLResponse

DOCUMENT = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Balise</title></head>
<body><main><h1>Balise</h1><p>{sentence}</p><p><a href="/">Revenir à Balise</a></p></main></body>
</html>
"""


def sentence(status: int, text: str) -> HTMLResponse:
    """A page that says `text` (plain text: it is escaped), with this HTTP status."""
    return HTMLResponse(DOCUMENT.format(sentence=escape(text)), status_code=status)
