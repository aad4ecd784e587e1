"""Sentences that other rooms compose in English, told in a visitor's language: why a request failed, why an alert came.

What raises an error knows no visitor. The catalogues hold each such sentence as a template ("{0} is no day; write {1}"), gathered
from the code by ``python -m newsblotter_lab.messages``; a sentence is told by the template that it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

CONTEXT = "told"  # of the templates in the catalogues
_HOLE = re.compile(r"\{\d+\}")
DEEPEST = 4  # a filled-in part may be such a sentence itself
LOOSE = 2  # literal characters: so few ("{0}: {1}") fit anything, and count only where a part is a sentence of ours


@dataclass(frozen=True, slots=True)
class _Template:
    pattern: re.Pattern[str]
    translation: str
    literal: int  # characters of it that stand fast: the more of them, the surer it is the right one


class Retelling:
    """The templates of one language."""

    def __init__(self, translations: Mapping[str, str], name: Callable[[str], str] = str) -> None:
        """Take the templates.

        Args:
            translations: Template → the same in this language.
            name: Tells what fills a hole and is no sentence: a field's name, something quoted.
        """
        self._name = name
        made = [_compile(template, translation) for template, translation in translations.items() if translation]
        self._templates = sorted(made, key=lambda one: -one.literal)

    def tell(self, sentence: str, deep: int = 0) -> str:
        """The sentence in this language; as it is where no template fits."""
        for template in self._templates if deep < DEEPEST else ():
            found = template.pattern.fullmatch(sentence)
            if found:
                parts = [self.tell(part, deep + 1) for part in found.groups()]
                if template.literal > LOOSE or parts != list(found.groups()):
                    return _HOLE.sub(lambda hole, parts=parts: parts[int(hole[0][1:-1])], template.translation)  # type: ignore[misc]
        return self._name(sentence) if deep else sentence


def _compile(template: str, translation: str) -> _Template:
    """A template whose holes, numbered as they come, take any words."""
    literals = _HOLE.split(template)
    return _Template(re.compile("(.*?)".join(map(re.escape, literals)), re.S), translation, sum(map(len, literals)))
