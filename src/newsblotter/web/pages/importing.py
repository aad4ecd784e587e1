"""The page that takes files and shows how far reading them is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from newsblotter.web.access import UserRole, require
from newsblotter.web.faults import Refusal
from newsblotter.web.importing import Importer, Progress
from newsblotter.web.render import render, words_of
from newsblotter.web.vocabulary import N_
from newsblotter.web.words import Words

router = APIRouter(dependencies=[require(UserRole.REVIEWER)], include_in_schema=False)

STAGES = {
    "waiting": N_("Getting ready"),
    "read": N_("Taking the files in"),
    "copies": N_("Finding copies of one text"),
    "extract": N_("Reading the reports"),
    "link": N_("Joining reports of one incident"),
    "done": N_("Done"),
    "failed": N_("It did not work"),
}


def _importer(request: Request) -> Importer:
    found: Importer = request.app.state.importer
    return found


@router.get("/import")
def show_import(request: Request) -> HTMLResponse:
    """The form, and the import that runs or the last one."""
    progress = _importer(request).progress
    return render(request, "import.html", progress=progress, told=_tell(progress, words_of(request)))


@router.get("/import/progress")
def give_progress(request: Request) -> JSONResponse:
    """How far the import is, in the visitor's words."""
    return JSONResponse(_tell(_importer(request).progress, words_of(request)), headers={"Cache-Control": "no-store"})


@router.post("/import")
def take_files(
    request: Request, files: Annotated[list[UploadFile], File()], published: Annotated[str | None, Form()] = None
) -> RedirectResponse:
    """Begin an import of the files."""
    try:
        day = date.fromisoformat(published) if published else None
    except ValueError:
        raise Refusal(400, f"{(published or '')[:20]!r} is no day; write 2024-05-20") from None
    _importer(request).start(((file.filename, file.file) for file in files if file.filename), day)
    return RedirectResponse("/import", 303)


def _tell(progress: Progress, words: Words) -> dict[str, Any]:
    """What the page shows of an import."""
    told: dict[str, Any] = {
        "running": progress.running,
        "stage": progress.stage,
        "label": words.gettext(STAGES.get(progress.stage, progress.stage)),
        "share": round(progress.done / progress.total, 3) if progress.total else None,
        "counted": "",
    }
    if progress.running and progress.done:
        done, total = words.number(progress.done), words.number(progress.total) if progress.total else None
        told["counted"] = words.gettext("%(done)s of %(total)s") % {"done": done, "total": total} if total else done
    if progress.stage == "failed":
        told["counted"] = words.told(progress.problem)
    if progress.stage == "done":
        told["counted"] = _sum_up(progress, words)
    return told


def _sum_up(progress: Progress, words: Words) -> str:
    counts = {name: int(progress.result[name]) for name in ("read", "known", "rejected", "changed")}
    parts = [
        (counts["read"], words.ngettext("%s new report", "%s new reports", counts["read"])),
        (counts["known"], words.ngettext("%s was known already", "%s were known already", counts["known"])),
        (counts["rejected"], words.ngettext("%s could not be read", "%s could not be read", counts["rejected"])),
        (counts["changed"], words.ngettext("%s incident new or changed", "%s incidents new or changed", counts["changed"])),
    ]
    told = [text % words.number(count) for at, (count, text) in enumerate(parts) if count or not at]
    return "; ".join(told) + "."
