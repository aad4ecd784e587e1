"""Write docs/reference/record.md: every field of the exported record, from its JSON Schema and a line of words each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

# What the schema's names mean. A property without a line here, or a line without a property, stops the generation.
ABOUT = {
    "id": "Permanent. After a merge the old id still leads to the incident.",
    "type": "What was attempted, by a name of the [taxonomy](types.md).",
    "iccs_unodc": "Code of the type in UNODC's ICCS; null where it has none.",
    "nibrs": "Code of the type in the FBI's NIBRS; null where it has none.",
    "reality": "Whether it came to pass.",
    "title": "A few words for people, made of type, target and place.",
    "date": "When it happened; null when no report tells.",
    "date.start": "First day that it may have been.",
    "date.end": "Last day that it may have been.",
    "date.edtf": "The same as one expression in EDTF (ISO 8601-2).",
    "date.precision": "How exactly the words tell the day.",
    "date.time": "Local time of day, HH:MM.",
    "place": "Where it happened; null when no report tells.",
    "place.name": "Name of the place; null when only a country or an address is told.",
    "place.admin1": "State, region or province.",
    "place.country": "ISO 3166-1 alpha-2.",
    "place.geonames_id": "The place in GeoNames; null where it is not in the gazetteer.",
    "place.lat": "Latitude of the area's centre, degrees.",
    "place.lon": "Longitude of the area's centre, degrees.",
    "place.radius_km": "The incident lies within this many kilometres of the centre.",
    "place.precision": "What kind of area the reports name.",
    "place.address": "Street or block, as reported.",
    "target": "The premises, firm or object that was robbed or attacked.",
    "killed": "People killed, perpetrators included. null: nobody says; 0: somebody says nobody.",
    "injured": "People injured.",
    "suspects": 'Number of perpetrators; "at least three" is low 3, high null.',
    "arrested": "People arrested as of the latest report that says; 0 when a report says that nobody was held.",
    "loot": "What was taken, in money.",
    "recovered": "What was found again, in money.",
    "loot.low": "Least amount that the words allow.",
    "loot.high": "Greatest amount; null: open above.",
    "loot.currency": "ISO 4217; null where no report tells.",
    "loot.as_reported": "The report's own words.",
    "loot.kind": "Stolen or recovered.",
    "weapons": "Weapons and tools of force, by the names of the [vocabulary](types.md#weapons).",
    "vehicles": "Vehicles of the perpetrators; makes and models where told.",
    "tactics": "How it was done, by the names of the [vocabulary](types.md#tactics).",
    "people": "People in the story.",
    "people.name": "null for somebody who is not named.",
    "people.role": "Their part in the incident.",
    "people.age": "Years, at the report's time.",
    "people.status": "What became of them: arrested, charged, killed, …",
    "outcomes": "Steps of the law or of fate.",
    "outcomes.kind": "Which step.",
    "outcomes.on": "When, in EDTF; null when no report tells.",
    "outcomes.count": "How many people it concerns.",
    "outcomes.report": "The report that tells it.",
    "status": "Where the case stands, by the latest report.",
    "voices": "Independent reports: copies of one text count once.",
    "reports": "Every report that tells of the incident.",
    "reports.id": "The id it came with, else the name of its file, else the hash of its content.",
    "reports.url": "Its address.",
    "reports.outlet": "Who published it.",
    "reports.published": "Publication day; null when unknown.",
    "reports.role": "What the report has to do with the incident.",
    "reports.copy_group": "Reports with the same value here are copies of one text.",
    "claims": "Every fact as one report says it, with the words that say it.",
    "claims.field": "The record's field that it is about.",
    "claims.value": "What it says, in the form of that field.",
    "claims.report": "The report that says it.",
    "claims.said_by": "Whom the report cites.",
    "claims.score": "How sure the reading is, 0 to 1.",
    "claims.standing": "agreed: supports the record's value; disputed: another independent voice says otherwise; "
    "superseded: a later report tells more; corrected: a person set it right.",
    "claims.quote": "The words, and where they stand.",
    "claims.quote.exact": "The words themselves, as they stand in the report.",
    "claims.quote.prefix": "What stands before them.",
    "claims.quote.suffix": "What stands after them.",
    "claims.quote.start": "Code points of the cleaned text before the quote.",
    "claims.quote.end": "Code points of the cleaned text up to its end.",
    "confidence": "How far to believe the values shown: a field's name → the probability that its value is right, for the facts "
    "that are set; `people` → one for each of them, in their order, null for witnesses and officials. "
    "Fitted on incidents whose facts are known ([benchmarks](../benchmarks.md#how-far-to-trust-a-value)).",
    "corrections": "What people put in the place of what the reports say; it beats every claim. `newsblotter undo` takes one back.",
    "corrections.number": "Its line in the journal.",
    "corrections.field": "The field that it sets.",
    "corrections.value": "The value that it gives, in the form of that field; null: nothing is known.",
    "corrections.by": "Who says so.",
    "corrections.why": "The reason, as it was given; may be empty.",
    "corrections.at": "When it was said, UTC.",
    "disputed": "Fields on which independent voices disagree.",
    "history": "How the record's values changed from one report to the next.",
    "history.on": "Publication day of the report that changed it.",
    "history.field": "What changed.",
    "history.from": "Value before.",
    "history.to": "Value after.",
    "history.report": "The report that changed it.",
    "related": "Incidents of the same series: they share target, suspects, gang or tactics within a reach of time and distance.",
    "related.incident": "Its id.",
    "related.why": "What they share.",
    "related.score": "How much, 0 to 1.",
    "updated": "When the record last changed, UTC.",
}
_SAME_AS = {"recovered": "loot"}  # described there
_COUNT = {"killed", "injured", "suspects", "arrested", "outcomes.count"}
_INTRODUCTION = """# The record

