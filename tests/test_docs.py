"""The pages say what the code does: nothing undocumented, nothing stale, no link that leads nowhere, every session true."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from newsblotter_lab import docs
from newsblotter_lab.record_page import ABOUT, list_record_fields
from newsblotter_lab.transcripts import BrokenSession, find_blocks, newcomer_folder, replay, run_command

ROOT = Path(__file__).parent.parent
PAGES = docs.list_pages()


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _reference(name: str) -> str:
    return (docs.REFERENCE / name).read_text("utf-8")


# --- generated pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(docs.GENERATED))
def test_generated_pages_are_fresh(name: str) -> None:
    assert _reference(name) == docs.GENERATED[name](), "run make docs"


def test_schema_is_fresh() -> None:
    from newsblotter.store.record_schema import dump_schema

    assert _reference("incident.schema.json") == dump_schema(), "run make docs"


@pytest.mark.parametrize("command", list(docs.list_commands()))
def test_every_command_and_option_is_documented(command: str) -> None:
    page = _reference("commands.md")
    part = page[page.index(f"## newsblotter {command}\n") :].partition("\n## ")[0]
    for option in docs.list_options(docs.list_commands()[command]):
        assert f"`{option}`" in part or option == "--help"


def test_every_setting_is_documented() -> None:
    page = _reference("settings.md")
    for record in docs.list_settings().values():
        for name, *_ in docs.describe_fields(record):
            assert f"| `{name}` |" in page, f"{record.__name__}.{name}"


def test_every_field_is_documented() -> None:
    assert set(list_record_fields()) == set(ABOUT)


def test_every_field_of_an_export_is_documented() -> None:
    from newsblotter_lab.golden import read_expected

    for text in read_expected().values():
        for field in re.findall(r'^ "(\w+)":', text, re.MULTILINE):
            assert field in ABOUT


def test_every_type_is_documented() -> None:
    from newsblotter.taxonomy import load_taxonomy

    page = _reference("types.md")
    for kind in load_taxonomy().types.values():
        assert f"| `{kind.name}` | {kind.definition}" in page


# --- links and sessions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_link_is_broken(page: Path) -> None:
    assert docs.broken_links([page]) == []


def test_broken_links_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[good](page.md#a-heading) [gone](gone.md) [astray](#nowhere) [far](https://example.org)\n")
    assert docs.broken_links([page]) == ["page.md: gone.md", "page.md: #nowhere"]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_page_can_be_reached(page: Path) -> None:
    """From the README or the index, or from a page that these link to."""
    linked = {
        (other.parent / match[1].partition("#")[0]).resolve()
        for other in PAGES
        for match in re.finditer(r"\]\(([^)\s:]+)\)", other.read_text("utf-8"))
        if other != page
    }
    assert page.resolve() in linked or page == ROOT / "README.md" or page.name == "index.md"


@pytest.mark.parametrize("page", [page for page in PAGES if any(find_blocks(page.read_text("utf-8"), "console"))], ids=_name)
def test_sessions_are_true(page: Path) -> None:
    text = page.read_text("utf-8")
    assert replay(text) == text, "run make docs"


def test_a_failing_session_is_noticed() -> None:
    with pytest.raises(BrokenSession, match="exit code 2"):
        replay("```console\n$ newsblotter list --no-such-option\n```\n")


def _commands_shown() -> list[tuple[str, str]]:
    """Every newsblotter command in a block that is not run."""
    return [
        (_name(page), line[line.index("newsblotter ") :])
        for page in PAGES
        for block in find_blocks(page.read_text("utf-8"), "sh")
        for line in block.text.splitlines()
        if re.search(r"(^|[|]\s*|\s)newsblotter \w", line)
    ]


@pytest.mark.parametrize(("page", "line"), _commands_shown())
def test_commands_that_are_only_shown_exist(page: str, line: str) -> None:
    _, verb, *rest = shlex.split(line, comments=True)
    if verb not in docs.list_commands():
        verb, rest = f"{verb} {rest[0]}", rest[1:]  # a command of a group
    options = {word.partition("=")[0] for word in rest if word.startswith("--")}
    assert options <= set(docs.list_options(docs.list_commands()[verb]))


def test_make_targets_that_are_shown_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    shown = {
        target for page in PAGES for target in re.findall(r"(?:^\s*|`)make (\w+)(?:`|\s)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert shown <= targets


def test_the_configuration_shown_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsblotter.cli.config import FILE_NAME, Config, load_config

    page = (ROOT / "docs/howto/configure.md").read_text("utf-8")
    shown = next(find_blocks(page, "toml")).text
    (tmp_path / FILE_NAME).write_text(shown, "utf-8")
    for name in ("STORE", "WORKERS", "PUBLISHED", "MAPPING"):
        monkeypatch.delenv(f"NEWSBLOTTER_{name}", raising=False)
    found = load_config(tmp_path)
    assert set(tomllib.loads(shown)) == set(Config.__dataclass_fields__)
    assert found.workers == 2
    assert found.mapping == {"headline": "title", "body": "text"}


def test_pages_name_no_place_of_work() -> None:
    for page in PAGES:
        assert not re.search(r"/work/|/tmp/|\bissue \d", page.read_text("utf-8")), _name(page)


def test_newcomers_find_only_the_examples() -> None:
    with newcomer_folder() as folder:
        assert run_command("ls", folder) == "examples\n"
