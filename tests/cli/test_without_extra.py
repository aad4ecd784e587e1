"""Without the extra ``web`` the commands of the desk work or name it; none ends in a failed import."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from newsblotter.cli.codes import OK, USAGE
from newsblotter.store import open_store

GONE = (
    *("argon2", "babel", "fastapi", "httpcore", "httpx", "jinja2", "multipart", "python_multipart", "starlette", "uvicorn"),
    *("httptools", "uvloop"),
)
SCRIPT = """
import io, json, sys
for name in json.loads(sys.argv[1]):
    sys.modules[name] = None  # as if it were not installed
from newsblotter.cli.app import run
for line in json.loads(sys.argv[2]):
    sys.stdin = io.StringIO("correct horse battery\\n")
    print("ended", run([*line, "--store", sys.argv[3]]), file=sys.stderr, flush=True)
"""
WORKS = (["user", "list"], ["token", "list"], ["audit", "list"], ["audit", "verify"], ["alert", "list"], ["alert", "run"])
NEEDS = (
    ["user", "add", "ada", "--role", "admin", "--password-stdin"],
    ["user", "add", "ada"],
    ["user", "password", "ada"],
    ["serve"],
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str]]:
    """How each command ended, with what it said before."""
    store = tmp_path_factory.mktemp("bare") / "incidents.db"
    open_store(str(store)).close()
    arguments = [json.dumps(GONE), json.dumps([*WORKS, *NEEDS]), str(store)]
    ran = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    ended, words = [], ""
    for line in ran.stderr.splitlines():
        if line.startswith("ended "):
            ended.append((int(line.removeprefix("ended ")), words))
            words = ""
        else:
            words += line + "\n"
    return ended


@pytest.mark.parametrize("at", range(len(WORKS)), ids=[" ".join(line) for line in WORKS])
def test_what_needs_no_part_of_it_works(said: list[tuple[int, str]], at: int) -> None:
    assert said[at][0] == OK, said[at][1]


@pytest.mark.parametrize("at", range(len(NEEDS)), ids=[" ".join(line[:2]) for line in NEEDS])
def test_what_needs_it_names_it(said: list[tuple[int, str]], at: int) -> None:
    code, words = said[len(WORKS) + at]
    assert code == USAGE and "pip install 'newsblotter[web]'" in words, words