<!-- Generated by make docs from the code; edit the code. -->

`newsblotter export --format jsonl` writes one incident a line in this form, sorted by id and the same from run to run;
`show --json` and `Store.records()` give the same objects. Its JSON Schema is [incident.schema.json](incident.schema.json).
CSV and GeoJSON are projections of it.

Counts are intervals `{"low": 3, "high": null}`: "at least three" is low 3, high null; "three" is low 3, high 3; null instead of an
interval means that nobody says. A value is one claim's value, never a mixture; a field that no claim supports is null or empty,
never guessed.

| field | form | meaning |
|---|---|---|
"""


def list_record_fields() -> dict[str, str]:
    """Every field of the record by its path, and its form."""
    from newsblotter.store.record_schema import incident_schema

    schema = incident_schema()
    return dict(_walk(schema, schema, ""))


def _walk(part: Schema, root: Schema, above: str) -> Iterator[tuple[str, str]]:
    for name, child in part["properties"].items():
        path = f"{above}{name}"
        kind, maybe = _resolve(child, root)
        yield path, _form(kind, path) + (" or null" if maybe else "")
        inner, _ = _resolve(kind["items"], root) if kind.get("type") == "array" else (kind, False)
        if "properties" in inner and path not in _COUNT and path not in _SAME_AS:
            yield from _walk(inner, root, f"{path}.")


def _resolve(part: Schema, root: Schema) -> tuple[Schema, bool]:
    """A part of the schema without its reference, and whether it may be null."""
    options = [option for option in part.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        return _resolve(options[0], root)[0], True
    if "$ref" in part:
        return root["$defs"][part["$ref"].rpartition("/")[2]], False
    return part, False


def _form(kind: Schema, path: str) -> str:
    if path in _COUNT:
        return "count"
    if path in _SAME_AS:
        return f"as {_SAME_AS[path]}"
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if "anyOf" in kind:
        return "as its field"
    return {"array": "list", "string": "text"}.get(str(kind.get("type")), str(kind.get("type", "any")))


def write_record() -> str:
    """docs/reference/record.md.

    Raises:
        SystemExit: A field has no words, or words have no field.
    """
    fields = list_record_fields()
    astray = sorted(set(fields) ^ set(ABOUT))
    if astray:
        raise SystemExit(f"fields of the record without words, or words without a field: {', '.join(astray)}")
    return _INTRODUCTION + "".join(f"| `{path}` | {form} | {ABOUT[path]} |\n" for path, form in fields.items())
