"""Reports handed in by programs, and how far reading them is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile

from newsblotter.tables import encode_instant
from newsblotter.web import schemas
from newsblotter.web.access import UserRole, require
from newsblotter.web.importing import Importer, Progress
from newsblotter.web.schemas import responses

router = APIRouter(prefix="/api/import", dependencies=[require(UserRole.REVIEWER)], tags=["import"])


def _importer(request: Request) -> Importer:
    found: Importer = request.app.state.importer
    return found


@router.get("", responses=responses("the import that runs, or the last one", schemas.IMPORT))
def show_progress(request: Request) -> dict[str, Any]:
    """How far the import is."""
    return _describe(_importer(request).progress)


@router.post("", status_code=202, responses=responses("the import that was begun", schemas.IMPORT, 409, 413, status=202))
def take_files(
    request: Request,
    files: Annotated[list[UploadFile], File(description="texts, pages, JSON Lines, as the command build takes them")],
    published: Annotated[date | None, Form(description="the day of those that name none")] = None,
) -> dict[str, Any]:
    """Begin to build from some files; one import runs at a time."""
    _importer(request).start(((file.filename, file.file) for file in files if file.filename), published)
    return _describe(_importer(request).progress)


def _describe(progress: Progress) -> dict[str, Any]:
    told = {name: getattr(progress, name) for name in ("running", "stage", "files", "done", "total", "problem")}
    counts = {name: count for name, count in progress.result.items() if type(count) in (int, float)}
    return told | {"began": encode_instant(progress.began), "result": counts}
