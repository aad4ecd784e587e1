"""The page of attacks and faults names tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "faults.md"
ROWS = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ") and "Held by" not in line]


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip()[:60] for row in ROWS])
def test_every_fault_is_held_by_tests_that_are_there(row: str) -> None:
    held_by = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row.split("|")[3])
    assert held_by
    for file, name in held_by:
        written = ast.parse((TESTS / file).read_text("utf-8"))
        functions = {part.name for part in written.body if isinstance(part, ast.FunctionDef)}
        assert name in functions if name else functions, f"{file} has no {name}"


def test_there_are_rows() -> None:
    assert len(ROWS) > 20
