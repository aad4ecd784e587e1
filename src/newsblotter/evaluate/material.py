"""The words of the reports that were given, as they were read: what quotes and names are held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from newsblotter.collect import CleanSettings, PageReader, ReadSettings, clean_pages, read_pages
from newsblotter.collect.clean import normalise_language
from newsblotter.records import RawPage, Report

OnProgress: TypeAlias = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Texts:
    """Reports by the id that users know them by."""

    words: Mapping[str, str] = field(default_factory=dict)  # id → title and text
    languages: Mapping[str, str | None] = field(default_factory=dict)  # id → ISO 639-1 as stated; None: nothing is stated


def read_texts(sources: Iterable[str], read: ReadSettings, clean: CleanSettings, on_progress: OnProgress | None = None) -> Texts:
    """Read the reports of some sources, also those that a build would reject: a report that was given is one to be found.

    Args:
        sources: Folders, files, globs, "-".
        read: Names of JSON fields.
        clean: Limits of web pages.
        on_progress: Called with stage, how many are read, None.

    Returns:
        Records of JSON and JSON Lines word for word as they came; web pages and plain text as cleaned.

    Raises:
        SourceError: A source does not exist.
    """
    words: dict[str, str] = {}
    languages: dict[str, str | None] = {}
    reader = PageReader(clean.page_time_s, clean.page_memory)
    try:
        for done, page in enumerate(read_pages(sources, read), 1):
            if isinstance(page, RawPage):
                name, text = _read_one(page, clean, reader)
                if name is not None:
                    words[name], languages[name] = text, normalise_language(page.given.get("language"))
            if on_progress:
                on_progress("texts", done, None)
    finally:
        reader.close()
    return Texts(words, languages)


def _read_one(page: RawPage, clean: CleanSettings, reader: PageReader) -> tuple[str | None, str]:
    """A page's id and words; no id where it has none and holds no report."""
    if page.source_id is not None and page.media_type == "text/plain" and page.given.get("charset") == "utf-8":
        return page.source_id, f"{page.given.get('title', '')}\n{page.body.decode('utf-8', 'replace')}"
    report = next(iter(clean_pages([page], clean, reader)))
    return (report.source_id, f"{report.title}\n{report.text}") if isinstance(report, Report) else (page.source_id, "")
