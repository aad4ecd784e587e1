"""The house rules that a program can hold: sizes, names, docstrings, and that every command is documented."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "src").rglob("*.py"))
MODULE_LINES, FUNCTION_LINES, PARAMETERS = 600, 60, 8
FORBIDDEN = {"utils", "util", "helpers", "helper", "misc", "common", "base"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield node


def _code_lines(function: Function) -> int:
    """Lines of a function without its docstring."""
    body = function.body
    document = body[0] if ast.get_docstring(function) is not None else None
    documented = (document.end_lineno or 0) - document.lineno + 1 if document else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_stay_small(path: Path) -> None:
    long = [f"{f.name}: {_code_lines(f)} lines" for f in _functions(path) if _code_lines(f) >= FUNCTION_LINES]
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_take_few_parameters(path: Path) -> None:
    def count(f: Function) -> int:
        return len(f.args.posonlyargs) + len(f.args.args) + len(f.args.kwonlyargs)

    commands = path.parent.name == "cli"  # a command's parameters are its options
    crowded = [f"{f.name}: {count(f)}" for f in _functions(path) if count(f) > PARAMETERS and not commands]
    assert not crowded


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_have_telling_names(path: Path) -> None:
    assert path.stem not in FORBIDDEN


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_what_is_public_is_documented(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not bare
    if path.stat().st_size > 1:
        assert ast.get_docstring(tree)


def test_broad_excepts_stand_at_the_boundary_only() -> None:
    allowed = {"pipeline.py", "pages.py"}  # where a report is read, and the child process that opens web pages
    broad = [
        f"{_name(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and path.name not in allowed
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]
    assert not broad


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, env={**os.environ, "NO_COLOR": "1"}
    )


def _quickest(*arguments: str) -> float:
    """Seconds of the best of three runs: what the machine does beside it does not count."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        _run(*arguments)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def test_import_is_light() -> None:
    bare = _quickest("-c", "pass")
    assert _quickest("-c", "import newsblotter") - bare < 0.2


def test_help_is_quick() -> None:
    assert _quickest("-m", "newsblotter", "--help") < 0.75  # half a second on a machine that does nothing else


def test_import_loads_no_heavy_library() -> None:
    heavy = "{'numpy', 'sqlalchemy', 'trafilatura', 'lxml', 'pydantic', 'rich', 'typer', 'yaml'}"
    found = _run("-c", f"import sys, newsblotter; print(sorted({heavy} & set(sys.modules)))").stdout
    assert found.strip() == "[]"


def _commands() -> list[str]:
    from newsblotter.cli.app import app

    return [command.name or "" for command in app.registered_commands]


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_documented(command: str) -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    assert any(f"newsblotter {command}" in page.read_text("utf-8") for page in pages)


@pytest.mark.parametrize("command", _commands())
def test_every_help_has_an_example(command: str) -> None:
    assert f"newsblotter {command} " in _run("-m", "newsblotter", command, "--help").stdout
