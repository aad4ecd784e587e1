"""Turn raw pages into reports: main text, title, language and publication day. Offsets begin to exist here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from newsblotter.collect import guard, published
from newsblotter.collect.pages import MEMORY_LIMIT, TIME_LIMIT_S, Page, PageReader
from newsblotter.errors import BadInput
from newsblotter.lexicon import load_lexicon
from newsblotter.records import RawPage, Rejected, Report, hash_id

TEXT_MAX = 1_000_000  # characters of a report; the longest of 10,000 news texts seen has 60,000
LETTERS_MIN = 3  # letters that a text needs to be one
LANGUAGE_MAX = 600  # characters shown to the language identifier: more changed none of 600 answers and costs 3 ms
# Different small words, and their share of all, from which a text is plainly English: chosen so that the identifier agrees on
# all such texts of gunviolence train and heists look.
ENGLISH_WORDS = 6
ENGLISH_SHARE = 0.2
_WORDS = re.compile(r"[^\W\d_]+")
LANGUAGE_MAX_UNSURE = 2_000  # characters shown when the first look was unsure
LANGUAGE_LETTERS = 20  # letters below which a language cannot be told
LANGUAGE_SURE = 0.5  # of the identifier's probability: below it the page's own word is asked, then None
TITLE_MAX = 300  # characters of a title; the rest of a longer one is cut off at a space
HEADLINE_MAX = 150  # characters of a first line that may be the headline of a plain text

_LANGUAGE_CODES = {
    "eng": "en", "english": "en", "fra": "fr", "fre": "fr", "french": "fr", "deu": "de", "ger": "de", "german": "de",
    "spa": "es", "spanish": "es", "ita": "it", "italian": "it", "por": "pt", "portuguese": "pt", "nld": "nl", "dut": "nl",
    "dutch": "nl", "rus": "ru", "russian": "ru", "zho": "zh", "chi": "zh", "chinese": "zh", "ara": "ar", "arabic": "ar",
    "hin": "hi", "hindi": "hi", "jpn": "ja", "japanese": "ja", "tur": "tr", "turkish": "tr", "pol": "pl", "polish": "pl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CleanSettings:
    """How to clean pages."""

    published: date | None = None  # for reports that state no date; None leaves them undated
    page_time_s: float = TIME_LIMIT_S  # a web page that takes longer is rejected
    page_memory: int = MEMORY_LIMIT  # bytes; a web page that takes more is rejected


def clean_pages(
    pages: Iterable[RawPage | Rejected], settings: CleanSettings, reader: PageReader | None = None
) -> Iterator[Report | Rejected]:
    """Make a report of every page that holds one; what does not comes out as a Rejected with its reason.

    Args:
        pages: What ``read_pages`` gives; rejected ones pass through.
        settings: Limits, and the day of undated reports.
        reader: Reads web pages. None: one is started when the first web page comes, and stopped at the end.

    Returns:
        As many items as came in.
    """
    own = PageReader(settings.page_time_s, settings.page_memory) if reader is None else reader
    try:
        for page in pages:
            yield page if isinstance(page, Rejected) else _clean(page, settings, own)
    finally:
        if reader is None:
            own.close()


def _clean(raw: RawPage, settings: CleanSettings, reader: PageReader) -> Report | Rejected:
    try:
        return _make_report(raw, _open_page(raw, reader), settings)
    except BadInput as error:
        return Rejected(raw.source, "clean", str(error))


_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([A-Za-z0-9_-]{2,20})|<\?xml[^>]{0,80}encoding=[\"']([A-Za-z0-9_-]{2,20})",
    re.I,
)


def _open_page(raw: RawPage, reader: PageReader) -> Page:
    declared = raw.given.get("charset")
    if raw.media_type != "text/html":
        return Page(guard.scrub(guard.decode(raw.body, declared)[0]).strip())
    if declared is None and (match := _META_CHARSET.search(raw.body[: guard.SNIFF])):
        declared = (match[1] or match[2]).decode("ascii")
    html = guard.scrub(guard.decode(raw.body, declared)[0])
    if not html.strip():
        raise BadInput("empty text: the page holds nothing")
    return reader.read(html, raw.url)


def _make_report(raw: RawPage, page: Page, settings: CleanSettings) -> Report:
    body = guard.scrub(page.text).strip()
    title = _cut_title(raw.given.get("title") or page.title or "")
    text = join_title(title, body)
    if len(text) > TEXT_MAX:
        raise BadInput(f"text too long: {len(text)} characters, at most {TEXT_MAX}")
    if sum(map(str.isalpha, text[:4_000])) < LETTERS_MIN:
        raise BadInput("empty text: fewer than three letters")
    title = title or _find_headline(text)
    url = raw.url or _web_address(page.url)
    source_id = raw.source_id or hash_id("s", url, text)
    return Report(
        id=hash_id("r", source_id, url, text),
        source_id=source_id,
        url=url,
        outlet=raw.given.get("outlet") or _name_host(url) or _one_line(page.outlet),
        title=title,
        text=text,
        language=_choose_language(raw.given.get("language"), page.language, text),
        published=_choose_day(raw, page, body, url) or settings.published,
        fetched=raw.fetched,
    )


# --- title ------------------------------------------------------------------------------------------------------


def _one_line(value: str | None) -> str | None:
    return " ".join(guard.scrub(value).split()) or None if value else None


def _cut_title(title: str) -> str:
    title = _one_line(title) or ""
    return title if len(title) <= TITLE_MAX else title[:TITLE_MAX].rpartition(" ")[0] or title[:TITLE_MAX]


def join_title(title: str, body: str) -> str:
    """Put a title before its body, with a blank line between, unless the body opens with it."""
    if not title or not body:
        return title or body
    folded = "".join(character for character in title.casefold() if character.isalnum())
    opening = "".join(character for character in body[: 2 * len(title) + 40].casefold() if character.isalnum())
    return body if folded and opening.startswith(folded) else f"{title}\n\n{body}"


def _find_headline(text: str) -> str:
    """The first line of a plain text, if it looks like a headline: short, no full stop, a blank line after it."""
    line, _, rest = text.partition("\n")
    line = line.strip()
    plain = len(line.split()) >= 3 and len(line) <= HEADLINE_MAX and rest.startswith("\n") and line[-1:] not in ".!:;,"
    return line if plain and published.read_crawl_mark(line) is None and published.read_date_line(line) is None else ""


# --- day, outlet, language --------------------------------------------------------------------------------------


def _choose_day(raw: RawPage, page: Page, body: str, url: str | None) -> date | None:
    """The record's word, then the page's, the crawler's mark, the address, and the text's own date line."""
    readers: tuple[Callable[[], date | None], ...] = (
        lambda: published.read_stated(raw.given.get("published")),
        lambda: published.read_stated(page.published),
        lambda: published.read_crawl_mark(body),
        lambda: published.read_address(url),
        lambda: published.read_date_line(body),
    )
    day = next((day for read in readers if (day := published.in_range(read(), raw.fetched))), None)
    return published.correct_stated(day, body) if day else None


def _web_address(url: str | None) -> str | None:
    return url if url and re.match(r"https?://[^\s<>\"]{3,}$", url) else None


def _name_host(url: str | None) -> str | None:
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def normalise_language(value: str | None) -> str | None:
    """Give the two letters of a language's name or tag: "en-US", "eng" and "English" are "en"."""
    name = re.split(r"[-_ ;,]", (value or "").strip().lower())[0]
    if re.fullmatch(r"[a-z]{2}", name):
        return name
    return _LANGUAGE_CODES.get(name)


