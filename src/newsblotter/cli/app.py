"""The commands, drawn together, and what becomes of their errors.

Exit codes: 0 ok, 1 error, 2 wrong usage, 3 done but reports were rejected, 4 store busy, 130 interrupted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from newsblotter import __version__
from newsblotter.cli import alerts, ask, build, evaluate, people, review, serve
from newsblotter.cli.codes import BUSY, ERROR, INTERRUPTED, OK, USAGE
from newsblotter.errors import NewsblotterError, StoreBusy, UnknownIncident, UsageError

# What typer raises for a wrong command line; its home differs by version, its place above BadParameter does not.
_ClickException: type[Exception] = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="newsblotter",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    *(build.build, ask.list_incidents, ask.show, ask.search, ask.explain),
    *(review.judge, review.correct, review.undo, review.judgements),
    *(ask.changes, ask.export, ask.stats, build.rebuild, evaluate.evaluate, serve.serve),
):
    app.command(ask.COMMAND_NAMES.get(command.__name__, command.__name__))(command)
for group in (people.user, people.token, people.audit, alerts.alert):
    app.add_typer(group)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsblotter {__version__}")
        raise typer.Exit


@app.callback()
def _newsblotter(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Turn news reports into a database of incidents, every fact tied to the words that said it.

    Example: newsblotter build reports/ && newsblotter list
    """


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and say how it ended.

    Args:
        arguments: What stands behind ``newsblotter``.

    Returns:
        The exit code.
    """
    try:
        code = app(args=list(arguments), prog_name="newsblotter", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except _ClickException as error:
        return _explain_usage(error)
    except StoreBusy as error:
        return _complain(error, BUSY)
    except UnknownIncident as error:
        return _complain(error, ERROR)
    except UsageError as error:
        return _complain(error, USAGE)
    except (NewsblotterError, OSError) as error:
        return _complain(error, ERROR)
    return code if isinstance(code, int) else OK


def _complain(error: Exception, code: int) -> int:
    print(f"newsblotter: {error}".replace("\n", " "), file=sys.stderr)
    return code


def _explain_usage(error: Exception) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # the help is already shown
        return USAGE
    message = getattr(error, "format_message", lambda: str(error))()
    if not message:
        return USAGE
    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", None) or "newsblotter"
    print(f"newsblotter: {message} Try '{path} --help'.".replace("\n", " "), file=sys.stderr)
    return int(getattr(error, "exit_code", USAGE))


def main() -> None:
    """Entry point of the ``newsblotter`` program."""
    arguments = sys.argv[1:]
    if hasattr(signal, "SIGPIPE") and arguments[:1] != ["build"]:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that stops early ("| head") ends us without a word
    sys.exit(run(arguments))
