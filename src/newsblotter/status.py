"""How far the law has come with an incident: one word from its outcomes, suspects and arrests."""

from __future__ import annotations

from collections.abc import Iterable

from newsblotter.records import Count, Outcome, Person


def read_status(outcomes: Iterable[Outcome], suspects: Iterable[Person], arrested: Count | None, number: Count | None) -> str:
    """The furthest step that anybody was taken.

    Args:
        outcomes: What became of the case.
        suspects: Those suspected, each once.
        arrested: How many were arrested, None if nobody says.
        number: How many suspects there are, None if nobody says.

    Returns:
        ``convicted``, ``charged`` or ``arrests``; ``closed`` when the only known perpetrators are dead; ``suspects_at_large`` when
        a report says that nobody was held, or names somebody who is sought; else ``unknown``.
    """
    steps = {outcome.kind for outcome in outcomes}
    known = list(suspects)
    said = {status for person in known for status in person.status}
    if steps & {"conviction", "sentence"} or said & {"convicted", "sentenced"}:
        return "convicted"
    if steps & {"charge", "trial"} or "charged" in said:
        return "charged"
    if "arrest" in steps or "arrested" in said or (arrested is not None and arrested.low > 0):
        return "arrests"
    at_large = "at_large" in said or (arrested is not None and arrested.high == 0)
    dead = sum(bool({"killed", "dead"} & set(person.status)) for person in known)
    if dead and dead == len(known) and (number is None or number.high == dead) and "at_large" not in said:
        return "closed"
    return "suspects_at_large" if at_large else "unknown"
