"""What was robbed or attacked: premises, a firm, an object or a person, chosen among the phrases of a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.names import Run
from newsblotter.extract.target_names import find_names, fold, is_figure, load_patterns, load_words
from newsblotter.extract.target_signs import CLASSES, LEAD_SENTENCES, read_signs
from newsblotter.extract.target_weights import add_up, hear, judge, load_weights

# Least chance of a name, and of a plain noun, to be claimed. Chosen on heists look and on invented reports.
LEAST = {"stealing": 0.06, "attacking": 0.06, "violence": 0.35, "accident": 0.25}
NAMES_ONLY = frozenset(("violence", "accident"))  # where a plain noun ("a bus", "a flat"), a town or a person says little
PREMISES = frozenset(
    "noun_after noun_inside thing_before thing_after thing_inside happened_before happened_after befell_after known verb_before"
    " deed_before passive_after".split()
)
# Signs of a name that tell whose the premises are: "a boutique belonging to Harrow", "a shop called Harrow".
NAMING = frozenset(("owner_before", "apposition", "trade_after", "known_as_before"))
PERSON_LEAST = 0.3  # of somebody robbed: whoever is the target cannot be a suspect
BEST = 0.95
OFFERED_MAX = 4
RUNNER_UP_LEAST = 0.08  # of the likeliest one's chance; a weaker one is noise that only parts reports of one incident (look)
CANDIDATES_MAX = 200  # in one scene; more are a list, and the cost must stay linear
SHORT = 4  # letters; a shorter name keeps the noun behind it ("the G4S van")
SMALL_SHARE = 0.6  # of a headline's longer words, written small: then its capitals are names
# Signs of a plain noun that pass to a name that holds it: "a museum was robbed … the Harrow Museum".
ECHOED = frozenset(("verb_before", "deed_before", "taken_from", "passive_after", "title", "object_before", "happened_before"))

# Signs that tell what sort of premises a phrase means.
SORTS = frozenset(("bank", "gallery", "jeweller", "shop", "carrier", "bar", "school", "works", "vessel", "public"))
# Signs that say something else where people or premises are attacked than where goods are taken.
STRUCK = SORTS | {"hotel", "venue", "thing_inside", "home", "hospital", "justice"}

_SMALL = re.compile(r"\b[a-z][a-z’'-]+")


@dataclass(frozen=True, slots=True)
class _Mention:
    key: str  # its letters; those of a plain noun stand behind a tilde
    start: int
    end: int
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may be the target, with all that speaks for it wherever it stands."""

    start: int  # of the mention that says most
    end: int
    signs: Mapping[str, int]
    mentions: tuple[tuple[int, int], ...]
    generic: bool


def _class_of(scene: Scene) -> str:
    return CLASSES.get(scene.type, "violence")


def _find_mentions(document: Document, scene: Scene) -> Iterator[_Mention]:
    body = document.report.text[document.title_end :]
    small = frozenset(_SMALL.findall(body))
    order, own = 0, frozenset(scene.sentences)
    names_only = _class_of(scene) in NAMES_ONLY
    for sentence in document.sentences:
        # A main incident's shop is often named in a sentence that tells nothing of the deed.
        if not sentence.readable or (sentence.index not in own and not scene.is_main()):
            continue
        title = document.is_title(sentence)
        where: tuple[str, ...] = ("title",) if title else ("lead",) if order < LEAD_SENTENCES else ("late",)
        where = where if sentence.index in own else (*where, "beyond")
        taken: list[Run] = []
        for run, known in find_names(document, sentence, small):
            if is_figure(document, run, sentence.start):
                continue
            signs = {*read_signs(document, scene, sentence, run, known=known, generic=False), *where, "name"}
            if _is_barred(run, signs):
                continue
            taken.append(run)
            if not known and _is_unsure_capital(document, sentence, run, body):
                signs.add("unsure_capital")
            end = _reach_noun(sentence.text, run)
            yield _Mention(fold(run.text), sentence.start + run.start, sentence.start + end, tuple(sorted(signs)))
        if not names_only:
            yield from _find_generic(document, scene, sentence, taken, where)
        order += not title


def _is_barred(run: Run, signs: Collection[str]) -> bool:
    """Whether a name only says where: "a shop in Harrow", "the Harrow home of a singer", "a German museum"."""
    if "known" in signs or "noun_inside" in signs or ("long" in signs and SORTS.intersection(signs)):
        return False
    if "place" in signs:  # a town may stand for what was robbed there, a country may not: "the Brookvale heist"
        return not {"deed_after", "man_of"}.intersection(signs) or run.text.lower() in load_words().places
    return "area_after" in signs or ("located_in" in signs and "noun_after" not in signs)


def _find_generic(
    document: Document, scene: Scene, sentence: Sentence, taken: Iterable[Run], where: tuple[str, ...]
) -> Iterator[_Mention]:
    """Plain nouns for premises and the like that stand in or beside no name."""
    closed = [(run.start, run.end) for run in taken]
    for match in islice(load_patterns().generic_any.finditer(sentence.text), CANDIDATES_MAX):
        start, end = match.span("noun")
        if any(a - 1 <= end and start <= b + 3 for a, b in closed):
            continue
        run = Run(start, end, match["noun"], False)
        signs = {*read_signs(document, scene, sentence, run, known=False, generic=True), *where, "generic"}
        yield _Mention("~" + fold(run.text), sentence.start + start, sentence.start + end, tuple(sorted(signs)))


def _reach_noun(sentence: str, run: Run) -> int:
    """Where a name ends; one of a few letters takes the noun behind it along: "the G4S van"."""
    if len(fold(run.text)) >= SHORT:
        return run.end
    noun = load_patterns().noun_after.match(sentence[run.end : run.end + 40])
    return run.end + noun.end() if noun else run.end


