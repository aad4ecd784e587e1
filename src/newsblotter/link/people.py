"""The people of an incident: one entry a person, however many reports name them."""

from __future__ import annotations

from collections.abc import Sequence

from newsblotter.link.values import same_person, split_name
from newsblotter.records import Claim, Fact, Person

_Told = tuple[Claim, float, Person]


def merge_people(told: Sequence[tuple[Claim, float]]) -> list[Fact]:
    """Group claims on the same person; the fullest description stands for each.

    Nameless people are kept only where no named person of their role fits them: "a 19-year-old man" becomes a name a day later.

    Args:
        told: Claims with the weight of who says them.
    """
    people: list[_Told] = [(claim, weight, claim.value) for claim, weight in told if isinstance(claim.value, Person)]
    people.sort(key=lambda item: (-_fullness(item[2]), -item[1], item[0].id))
    groups: list[list[_Told]] = []
    for item in people:
        home = next((group for group in groups if same_person(group[0][2], item[2])), None)
        if home is None and item[2].name is None and any(_may_be(group[0][2], item[2]) for group in groups):
            continue
        if home is None:
            groups.append([item])
        else:
            home.append(item)
    facts = []
    for group in groups:
        role = _favoured_role(group)
        ranked = sorted(group, key=lambda item: (item[2].role != role, -_fullness(item[2]), -item[1], item[0].id))
        facts.append(Fact("people", ranked[0][2], tuple(claim.id for claim, _, _ in ranked)))
    return sorted(facts, key=lambda fact: fact.claim_ids)


def _fullness(person: Person) -> int:
    """How much a description says: a first name and surname before a surname, an age and a fate on top."""
    first, last = split_name(person.name)
    return 4 * bool(last) + 2 * bool(first) + (person.age is not None) + bool(person.status)


def _may_be(named: Person, nameless: Person) -> bool:
    return named.role == nameless.role and (named.age is None or nameless.age is None or abs(named.age - nameless.age) <= 1)


def _favoured_role(group: Sequence[_Told]) -> str:
    weights: dict[str, float] = {}
    for _, weight, person in group:
        weights[person.role] = weights.get(person.role, 0.0) + weight
    return min(weights, key=lambda role: (-round(weights[role], 6), role))