def _choose_language(given: str | None, stated: str | None, text: str) -> str | None:
    return normalise_language(given) or identify_language(text) or normalise_language(stated)


@lru_cache(maxsize=1)
def _load_identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    load: Any = LanguageIdentifier.from_model_file
    return load(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=1)
def _load_english() -> frozenset[str]:
    """Small words that only English has."""
    listed = load_lexicon("furniture")["small_words"]
    return frozenset(listed["en"]).difference(*(listed[language] for language in listed if language != "en"))


def _is_plain_english(head: str) -> bool:
    """Whether small words alone show that a text is English; most news is, and asking them is fifty times quicker."""
    words = _WORDS.findall(head.lower())
    small = [word for word in words if word in _load_english()]
    return len(set(small)) >= ENGLISH_WORDS and len(small) >= ENGLISH_SHARE * len(words)


def identify_language(text: str) -> str | None:
    """Tell the language of a text by its look; None when it is too short or could be several."""
    head = text[:LANGUAGE_MAX]
    if sum(map(str.isalpha, head)) < LANGUAGE_LETTERS:
        return None
    if _is_plain_english(head):
        return "en"
    language, sure = _load_identifier().classify(head)
    if sure < LANGUAGE_SURE:  # capitals, or a foreign line at the top: look at more of it, in small letters
        language, sure = _load_identifier().classify(text[:LANGUAGE_MAX_UNSURE].lower())
    return str(language) if sure >= LANGUAGE_SURE else None