def _is_unsure_capital(document: Document, sentence: Sentence, run: Run, body: str) -> bool:
    """Whether a word may have its capital from where it stands: in a headline, or alone at the start of a sentence."""
    p, after = load_patterns(), sentence.text[run.end : run.end + 60]
    robbed = p.passive_after.match(after) is not None
    opens = run.start <= 1 and " " not in run.text and not run.possessive and not robbed
    if document.is_title(sentence):
        if not body or run.text in body:
            return False
        if " " in run.text and p.noun_inside.search(run.text) and _SMALL.search(sentence.text):
            return False  # "Raiders strike Rathmore Jewellers"
        trade = p.noun_after.match(after) is not None  # "Rathmore jeweller robbed"
        return opens or trade or not _writes_small(sentence.text)
    return bool(opens and document.report.text.count(run.text) == 1 and run.text.isalpha())


def _writes_small(headline: str) -> bool:
    """Whether a headline is written like any sentence, so that its capitals are names."""
    longer: list[str] = re.findall(r"[^\W\d_]{4,}", headline)
    return sum(word.islower() for word in longer) >= SMALL_SHARE * max(len(longer), 1)


def _holds(longer: str, shorter: str) -> bool:
    return len(shorter) >= SHORT and shorter in longer


def find_candidates(document: Document, scene: Scene) -> list[Candidate]:
    """All phrases of a scene that may be its target; the mentions of one name, and of a name within it, are one."""
    mentions = list(islice(_find_mentions(document, scene), CANDIDATES_MAX))
    homes: dict[str, str] = {}
    names: list[str] = []
    for key in sorted({m.key for m in mentions}, key=lambda k: (-len(k), k)):
        homes[key] = next((name for name in names if key[0] != "~" and name[0] != "~" and _holds(name, key)), key)
        if homes[key] == key:
            names.append(key)
    grouped: dict[str, list[_Mention]] = {}
    for mention in mentions:
        grouped.setdefault(homes[mention.key], []).append(mention)
    echoes = _gather_echoes(mentions)
    found = [_unite(key, members, scene, echoes) for key, members in grouped.items()]
    if any("person_robbed" in candidate.signs for candidate in found):  # a home goes by its owner's name
        found = [candidate for candidate in found if "own_home" not in candidate.signs]
    if _class_of(scene) not in NAMES_ONLY:
        return found
    return [c for c in found if _is_premises(c.signs)]


def _is_premises(signs: Mapping[str, int]) -> bool:
    """Whether a name is that of premises or a vessel, and not a town's or somebody's."""
    if "place" in signs or ("person" in signs and not {"noun_after", "thing_after", "noun_inside"}.intersection(signs)):
        return False
    noun = bool(STRUCK.intersection(signs)) or not {"noun_after", "thing_before", "thing_after", "happened_before"}.isdisjoint(
        signs
    )
    return noun or ("of_before" not in signs and not PREMISES.isdisjoint(signs))


def _gather_echoes(mentions: Iterable[_Mention]) -> dict[str, set[str]]:
    """What is said of plain nouns, by the sort of premises that they mean."""
    echoes: dict[str, set[str]] = {}
    for mention in mentions:
        if mention.key[0] == "~":
            for sort in SORTS.intersection(mention.signs):
                echoes.setdefault(sort, set()).update(ECHOED.intersection(mention.signs))
    return echoes


def _unite(key: str, members: list[_Mention], scene: Scene, echoes: Mapping[str, set[str]]) -> Candidate:
    signs = Counter(sign for member in members for sign in member.signs)
    generic = key[0] == "~"
    group = _class_of(scene)
    signs[f"{group}:{'generic' if generic else 'name'}"] = 1
    if group != "stealing":
        signs.update(f"struck:{sign}" for sign in STRUCK.intersection(signs))
    if generic and {"home", "own_before"} <= signs.keys():
        signs["own_home"] = 1
    if len(members) > 1:
        signs["again"] = len(members) - 1
    if not generic:
        told = {sign for sort in SORTS.intersection(signs) for sign in echoes.get(sort, ())}
        signs.update(f"echo:{sign}" for sign in told)
        if any(echoes.values()) and NAMING.intersection(signs):
            signs["names_it"] = 1
    log_odds = load_weights().log_odds
    best = max(members, key=lambda m: (sum(log_odds.get(sign, 0.0) for sign in m.signs), m.end - m.start, -m.start))
    return Candidate(best.start, best.end, signs, tuple((m.start, m.end) for m in members), generic)


def claim_target(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim what was robbed or attacked, the likeliest phrases first; the quote is the name alone.

    Names and plain nouns are weighed by the words beside and within them, by where they stand, and, in the main incident, by
    what the trained encoder thinks of them. Of violence against people and of accidents only premises are claimed that much
    speaks for.
    """
    candidates = find_candidates(document, scene)
    if not candidates:
        return
    weights = load_weights()
    scores = [add_up(candidate.signs, weights.log_odds) + weights.noun * candidate.generic for candidate in candidates]
    if document.encoding is not None and scene.is_main():
        for at, candidate in enumerate(candidates):
            opinion = hear(document.encoding, candidate.mentions)
            scores[at] += weights.trust * (weights.unread if opinion is None else opinion)
    chances = judge(scores)
    least = LEAST.get(_class_of(scene), BEST)
    ranked = sorted(zip(chances, candidates, strict=True), key=lambda c: (-c[0], c[1].start))[:OFFERED_MAX]
    for chance, candidate in ranked:
        if chance < max(least, RUNNER_UP_LEAST * ranked[0][0]):
            break
        if "person" in candidate.signs and chance < PERSON_LEAST:
            continue
        yield Draft("target", candidate.start, candidate.end, round(min(chance, BEST), 3))
