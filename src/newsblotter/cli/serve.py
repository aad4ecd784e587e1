"""The command that opens the desk: serve."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from newsblotter.cli.alerts import open_channels
from newsblotter.cli.options import StoreOption
from newsblotter.errors import MissingExtra

if TYPE_CHECKING:
    from newsblotter.web.alerts import Channels
    from newsblotter.web.settings import WebSettings

NEEDED = ("fastapi", "jinja2", "uvicorn", "multipart", "babel", "argon2", "httpcore")
IDLE_S = 20  # a browser's idle connection is kept so long
SWITCH_S = 0.001  # after which a thread that computes lets another on: of Python's own 5 ms a quick answer waits several
COLLECT_AFTER = 20_000  # objects: a page makes hardly any that a search for garbage could find


def serve(
    store: StoreOption = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to listen on; others than this machine's ask for a login.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A host name that browsers may use; may be repeated.")
    ] = None,
    tiles: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|URL",
            help="A .pmtiles file, or tiles at a URL with {z}/{x}/{y}, in place of the map that is packed in.",
            show_default=False,
        ),
    ] = None,
    login: Annotated[
        bool, typer.Option("--login", help="Ask for a login on this machine's own address, too: behind a proxy, say.")
    ] = False,
    tiles_credit: Annotated[str, typer.Option(metavar="WORDS", help="Whose tiles they are, as shown on the map.")] = "",
) -> int:
    """Open the desk: a web page over the store. Nothing leaves this machine.

    Example: newsblotter serve --store incidents.db
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtra(f"serve needs {', '.join(missing)}: pip install 'newsblotter[web]'")
    from newsblotter.cli.config import load_config
    from newsblotter.store.sqlite import parse_url
    from newsblotter.web.access import check_start
    from newsblotter.web.people import open_desk
    from newsblotter.web.settings import WebSettings

    config = load_config()
    settings = WebSettings(
        store=store or config.store,
        host=host,
        port=port,
        allowed_hosts=tuple(allow_host or ()),
        tiles=tiles,
        tiles_credit=tiles_credit,
        workers=config.workers,
        user=config.user,
        login=login,
        public_url=config.public_url,
    )
    people = open_desk(parse_url(settings.store))
    try:
        check_start(settings, people)
    finally:
        people.close()
    _run(settings, open_channels(config))
    return 0


def _run(settings: WebSettings, channels: Channels) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    from newsblotter.web.app import create_app

    app = create_app(settings, channels)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=IDLE_S,
            proxy_headers=False,
        )
    )
    app.state.desk.open_ahead()
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()  # what stays to the end is never searched again: 40 ms of standing still
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    socket = server.config.bind_socket()
    socket.listen(server.config.backlog)  # whoever comes as soon as the address is told waits, and is not turned away
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(
        f"newsblotter: the desk is open at http://{shown}:{socket.getsockname()[1]}/ (store {settings.store}); Ctrl-C closes it",
        file=sys.stderr,
    )
    server.run(sockets=[socket])
