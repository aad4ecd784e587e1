"""A report of a robbery and one scene over all of it, with its amounts and people found."""

from __future__ import annotations

from dataclasses import replace

from told import tell

from newsblotter.extract.document import Document, Scene
from newsblotter.fields.amounts import find_money


def tell_goods(title: str, body: str = "", *, kind: str = "robbery", trigger: str = "") -> tuple[Document, Scene]:
    """Lay out a report; the scene is evoked by ``trigger``, or by its first words."""
    document, scene = tell(title, body)
    text = document.report.text
    at = text.index(trigger) if trigger else 0
    spans = {**document.spans, "money": find_money(text)}
    return replace(document, spans=spans), replace(scene, type=kind, trigger=(at, at + max(1, len(trigger))))
