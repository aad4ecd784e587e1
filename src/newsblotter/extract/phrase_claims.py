"""Facts of a report in a language read by its word lists: each told by what stands around a phrase.

``phrases.yaml`` holds templates: ``{count} resultaron heridos`` claims the counted people before those words,
``{count:muert[oa]s?}`` a count whose own words end so, ``{count>}`` one whose verb may stand beyond other counts. What no
template knows is not claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.document import Claimer, Document, Draft, Scene, Sentence
from newsblotter.extract.setting import claim_date, claim_place
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count, Person, Span

IN_TITLE, IN_LEAD, IN_BODY = 0.6, 0.75, 0.6
LEAD_SENTENCES = 3
NAMED, GENERIC = 0.7, 0.2  # of a target that is named, or only called a jeweller
REACH = 90  # characters looked at on either side of a phrase
LONGEST_NAME = 4  # words

_TAKING = frozenset(("robbery", "burglary", "theft", "fraud", "attack", "arson", "bombing", "other_crime"))
_GOODS = frozenset(("robbery", "burglary", "theft", "fraud", "other_crime", "attack", "kidnapping"))
_TEMPLATE = re.compile(r"(?P<before>.*)\{(?:count|money|person)(?P<over>>)?(?::(?P<own>[^{}]*))?\}(?P<after>.*)")
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w&’'.-]*[\w&]"
_NAME = rf"(?P<name>{_CAPITAL}(?:(?: & | )(?-i:{_CAPITAL})){{0,{LONGEST_NAME - 1}}})"
_QUOTED = r"[\"“„«]\s?(?P<quoted>[^\"”“»\n]{3,40}?)\s?[\"”“»]"


@dataclass(frozen=True, slots=True)
class _Template:
    before: re.Pattern[str] | None
    own: re.Pattern[str] | None
    after: re.Pattern[str] | None
    over: bool = False  # reaches over other phrases of the kind, to a verb that stands last

    def fits(self, text: str, span: Span, low: int, high: int) -> bool:
        """Whether a phrase stands so, between two offsets."""
        if self.own is not None and self.own.search(text[span.start : span.end]) is None:
            return False
        if self.after is not None and self.after.match(text[span.end : min(high, span.end + REACH)]) is None:
            return False
        return self.before is None or self.before.search(text[max(low, span.start - REACH, 0) : span.start]) is not None


@dataclass(frozen=True, slots=True)
class _Phrases:
    told: Mapping[str, tuple[_Template, ...]]  # field → templates
    never: Mapping[str, tuple[_Template, ...]]
    none: Mapping[str, re.Pattern[str]]  # field → "nobody was hurt"
    named: re.Pattern[str]
    house: re.Pattern[str]
    generic: tuple[tuple[str, re.Pattern[str]], ...]
    near: re.Pattern[str]
    no_name: frozenset[str]
    weapons: tuple[tuple[str, re.Pattern[str]], ...]
    people: tuple[tuple[str, str, tuple[_Template, ...]], ...]  # role, status, templates


def _compile_template(pattern: str) -> _Template:
    match = _TEMPLATE.fullmatch(pattern)
    if match is None:
        raise ValueError(f"no phrase in the template {pattern!r}")
    before, own, after = match["before"], match["own"], match["after"]
    return _Template(
        re.compile(rf"(?<!\w)(?:{before})$", re.IGNORECASE) if before else None,
        re.compile(rf"(?:{own})$", re.IGNORECASE) if own else None,
        re.compile(rf"(?:{after})(?!\w)", re.IGNORECASE) if after else None,
        match["over"] is not None,
    )


def _compile_all(listed: Mapping[str, Sequence[str]]) -> dict[str, tuple[_Template, ...]]:
    return {field: tuple(_compile_template(pattern) for pattern in patterns) for field, patterns in listed.items()}


def _compile_terms(listed: Mapping[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((str(term), re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)) for term, pattern in listed.items())


@lru_cache(maxsize=8)
def _load(language: str) -> _Phrases:
    words = load_lexicon("phrases", language)
    target = words["target"]
    people = tuple(
        (role, status, tuple(_compile_template(pattern) for pattern in patterns))
        for role, statuses in words["people"].items()
        for status, patterns in statuses.items()
    )
    return _Phrases(
        _compile_all(words["told"]),
        _compile_all(words["never"]),
        {field: re.compile(rf"(?<!\w)(?:{'|'.join(p)})(?!\w)", re.IGNORECASE) for field, p in words["none"].items()},
        re.compile(rf"(?<!\w)(?i:{target['named']})\s+(?:{_QUOTED}|{_NAME})"),
        re.compile(
            rf"(?<!\w)(?P<name>(?:{target['house']})(?: (?:{target['particles']})?(?-i:{_CAPITAL})){{1,{LONGEST_NAME - 1}}})"
        ),
        _compile_terms(target["generic"]),
        re.compile(rf"(?<!\w)(?:{target['near']})$", re.IGNORECASE),
        frozenset(str(word).lower() for word in target["no_name"]),
        _compile_terms(words["weapons"]),
        people,
    )


def _language(document: Document) -> str:
    return document.report.language or "en"


def _sentences(document: Document, scene: Scene) -> Iterator[tuple[Sentence, float]]:
    body = 0
    for index in scene.sentences:
        sentence = document.sentences[index]
        title = document.is_title(sentence)
        body += not title
        yield sentence, IN_TITLE if title else IN_LEAD if body <= LEAD_SENTENCES else IN_BODY


def _tell(document: Document, scene: Scene, field: str, kind: str) -> Iterator[Draft]:
    """The phrases of a kind that a template of the field knows."""
    phrases, text = _load(_language(document)), document.report.text
    for sentence, score in _sentences(document, scene):
        spans = document.spans_in(kind, sentence.start, sentence.end)
        for at, span in enumerate(spans):
            low = spans[at - 1].end if at else sentence.start  # words beyond the next phrase of the kind are that one's
            high = spans[at + 1].start if at + 1 < len(spans) else sentence.end
            if any(t.fits(text, span, low, high) for t in phrases.never.get(field, ())):
                continue
            if any(t.fits(text, span, low, sentence.end if t.over else high) for t in phrases.told[field]):
                yield Draft(field, span.start, span.end, score)


def claim_counts(document: Document, scene: Scene) -> Iterable[Draft]:
    """The dead, the hurt, those who did it and those arrested."""
    phrases = _load(_language(document))
    for field in ("killed", "injured", "suspects", "arrested"):
        found = list(_tell(document, scene, field, "count")) or list(_count_named(document, scene, field))
        yield from found
        if found or field not in phrases.none:
            continue
        for sentence, score in _sentences(document, scene):
            nobody = phrases.none[field].search(sentence.text)
            if nobody is not None:
                yield Draft(field, sentence.start + nobody.start(), sentence.start + nobody.end(), score, value=Count(0, 0))


def _count_named(document: Document, scene: Scene, field: str) -> Iterator[Draft]:
    """Where nobody is counted and one is named as dead, hurt or arrested, it is one."""
    named = [draft for draft in claim_people(document, scene) if isinstance(draft.value, Person) and field in draft.value.status]
    if len({document.report.text[draft.start : draft.end] for draft in named}) == 1:
        yield Draft(field, named[0].start, named[0].end, named[0].score, value=Count(1, 1))


def claim_loot(document: Document, scene: Scene) -> Iterable[Draft]:
    """What was taken, in money."""
    return _tell(document, scene, "loot", "money") if scene.type in _GOODS else ()


def claim_target(document: Document, scene: Scene) -> Iterable[Draft]:
    """The premises robbed or attacked: by name, else by what they are called."""
    if scene.type not in _TAKING:
        return
    found = [draft for sentence, score in _sentences(document, scene) for draft in _name_targets(document, sentence, score)]
    yield from found
    if found:
        return
    phrases = _load(_language(document))
    for sentence, _ in _sentences(document, scene):
        for term, pattern in phrases.generic:
            match = pattern.search(sentence.text)
            if match is not None and phrases.near.search(sentence.text[: match.start()]) is None:
                yield Draft("target", sentence.start + match.start(), sentence.start + match.end(), GENERIC, value=term)
                return


def _name_targets(document: Document, sentence: Sentence, score: float) -> Iterator[Draft]:
    phrases, text = _load(_language(document)), sentence.text
    for pattern in (phrases.named, phrases.house):
        for match in pattern.finditer(text):
            if phrases.near.search(text[: match.start()]) is not None:
                continue
            group = "quoted" if pattern is phrases.named and match["quoted"] else "name"
            start, end = match.span(group)
            end = _cut_name(text, start, end, phrases.no_name) if group == "name" else end
            place = document.spans_in("place", sentence.start + start, sentence.start + end)
            if end - start < 3 or (place and place[0].start == sentence.start + start and pattern is phrases.named):
                continue
            yield Draft("target", sentence.start + start, sentence.start + end, NAMED * score / IN_LEAD, value=text[start:end])


def _cut_name(text: str, start: int, end: int, no_name: frozenset[str]) -> int:
    """End a name before a word that is none, a weekday for instance."""
    last = start
    for word in re.finditer(r"\S+", text[start:end]):
        if word.group().lower().strip(".,") in no_name:
            break
        last = start + word.end()
    return last


def claim_weapons(document: Document, scene: Scene) -> Iterable[Draft]:
    """Arms and tools of force, by the names of the record."""
    for sentence, score in _sentences(document, scene):
        for term, pattern in _load(_language(document)).weapons:
            for match in pattern.finditer(sentence.text):
                start, end = sentence.start + match.start(), sentence.start + match.end()
                if not document.spans_in("place", start, end):
                    yield Draft("weapons", start, end, score, value=term)


def claim_people(document: Document, scene: Scene) -> Iterable[Draft]:
    """People named with their age, where a template tells what became of them."""
    phrases, text = _load(_language(document)), document.report.text
    for sentence, score in _sentences(document, scene):
        for span in document.spans_in("person", sentence.start, sentence.end):
            for role, status, templates in phrases.people:
                if any(t.fits(text, span, sentence.start, sentence.end) for t in templates):
                    yield Draft("people", span.start, span.end, score, value=Person(None, None, role, (status,)))
                    break


# Every reader of facts for these languages, in the order of the record.
PHRASE_CLAIMERS: tuple[Claimer, ...] = (
    claim_date,
    claim_place,
    claim_target,
    claim_counts,
    claim_loot,
    claim_weapons,
    claim_people,
)
