"""Raw pages become reports: text, title, day, language, outlet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.collect import CleanSettings, PageReader, ReadSettings, clean_pages, read_pages
from newsblotter.collect.clean import identify_language, join_title, normalise_language
from newsblotter.collect.guard import decode, scrub
from newsblotter.records import RawPage, Rejected, Report

TEXT = "Two masked men robbed a jewellery shop in Exampleton on Tuesday, police said. Nobody was hurt."
SHARED = Path(os.environ.get("NEWSBLOTTER_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    with PageReader() as started:
        yield started


def clean(raw: RawPage, reader: PageReader | None = None, **settings: object) -> Report:
    (report,) = clean_pages([raw], CleanSettings(**settings), reader)  # type: ignore[arg-type]
    assert isinstance(report, Report), report
    return report


def raw(text: str = TEXT, **given: str) -> RawPage:
    return RawPage("a:1", "a", None, text.encode(), "text/plain", given=given)


def test_the_text_is_title_blank_line_body() -> None:
    report = clean(raw(title="Shop robbed"))
    assert report.title == "Shop robbed"
    assert report.text == f"Shop robbed\n\n{TEXT}"


@pytest.mark.parametrize("body", [f"Shop robbed\n\n{TEXT}", f"SHOP ROBBED! {TEXT}", f"× “Shop robbed”\n{TEXT}"])
def test_a_body_that_opens_with_its_title_is_not_given_it_again(body: str) -> None:
    assert clean(raw(body, title="Shop robbed")).text == body


def test_a_plain_text_s_headline_is_its_title() -> None:
    assert clean(raw(f"Two held after shop raid\n\n{TEXT}")).title == "Two held after shop raid"
    assert clean(raw(TEXT)).title == ""


@pytest.mark.parametrize(
    ("page", "settings", "wanted"),
    [
        (raw(published="2020-05-06"), {}, date(2020, 5, 6)),
        (raw("date 2020-05-07 " + TEXT, published="2020-05-06"), {}, date(2020, 5, 6)),
        (raw("date 2020-05-07 " + TEXT), {}, date(2020, 5, 7)),
        (replace(raw(), url="https://example.com/2020/05/08/shop"), {}, date(2020, 5, 8)),
        (raw("Posted: May 9, 2020\n\n" + TEXT), {}, date(2020, 5, 9)),
        (raw(), {"published": date(2020, 5, 10)}, date(2020, 5, 10)),
        (raw(published="2020-05-06"), {"published": date(2020, 5, 10)}, date(2020, 5, 6)),
        (raw(published="soon"), {}, None),
        (raw(), {}, None),
    ],
)
def test_the_day_comes_from_the_first_that_states_one(page: RawPage, settings: dict[str, object], wanted: date | None) -> None:
    report = clean(page, **settings)
    assert report.published == wanted
    assert TEXT in report.text  # a leading date stays in the text


def test_a_web_page_gives_title_day_outlet_and_paragraphs(reader: PageReader) -> None:
    html = (
        '<html lang="en"><head><title>Shop robbed</title><script type="application/ld+json">'
        '{"@type":"NewsArticle","headline":"Shop robbed","datePublished":"2020-05-06T10:00:00Z"}</script></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>Shop robbed</h1>"
        f"<p>{TEXT}</p><p>{TEXT} Again.</p></article></body></html>"
    )
    page = RawPage("a.html", "a", "https://www.example.com/x", html.encode(), "text/html")
    report = clean(page, reader)
    assert (report.title, report.published, report.outlet, report.language) == (
        "Shop robbed",
        date(2020, 5, 6),
        "example.com",
        "en",
    )
    assert f"{TEXT}\n\n{TEXT} Again." in report.text
    assert "Home" not in report.text


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("en-US", "en"), ("EN", "en"), ("eng", "en"), ("English", "en"), ("pt_BR", "pt"), ("??", None), ("", None), (None, None)],
)
def test_language_tags(value: str | None, wanted: str | None) -> None:
    assert normalise_language(value) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (TEXT, "en"),
        (TEXT.upper(), "en"),
        ("Deux hommes masqués ont braqué une bijouterie mardi dans le centre-ville, selon la police.", "fr"),
        ("Zwei maskierte Männer haben am Dienstag ein Juweliergeschäft in der Stadt überfallen.", "de"),
        ("Dos hombres enmascarados robaron una joyería el martes en el centro de la ciudad.", "es"),
        ("Cartier 2017", None),
        ("12345 67890 12345 67890", None),
    ],
)
def test_languages_are_identified(text: str, wanted: str | None) -> None:
    assert identify_language(text) == wanted


def test_an_id_is_the_hash_of_source_id_address_and_text() -> None:
    assert clean(raw()).id == clean(raw(title="")).id
    assert clean(raw()).id != clean(replace(raw(), source_id="b")).id
    nameless = clean(replace(raw(), source_id=None))
    assert nameless.source_id and nameless == clean(replace(raw(), source_id=None))


def test_rejected_pages_pass_through() -> None:
    rejected = Rejected("a", "read", "empty file: no bytes")
    assert list(clean_pages([rejected], CleanSettings())) == [rejected]


@given(st.text(max_size=200))
def test_scrubbed_text_stays_scrubbed_and_can_be_stored(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert "\x00" not in once and "\r" not in once


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Cf")), max_size=200))
def test_sound_text_is_not_changed(text: str) -> None:
    assert scrub(text) == text
    assert decode(text.encode("utf-8"))[0] == text


@given(st.binary(max_size=300))
def test_any_bytes_become_text(body: bytes) -> None:
    text, charset = decode(body)
    assert isinstance(text, str) and charset


@given(st.text(max_size=80), st.text(max_size=200))
def test_a_title_is_never_lost(title: str, body: str) -> None:
    joined = join_title(title, body)
    assert body in joined
    assert joined.startswith(title) or joined == body


@pytest.mark.parametrize("piece", ["\x1b[", "\x1b]", "a\r", "<", "<!--", "<script", "<p "])
def test_scrubbing_and_stripping_take_linear_time(piece: str) -> None:
    from newsblotter.collect.pages import strip_tags

    begun = time.process_time()
    scrub(piece * 100_000)
    strip_tags(piece * 3_000)
    assert time.process_time() - begun < 2.0


def test_three_hundred_reports_a_second(tmp_path: Path) -> None:
    record = {"title": "Shop robbed", "text": " ".join(f"{TEXT} It was number {n}." for n in range(12))}
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps({**record, "id": n}) for n in range(600)))
    list(clean_pages([raw()], CleanSettings()))  # the language model is loaded once
    begun = time.process_time()
    assert sum(1 for _ in clean_pages(read_pages([str(tmp_path)], ReadSettings()), CleanSettings())) == 600
    assert 600 / (time.process_time() - begun) > 300


def test_collect_is_light_to_import() -> None:
    code = "import sys, newsblotter.collect; print(any(m in sys.modules for m in ('trafilatura', 'numpy', 'py3langid', 'lxml')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


@pytest.mark.data
@pytest.mark.skipif(not (SHARED / "data" / "pages").is_dir(), reason="the labelled pages are not here")
def test_main_text_of_real_pages(reader: PageReader) -> None:
    from newsblotter_lab.pages import score_pages

    assert score_pages(SHARED / "data" / "pages", reader).f1 >= 0.94
