"""What a browser reads outside the pages: one French sentence, or one form, in a document that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from re import sub

from starlette.responses import HTMLResponse

from db.rules.legal import FOOTER

DOCUMENT = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>{title}</title>
<style>{style}</style></head>
<body><main><p class="name">Balise</p>
{body}
</main>
<footer><nav aria-label="À propos"><p>"""
DOCUMENT += " · ".join(f'<a href="/{path}">{escape(title)}</a>' for path, title in FOOTER.items())
DOCUMENT += "</p></nav></footer></body>\n</html>\n"
STYLE = """
:root { color-scheme: light dark; --ink: #1c1f26; --soft: #545b67; --page: #ffffff; --line: #6b7280;
  --main: #0a6b6b; --on-main: #ffffff; --bad: #b3261e; --bad-page: #faf0ef; --good-page: #eff6f2; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef2; --soft: #aab2bf; --page: #14171c; --line: #8b94a3;
  --main: #4cc2bd; --on-main: #14171c; --bad: #ff8a80; --bad-page: #382e33; --good-page: #253536; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; overflow-wrap: anywhere; }
.name { margin: 0; font-weight: 650; color: var(--main); }
h1 { margin: 0 0 1rem; font-size: 1.7rem; line-height: 1.25; }
.told { padding: .75rem 1rem; border-left: 4px solid var(--main); background: var(--good-page); }
.fault { border-color: var(--bad); background: var(--bad-page); }
label { display: block; margin-top: 1.25rem; font-weight: 600; }
.hint { margin: 0; color: var(--soft); font-size: .95rem; }
input { display: block; width: 100%; min-height: 3rem; margin-top: .35rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
input[aria-invalid] { border: 2px solid var(--bad); }
input[readonly] { border-style: dashed; }
form + .hint { margin-top: 1rem; }
button { width: 100%; min-height: 3rem; margin-top: 1.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600;
  color: var(--on-main); background: var(--main); border: 0; border-radius: 8px; cursor: pointer; }
a { color: var(--main); }
footer { padding: 1rem 1.25rem 2rem; text-align: center; font-size: .95rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 3px; }
"""


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a form. `remembers` is what the browser fills it with (`autocomplete`); `value` what it shows; a
    `secret` one never shows anything; `is_given` may be read and not changed."""

    name: str
    label: str
    remembers: str
    hint: str = ""
    value: str = ""
    is_secret: bool = True
    is_given: bool = False
    is_wrong: bool = False


def said(words: str) -> str:
    """Plain text in a document: escaped, and no line begins by a sign that goes with the word before it."""
    return sub(" (?=[;:?!»])|(?<=«) ", "\u00a0", escape(words))


def sentence(status: int, text: str) -> HTMLResponse:
    """A page that says `text` (plain text: it is escaped), with this HTTP status."""
    body = f'<h1>Balise</h1><p>{said(text)}</p><p><a href="/">Revenir à Balise</a></p>'
    document = DOCUMENT.replace('<p class="name">Balise</p>\n', "")
    return HTMLResponse(document.format(title="Balise", style=STYLE, body=body), status_code=status)


def form(
    title: str,
    action: str,
    button: str,
    inputs: Sequence[Input],
    *,
    intro: str = "",
    told: str = "",
    fault: str = "",
    hidden: str = "",
    after: str = "",
    status: int = 200,
) -> HTMLResponse:
    """A page with one form, sent to `action` by its button. All words are plain text: they are escaped.

    `fault` is what was wrong with what was sent, `told` what was done before; `hidden` is the address to go to next,
    and `after` what stands under the button.
    """
    heading = f"Erreur : {title}" if fault else title
    parts = [f"<h1>{said(title)}</h1>"]
    if told:
        parts.append(f'<p class="told" role="status">{said(told)}</p>')
    if fault:
        parts.append(f'<p class="told fault" role="alert" id="fault">{said(fault)}</p>')
    if intro:
        parts.append(f"<p>{said(intro)}</p>")
    parts.append(f'<form method="post" action="{escape(action)}">')
    if hidden:
        parts.append(f'<input type="hidden" name="next" value="{escape(hidden)}">')
    parts += [_input(one) for one in inputs]
    parts.append(f'<button type="submit">{said(button)}</button></form>')
    if after:
        parts.append(f'<p class="hint">{said(after)}</p>')
    document = DOCUMENT.format(title=f"{said(heading)} · Balise", style=STYLE, body="\n".join(parts))
    return HTMLResponse(document, status_code=status)


def _input(one: Input) -> str:
    described = [f"{one.name}-hint"] * bool(one.hint) + ["fault"] * one.is_wrong
    marks = {
        "id": one.name,
        "name": one.name,
        "type": "password" if one.is_secret else "text",
        "autocomplete": one.remembers,
        "autocapitalize": "none",
        "spellcheck": "false",
        "value": "" if one.is_secret else one.value,
        "aria-describedby": " ".join(described),
        "aria-invalid": "true" if one.is_wrong else "",
    }
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in marks.items() if value)
    flags = "readonly" if one.is_given else "required"
    hint = f'<p class="hint" id="{escape(one.name)}-hint">{said(one.hint)}</p>' if one.hint else ""
    return f'<label for="{escape(one.name)}">{said(one.label)}</label>{hint}<input {attributes} {flags}>'
