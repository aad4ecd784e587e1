"""Why a value is shown: the rule of its field in a sentence, and how many independent texts stand where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newsblotter.store.present import LABELS, part_of, plain

Record = Mapping[str, Any]

_SUPPORTED = "the value that most independent voices support, those about the incident before those in passing"
_ALL = "all that a report about the incident says"
# What ``link.choose`` does, for a person; a test holds each field of the record to one.
RULES: Mapping[str, str] = {
    "type": f"{_SUPPORTED}; of two nearly as well supported the graver one",
    "date": f"{_SUPPORTED}; a day before a week or a year, none after the incident was first printed",
    "time": _SUPPORTED,
    "place": f"{_SUPPORTED}; of places within one another the most precise, scenes before datelines and courts",
    "address": _SUPPORTED,
    "target": _SUPPORTED,
    "killed": f"{_SUPPORTED}; a later report's higher count is the last word",
    "injured": f"{_SUPPORTED}; once a later report counts more dead, only counts since, or older ones less those who died",
    "suspects": _SUPPORTED,
    "arrested": f"{_SUPPORTED}, or the highest count within reason of it, as arrests add up",
    "loot": _SUPPORTED,
    "recovered": "what the latest report says",
    "weapons": _ALL,
    "vehicles": _ALL,
    "tactics": _ALL,
    "people": f"{_ALL}, one entry for each person, told by the fullest description",
    "outcomes": f"{_ALL}, the latest word on each step",
}
STANDINGS = ("agreed", "disputed", "superseded", "corrected")  # in the order in which claims are listed
_TELLS = {"agreed": "say or allow it", "disputed": "say otherwise", "superseded": "said so before", "corrected": "are overruled"}


def tell_choice(record: Record, field: str) -> str:
    """Why a field shows what it shows: its rule, and how many voices agree, contradict or are out of date.

    Args:
        record: An incident's record.
        field: One of ``present.LABELS``.
    """
    corrections = [one for one in record.get("corrections") or () if one["field"] == field]
    rule = f"corrected by {plain(corrections[0]['by'])}, no. {corrections[0]['number']}" if corrections else RULES[field]
    return f"{rule}: {_tell_voices(record, field)}"


def _tell_voices(record: Record, field: str) -> str:
    """Voices by what their surest claim of a field stands for."""
    voice_of = {report["id"]: report.get("copy_group") or report["id"] for report in record.get("reports", ())}
    stands: dict[str, tuple[int, float]] = {}
    for claim in list_claims(record, field):
        voice = voice_of.get(claim["report"], claim["report"])
        rank = (STANDINGS.index(str(claim["standing"])), -float(claim["score"]))
        stands[voice] = min(stands.get(voice, rank), rank)
    counts = [sum(at == place for at, _ in stands.values()) for place in range(len(STANDINGS))]
    told = [
        f"{count} voice{'s' * (count != 1)} {_agree(_TELLS[name], count)}"
        for name, count in zip(STANDINGS, counts, strict=True)
        if count
    ]
    return ", ".join(told)


def _agree(verb: str, count: int) -> str:
    """The verbs of a clause in the number of its subject."""
    return verb if count != 1 else verb.replace("say", "says").replace("allow", "allows").replace("are", "is")


def list_claims(record: Record, field: str) -> list[Mapping[str, Any]]:
    """Every claim of a field: those that carry what is shown first, then by how sure they are."""
    found: Sequence[Mapping[str, Any]] = [claim for claim in record.get("claims", ()) if part_of(claim) == field]
    return sorted(
        found,
        key=lambda c: (STANDINGS.index(str(c["standing"])), -float(c["score"]), str(c["report"]), int(c["quote"]["start"])),
    )


def list_told(record: Record) -> list[str]:
    """The fields of which somebody claims something, in the order in which a person asks for them."""
    told = {part_of(claim) for claim in record.get("claims", ())}
    return [field for field in LABELS if field in told]
