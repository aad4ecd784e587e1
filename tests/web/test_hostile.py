"""What a hostile report says is shown, never obeyed: 100 payloads in every field, on every page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from newsblotter import build
from newsblotter.pipeline import Settings
from newsblotter.store import open_store
from newsblotter.web.app import create_app
from newsblotter.web.settings import WebSettings

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


Markup = tuple[set[str], set[tuple[str, str]]]  # tags; tags with attributes


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("hostile")
    lines = [json.dumps(_report(at, payload)) for at, payload in enumerate(PAYLOADS)]
    (folder / "reports.jsonl").write_text("\n".join(lines), "utf-8")
    for at, payload in enumerate(PAYLOADS):  # and as a file's name
        name = "".join(c for c in payload if c not in "/\x00")[:80]
        (folder / f"{name} {at}.txt").write_text(
            f"Thieves burgle {payload} in Lyon\n\nThieves broke into a shop in Lyon on 3 May 2021.", "utf-8"
        )
    build([folder], folder / "hostile.db", settings=Settings(workers=1))
    with TestClient(create_app(WebSettings(store=str(folder / "hostile.db"))), base_url="http://127.0.0.1:8765") as client:
        client.headers["accept"] = "text/html"
        yield client


class _Reader(HTMLParser):
    """Collects what a page's markup is made of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag
        for name, value in attributes:
            self.attributes.add((tag, name))
            if name in ("href", "src", "action", "formaction", "data", "xlink:href"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and data.strip():
            self.scripts.append(data)


def _read(client: TestClient, path: str) -> _Reader:
    answer = client.get(path)
    assert answer.status_code in (200, 300, 400, 404, 308), path
    reader = _Reader()
    reader.feed(answer.text)
    return reader


def _paths(client: TestClient, store: str) -> list[str]:
    with open_store(store, readonly=True) as opened:
        incidents = [record["id"] for record in opened.records()]
        reports = [report.id for report in opened.reports()]
    return [*(f"/incidents/{one}" for one in incidents), *(f"/reports/{one}" for one in reports)]


@pytest.fixture(scope="module")
def plain_markup(sample_path: Path) -> Markup:
    """What the pages of a harmless store are made of."""
    tags: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    with TestClient(create_app(WebSettings(store=str(sample_path))), base_url="http://127.0.0.1:8765") as client:
        client.headers["accept"] = "text/html"
        for path in ["/", "/?q=x&target=y", "/?type=robbery", "/search?q=robbery", "/nowhere", *_paths(client, str(sample_path))]:
            reader = _read(client, path)
            tags |= reader.tags
            attributes |= reader.attributes
    return tags, attributes


def test_there_are_a_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) == 100
    assert all(SIGN in payload for payload in PAYLOADS)


def test_nothing_of_a_report_becomes_markup(hostile: TestClient, plain_markup: Markup) -> None:
    tags, attributes = plain_markup
    store = hostile.app.state.settings.store  # type: ignore[attr-defined]
    paths = _paths(hostile, store)
    assert len(paths) > 200
    seen = 0
    for path in ["/", "/?order=loot", *paths]:
        reader = _read(hostile, path)
        assert reader.tags <= tags, path
        assert reader.attributes - attributes <= {("html", "data-theme"), ("a", "rel"), ("h1", "lang"), ("div", "lang")}, path
        for link in reader.links:
            assert link.startswith(("/", "?", "#", "http://", "https://")), (path, link)
        for script in reader.scripts:
            json.loads(script)  # data, nothing that runs
        seen += SIGN in hostile.get(path).text
    assert seen > 200  # it is shown, all the same


@pytest.mark.parametrize(
    "template", ["/?q={p}", "/search?q={p}", "/incidents/{p}", "/reports/{p}", "/?type={p}", "/{p}", "/?order={p}"]
)
def test_nothing_of_an_address_becomes_markup(hostile: TestClient, plain_markup: Markup, template: str) -> None:
    tags, attributes = plain_markup
    for payload in PAYLOADS:
        reader = _read(hostile, template.format(p=quote(payload, safe="")))
        assert reader.tags <= tags, payload
        assert reader.attributes <= attributes | {("a", "rel")}, payload
        assert all(link.startswith(("/", "?", "#", "https://")) for link in reader.links), payload


def test_links_out_are_http_alone(hostile: TestClient) -> None:
    store = hostile.app.state.settings.store  # type: ignore[attr-defined]
    out = {link for path in _paths(hostile, store) for link in _read(hostile, path).links if not link.startswith(("/", "?", "#"))}
    assert out and all(link.startswith("https://paper.example/") for link in out)


def test_data_for_programs_is_json(hostile: TestClient) -> None:
    store = hostile.app.state.settings.store  # type: ignore[attr-defined]
    incident = next(path for path in _paths(hostile, store) if path.startswith("/incidents/"))
    for path in (f"{incident}.json", f"{incident}.jsonld", "/incidents/points"):
        answer = hostile.get(path)
        assert "json" in answer.headers["content-type"] and answer.headers["x-content-type-options"] == "nosniff"
        answer.json()
