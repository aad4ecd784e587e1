"""Gather the desk's interface texts into its catalogues: ``python -m newsblotter_lab.messages``.

A text is added with an empty translation, one that is used no more goes. Translate in ``web/messages/fr.po`` and run it again.
English needs no catalogue: its texts stand in the code.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import newsblotter.errors
import newsblotter.web
from newsblotter.web.faults import Refusal
from newsblotter.web.people.users import BadLogin
from newsblotter.web.retelling import CONTEXT
from newsblotter.web.vocabulary import SENTENCES
from newsblotter.web.words import LANGUAGES, SOURCE_LANGUAGE

WEB = Path(newsblotter.web.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}, "templates/**.html": {"trimmed": "true"}}
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
ERRORS = {Refusal.__name__, BadLogin.__name__, *(name for name in vars(newsblotter.errors) if name[:1].isupper())}
RAISING = (  # whose errors a person at the desk may be shown; what only a command's start meets is left out
    *("web/**/*.py", "review/values.py", "review/edtf.py", "review/saying.py", "review/explaining.py", "review/sides.py"),
    *("store/asking.py", "store/desk.py", "store/filters.py", "store/fulltext.py", "store/sql.py", "store/sqlite.py"),
)
AT_START = ("web/tiles.py", "web/alerts/mail.py")
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
    for sentence in {*SENTENCES, *find_errors()}:
        catalog.add(sentence, context=CONTEXT)
    return catalog


def find_errors() -> Iterator[str]:
    """What errors say that a person at the desk may be shown, as templates for ``web.retelling``."""
    for path in sorted({path for pattern in RAISING for path in WEB.parent.glob(pattern)} - {WEB.parent / one for one in AT_START}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                for argument in node.args[:2]:
                    template = _read_template(argument)
                    if any(c.isalpha() for c in template):
                        yield template


def _read_template(node: ast.expr) -> str:
    """The text of a string expression, what is filled in as {0}, {1}, …; empty for anything else."""
    parts = list(_read_parts(node))
    if len(parts) > 1 and parts[0] is None and (parts[1] or "").startswith(": "):
        parts = [(parts[1] or "").removeprefix(": "), *parts[2:]]  # what it is about: told by a template of its own
    holes = iter(range(len(parts)))
    return "".join(part if part is not None else f"{{{next(holes)}}}" for part in parts)


def _read_parts(node: ast.expr) -> Iterator[str | None]:
    """Literal pieces of a string expression, None for each piece that is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield str(part.value) if isinstance(part, ast.Constant) else None
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _read_parts(node.left)
        yield from _read_parts(node.right)
    elif isinstance(node, (ast.BoolOp, ast.Call, ast.Attribute, ast.Name)):
        yield None


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
