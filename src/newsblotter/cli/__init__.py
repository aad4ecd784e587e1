"""The command line: ``newsblotter VERB …``. Data goes to stdout; remarks and progress go to stderr."""

from newsblotter.cli.app import main, run

__all__ = ["main", "run"]
