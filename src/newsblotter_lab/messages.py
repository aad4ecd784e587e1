"""Gather the desk's interface texts into its catalogues: ``python -m newsblotter_lab.messages``.

A text is added with an empty translation, one that is used no more goes. Translate in ``web/messages/fr.po`` and run it again.
English needs no catalogue: its texts stand in the code.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import newsblotter.web
from newsblotter.web.words import LANGUAGES, SOURCE_LANGUAGE

WEB = Path(newsblotter.web.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}, "templates/**.html": {"trimmed": "true"}}
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # in place of the day of the last change: it would make every merge a conflict


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return WEB / "messages" / f"{language}.po"


def gather() -> Catalog:
    """Every text of the desk's code and templates."""
    catalog = Catalog(project="Newsblotter", charset="utf-8")
    found = extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS, ())
    for _file, _line, message, _comments, context in found:
        catalog.add(message, context=context)
    return catalog


def read_catalogue(language: str) -> Catalog:
    """A language's catalogue as it lies there, empty where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Newsblotter")
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def is_translated(message: Message) -> bool:
    """Whether every form of a text has a translation."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(forms) and all(forms)


def bring_up_to_date(language: str, template: Catalog) -> Catalog:
    """A language's catalogue with the texts of today."""
    catalog = read_catalogue(language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = f"# The desk in {LANGUAGES[language]}."
    catalog.fuzzy, catalog.version, catalog.last_translator, catalog.language_team = False, "", "", ""
    catalog.msgid_bugs_address = ""
    catalog.creation_date = catalog.revision_date = NO_DAY
    return catalog


def dump(catalog: Catalog) -> bytes:
    """A catalogue as text, the same every day."""
    stream = BytesIO()
    write_po(stream, catalog, sort_output=True, no_location=True, width=130)
    return stream.getvalue()


def main() -> int:
    """Bring every catalogue up to date; returns 1 where a translation is missing."""
    template, missing = gather(), 0
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        catalog = bring_up_to_date(language, template)
        path_of(language).write_bytes(dump(catalog))
        empty = sum(not is_translated(message) for message in catalog if message.id)
        missing += empty
        print(f"{language}: {len(catalog)} texts, {empty} to translate", file=sys.stderr)
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
