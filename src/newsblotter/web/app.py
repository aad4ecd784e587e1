"""The desk, put together: ``create_app`` gives the application that ``newsblotter serve`` runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import as_file, files

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from newsblotter import __version__
from newsblotter.web import api, api_alerts, api_compare, api_import, api_people, api_review, exports, faults, guard, shelf
from newsblotter.web.alerts import Channels
from newsblotter.web.alerts.watching import Watcher
from newsblotter.web.desk import Desk, NoStoreYet
from newsblotter.web.importing import Importer
from newsblotter.web.pages import (
    about,
    account,
    alerts,
    importing,
    incident,
    incidents,
    people,
    preferences,
    report,
    review,
    search,
    tiles,
)
from newsblotter.web.pages.welcome import show_welcome
from newsblotter.web.settings import WebSettings
from newsblotter.web.tiles import open_ground

ROUTERS: tuple[APIRouter, ...] = (  # each is a module of its own; its routes say which role they ask for
    preferences.router,
    review.router,
    account.router,
    people.router,
    alerts.router,
    alerts.feeds,
    incidents.router,
    incident.router,
    report.router,
    search.router,
    about.router,
    importing.router,
    tiles.router,
    api.router,
    api_review.router,
    api_compare.router,
    api_alerts.router,
    api_people.router,
    api_import.router,
    exports.router,
)
# Answers made at once. They take turns at Python's lock, so more only make each other and the event loop wait; fewer would leave
# the processor idle while they wait for the disk.
THREADS = 12
LONG_S = 365 * 24 * 3600  # a file asked for by its hash never changes


class _Files(StaticFiles):
    """Our own files; those asked for by their hash may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope.get("query_string", b""):
            response.headers["Cache-Control"] = f"public, max-age={LONG_S}, immutable"
        return response


def create_app(settings: WebSettings | None = None, channels: Channels | None = None) -> FastAPI:
    """The desk over a store. The store need not exist yet.

    Args:
        settings: None for the defaults.
        channels: How alerts leave the house while the desk is open; None: they wait.
    """
    settings = settings or WebSettings()
    desk = Desk(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        watcher = Watcher(desk, channels, settings.public_url or "") if channels is not None else None
        try:
            yield
        finally:
            app.state.importer.close()
            if app.state.tiles is not None:
                app.state.tiles.close()
            if watcher is not None:
                watcher.stop()
            desk.close()

    app = FastAPI(title="Newsblotter", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.state.desk = desk
    app.state.ground, app.state.tiles = open_ground(settings.tiles, settings.tiles_credit)
    app.state.importer = Importer(settings.store, workers=settings.workers)
    faults.install(app)
    app.add_exception_handler(NoStoreYet, _welcome)
    for router in ROUTERS:
        app.include_router(router)
    with as_file(files("newsblotter.web") / "static") as folder:
        app.mount("/static", _Files(directory=folder), name="static")
    app.add_middleware(shelf.Shelf)
    app.add_middleware(guard.Guard, settings=settings)
    return app


def _welcome(request: Request, error: Exception) -> Response:
    """Where there is nothing yet, a page says how to begin; a program is told that there is nothing."""
    if faults.wants_json(request.url.path, request.headers.get("accept", "")):
        return JSONResponse(faults.error_body(503, str(error)), 503)
    return show_welcome(request)
