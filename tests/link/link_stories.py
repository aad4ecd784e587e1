"""Makes mentions of invented incidents for the tests of linking and merging."""

from collections.abc import Sequence
from datetime import date, timedelta

from newsblotter.records import (
    Claim,
    Count,
    Mention,
    Money,
    Person,
    Quote,
    Reality,
    Report,
    Role,
    Value,
    When,
    Where,
    hash_id,
)

START = date(2031, 5, 3)
OSTRAVEN = Where("Ostraven", 1, 50.0, 10.0, 8.0, "XX", None, "city")
LINDHAVN = Where("Lindhavn", 2, 55.0, 12.0, 8.0, "XX", None, "city")
CASTS = {
    "ostraven": (
        "Masked gunmen raided the Belmarque jewellery shop in Ostraven on Saturday and fled with diamond watches. "
        "Inspector Halvar Quist said three robbers smashed the display cases of the Belmarque with axes."
    ),
    "lindhavn": (
        "A cashier was shot outside the Torvald petrol station in Lindhavn on Tuesday night. "
        "The victim, Mirela Osk, 34, was taken to hospital; police officer Jarl Venn asked witnesses to come forward."
    ),
}


def day(offset: int = 0) -> When:
    found = START + timedelta(days=offset)
    return When(found, found, "day")


def year(number: int) -> When:
    return When(date(number, 1, 1), date(number, 12, 31), "year")


def make_report(name: str, text: str, published: date | None = START, title: str = "") -> Report:
    return Report(name, name, None, None, title, text, "en", published)


def make_mention(
    report: Report,
    facts: Sequence[tuple[str, Value]] = (),
    *,
    kind: str = "robbery",
    role: Role = Role.MAIN,
    trigger: int = 0,
    score: float = 0.9,
) -> Mention:
    """A mention whose claims quote the report's words from ``trigger`` on, one word each; enough for linking and merging."""
    name = hash_id("m", report.id, kind, str(trigger))
    quote = Quote(report.id, trigger, trigger + 6, report.text[trigger : trigger + 6])
    claims = [Claim(hash_id("c", name, "type"), name, "type", quote, kind, None, score)]
    for at, (field, value) in enumerate(facts):
        claims.append(Claim(hash_id("c", name, field, str(at), repr(value)), name, field, quote, value, None, score))
    return Mention(name, report.id, kind, role, quote, Reality.ACTUAL, tuple(claims))


__all__ = ["CASTS", "LINDHAVN", "OSTRAVEN", "START", "Count", "Money", "Person", "day", "make_mention", "make_report", "year"]
