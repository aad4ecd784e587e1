"""Reports that try to run something in the reader's browser: 100 payloads, each in every field that a report has."""

from __future__ import annotations

import json
from pathlib import Path

SIGN = "xq7z"  # stands in every payload: where it comes out, it has to be words

_CODE = f"alert('{SIGN}')"
_SHAPES = (
    "<script>{c}</script>",
    "</title><script>{c}</script>",
    "</textarea><script>{c}</script>",
    "<ScRiPt>{c}</sCrIpT>",
    "<img src=x onerror={c}>",
    '"><img src=x onerror={c}>',
    "'><svg onload={c}>",
    "<svg><script>{c}</script></svg>",
    "<body onload={c}>",
    "<iframe src=javascript:{c}>",
    "<a href=javascript:{c}>x</a>",
    "<math><mi xlink:href=javascript:{c}>",
    '" onmouseover="{c}',
    "' onfocus='{c}' autofocus='",
    '" autofocus onfocus={c} x="',
    "javascript:{c}",
    "JaVaScRiPt:{c}",
    "java\tscript:{c}",
    "data:text/html,<script>{c}</script>",
    "vbscript:{c}",
    "--><script>{c}</script>",
    "]]><script>{c}</script>",
    "</script><script>{c}</script>",
    "<!--<script>{c}",
    "{{{{{c}}}}}",
    "${{{c}}}",
    "{{% {c} %}}",
    "<style>@import'javascript:{c}'</style>",
    "<link rel=stylesheet href=javascript:{c}>",
    "<meta http-equiv=refresh content=0;url=javascript:{c}>",
    "<base href=javascript:{c}//>",
    "<form action=javascript:{c}><button>x</form>",
    "<button formaction=javascript:{c}>x",
    "<details open ontoggle={c}>",
    "<video><source onerror={c}>",
    "<audio src=x onerror={c}>",
    "<object data=javascript:{c}>",
    "<embed src=javascript:{c}>",
    "<input autofocus onfocus={c}>",
    "<select onfocus={c} autofocus>",
    "<marquee onstart={c}>",
    "<template><script>{c}</script></template>",
    '<noscript><p title="</noscript><script>{c}</script>">',
    "<xmp><script>{c}</script></xmp>",
    "\\u003cscript\\u003e{c}",
    "&lt;script&gt;{c}",
    "&#60;script&#62;{c}",
    "%3Cscript%3E{c}",
    "\u202e<script>{c}</script>",
    "<\x0bscript>{c}</script>",
)
PAYLOADS = [shape.format(c=code) for shape in _SHAPES for code in (_CODE, f"window.{SIGN}=1")]


def _report(at: int, payload: str) -> dict[str, str]:
    """Somebody robs a shop whose name is the payload, and everything else is, too."""
    body = (
        f"Armed robbers raided the {payload} jewellery shop in Lyon, France, on 12 March 2024, police said. The three men, "
        f"among them {payload}, 34, took watches worth {100_000 + at * 1000} euros and injured two guards. "
        f"A man named Paul {payload} was arrested."
    )
    return {
        "id": f"{at} {payload}",
        "url": payload if at % 2 else f"https://paper.example/{payload}",
        "outlet": payload,
        "title": f"Armed robbers raid {payload} in Lyon",
        "text": body,
        "published": "2024-03-13",
    }


def write_hostile_reports(folder: Path) -> None:
    """One report for each payload in a file of JSON lines, and one text file whose name is it."""
    lines = [json.dumps(_report(at, payload)) for at, payload in enumerate(PAYLOADS)]
    (folder / "reports.jsonl").write_text("\n".join(lines), "utf-8")
    for at, payload in enumerate(PAYLOADS):
        name = "".join(c for c in payload if c not in "/\x00")[:80]
        words = f"Thieves burgle {payload} in Lyon\n\nThieves broke into a shop in Lyon on 3 May 2021."
        (folder / f"{name} {at}.txt").write_text(words, "utf-8")
