"""Keep the terminal sessions printed in the pages true: run them anew on the examples and write their output back.

A fenced block of the language ``console`` holds commands after ``$ `` and what they print. The blocks of one page run in order, in
one fresh folder that holds a copy of ``examples/``; the page's ``python`` blocks run in the same folder afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 130  # of the terminal that the pages show: wide enough that a list of incidents stays one line each
HOME = "/home/you"  # what the pages call the folder in which their sessions run
TIMEOUT_S = 120  # for one command
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str
    start: int  # of the text, in the page
    end: int


class BrokenSession(Exception):
    """A command of a page failed; the message names it and holds what it said."""


def find_blocks(page: str, language: str | None = None) -> Iterator[Block]:
    """The fenced blocks of a Markdown page, in their order."""
    for match in _FENCE.finditer(page):
        if language in (None, match[1]):
            yield Block(match[1], match[2], match.start(2), match.end(2))


@contextmanager
def newcomer_folder() -> Iterator[Path]:
    """A fresh folder that holds the examples and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(ROOT / "examples", Path(name, "examples"))
        yield Path(name)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBLOTTER_")}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", "")))
    return {**kept, "PATH": path, "COLUMNS": str(COLUMNS), "NO_COLOR": "1", "PYTHONUTF8": "1"}


def run_command(command: str, folder: Path) -> str:
    """Run one shell command as a newcomer does; gives what it prints on stdout and stderr together.

    Raises:
        BrokenSession: It failed.
    """
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise BrokenSession(f"$ {command}\nexit code {done.returncode}\n{done.stdout}")
    return done.stdout.replace(str(folder.resolve()), HOME)


def replay(page: str) -> str:
    """The page with the output of every session as it is today.

    Raises:
        BrokenSession: A command of the page failed.
    """
    parts: list[str] = []
    at = 0
    with newcomer_folder() as folder:
        for block in find_blocks(page, "console"):
            parts += [page[at : block.start], _replay_block(block.text, folder)]
            at = block.end
        for block in find_blocks(page, "python"):
            _run_python(block.text, folder)
    return "".join([*parts, page[at:]])


def _replay_block(text: str, folder: Path) -> str:
    commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    said = []
    for command in commands:
        output = "\n".join(line.rstrip() for line in run_command(command, folder).splitlines())
        said.append(f"$ {command}\n" + (f"{output.rstrip()}\n" if output.strip() else ""))
    return "\n".join(said)


def _run_python(program: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise BrokenSession(f"{program}\n{done.stderr}")
