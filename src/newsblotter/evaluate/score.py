"""Scores of what was found against what a person labelled.

Grouping is scored over reports: B-cubed (Bagga and Baldwin, Algorithms for scoring coreference chains, 1998, section 4) and over
pairs. Each gold incident is then held against the incident that has most of its reports, fact by fact.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeAlias

from newsblotter.evaluate.facts import JUDGES, Record, matches_background, surname
from newsblotter.evaluate.gold import Gold, GoldIncident

OnProgress: TypeAlias = Callable[[str, int, int | None], None]
Label: TypeAlias = tuple[int, str]  # (place in the export, "") of an incident, or (-1, id) of a report that stands alone

# A report belongs to the incident it is mainly about, before one it follows up, before one it lists among others.
_RANKS = {"main": 0, "follow_up": 1, "round_up": 2}
_SUFFIXES = {"date": "exact", "place": "25km", "killed": "exact", "injured": "exact"}  # of the measures' names; else "right"
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}


@dataclass(frozen=True, slots=True)
class Material:
    """The reports that were given: id → the text as it was read, title included."""

    texts: Mapping[str, str]
    copies: Sequence[Sequence[str]] | None = None  # copy groups found; None: as the incidents' reports name them


@dataclass(frozen=True, slots=True)
class Miss:
    """Something that is wrong or missing."""

    incident: str | None  # the gold incident; None where none is concerned
    field: str  # a fact, or: reports, victim, suspect, background, copies, false_alarm, evidence
    gold: Any  # plain data; None where the gold has nothing
    found: Any  # plain data; None where nothing was found
    found_in: str | None  # id of the incident found


@dataclass(frozen=True, slots=True)
class Found:
    """Things found among things wanted."""

    hits: float  # right among those said
    said: int
    wanted: int
    hits_wanted: float | None = None  # right among those wanted, where that is another sum (B-cubed)

    @property
    def precision(self) -> float:
        return self.hits / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        hits = self.hits if self.hits_wanted is None else self.hits_wanted
        return hits / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class FactScore:
    """How often a field is right."""

    known: int  # gold incidents that know it
    said: int  # of these, how many records say something
    right: int
    near: int = 0  # dates within a day

    @property
    def share(self) -> float:
        return self.right / self.known if self.known else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything that was measured. What the gold does not know is not there."""

    b3: Found
    pairs: Found
    incidents_found: int  # reports that stand alone count as one each
    incidents_gold: int
    reports: int  # that gold incidents are about
    facts: Mapping[str, FactScore]
    people: Mapping[str, Found]  # victim, suspect: by surname
    claims: int
    evidence_verbatim: float  # share of claims whose quote stands in the report it names
    facts_without_claim: float
    background: FactScore | None = None
    copies: Found | None = None
    false_alarms: float | None = None
    misses: tuple[Miss, ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, float]:
        """Every measure by a flat name, rounded to four places."""
        flat: dict[str, float] = {}
        for name, found in (("b3", self.b3), ("pair", self.pairs)):
            flat |= _flatten(name, found)
        flat |= {"incidents_pred": self.incidents_found, "incidents_gold": self.incidents_gold, "reports": self.reports}
        for name, score in self.facts.items():
            flat |= {f"{name}_{_SUFFIXES.get(name, 'right')}": score.share, f"{name}_n": score.known, f"{name}_said": score.said}
            if name == "date":
                flat["date_1"] = score.near / score.known
        if self.background:
            flat |= {"background_found": self.background.share, "background_n": self.background.known}
        for name, found in self.people.items():
            flat |= {**_flatten(name, found), f"{name}_n": found.wanted}
        if self.copies:
            flat |= _flatten("copies", self.copies)
        if self.false_alarms is not None:
            flat["false_alarms"] = self.false_alarms
        flat |= {"facts_without_claim": self.facts_without_claim, "claims": self.claims}
        flat |= {"evidence_verbatim": self.evidence_verbatim}
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in flat.items()}


def _flatten(name: str, found: Found) -> dict[str, float]:
    return {f"{name}_p": found.precision, f"{name}_r": found.recall, f"{name}_f1": found.f1}


def evaluate(gold: Gold, material: Material, records: Sequence[Record], *, on_progress: OnProgress | None = None) -> Scores:
    """Hold incidents found against gold incidents.

    Args:
        gold: What a person labelled.
        material: The reports that were given; gold reports that are not among them are not scored.
        records: Incidents as ``export --format jsonl`` writes them.
        on_progress: Called with stage, how many are done, and of how many.
    """
    wanted = _gold_labels(gold, material)
    labels = _found_labels(wanted, records)
    misses: list[Miss] = []
    b3, pairs = _score_grouping(wanted, labels)
    pairing = _pair(gold, wanted, labels, records)
    facts = _score_facts(pairing, misses)
    _note_grouping(pairing, wanted, labels, misses)
    people = _score_people(pairing, material, misses)
    background = _score_background(gold, records, misses)
    copies = _score_copies(gold, material, records, misses) if gold.copies else None
    alarms = _score_alarms(gold, records, misses)
    claims, verbatim = _score_evidence(material, records, misses, on_progress or (lambda *_: None))
    return Scores(
        b3=b3,
        pairs=pairs,
        incidents_found=len(set(labels.values())),
        incidents_gold=len(set().union(*wanted.values())) if wanted else 0,
        reports=len(wanted),
        facts=facts,
        people=people,
        claims=claims,
        evidence_verbatim=verbatim,
        facts_without_claim=_share_without_claim(records),
        background=background,
        copies=copies,
        false_alarms=alarms,
        misses=tuple(misses),
    )


# --- grouping -------------------------------------------------------------------------------------------------------


def _gold_labels(gold: Gold, material: Material) -> dict[str, set[str]]:
    """Report → the gold incidents it is about, reports in their order."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for incident in gold.incidents:
        for report in incident.reports:
            if report in material.texts:
                wanted[report].add(incident.incident)
    return {report: wanted[report] for report in sorted(wanted)}


def _found_labels(wanted: Mapping[str, set[str]], records: Sequence[Record]) -> dict[str, Label]:
    """Report → the one incident found that it belongs to."""
    offers: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, record in enumerate(records):
        for report in record.get("reports") or ():
            rank = _RANKS.get(report.get("role", "main"))
            if rank is not None and report["id"] in wanted:
                offers[report["id"]].append((rank, number))
    return {report: (min(offers[report])[1], "") if report in offers else (-1, report) for report in wanted}


def _score_grouping(wanted: Mapping[str, set[str]], labels: Mapping[str, Label]) -> tuple[Found, Found]:
    """B-cubed and pairs over the same reports; a report may belong to several gold incidents."""
    gold_sets: dict[str, set[str]] = defaultdict(set)
    found_sets: dict[Label, set[str]] = defaultdict(set)
    for report, names in wanted.items():
        found_sets[labels[report]].add(report)
        for name in names:
            gold_sets[name].add(report)
    b3_said = b3_wanted = 0.0
    hits = said = want = 0
    for report, names in wanted.items():
        mates, together = set().union(*(gold_sets[name] for name in names)), found_sets[labels[report]]
        shared = len(mates & together)
        b3_said += shared / len(together)
        b3_wanted += shared / len(mates)
        hits, said, want = hits + shared - 1, said + len(together) - 1, want + len(mates) - 1
    return Found(b3_said, len(wanted), len(wanted), b3_wanted), Found(hits, said, want)


@dataclass(frozen=True, slots=True)
class _Pair:
    gold: GoldIncident
    record: Record  # empty: no incident found has a report of it
    label: Label | None


def _pair(gold: Gold, wanted: Mapping[str, set[str]], labels: Mapping[str, Label], records: Sequence[Record]) -> list[_Pair]:
    """Each gold incident that reports are about, with the incident found that has most of its reports, the purer of equals."""
    sizes = Counter(labels.values())
    pairing = []
    for incident in gold.incidents:
        if not incident.reports:
            continue
        votes = Counter(labels[report] for report in incident.reports if report in wanted and labels[report][0] >= 0)
        best = max(votes, key=lambda label: (votes[label], -sizes[label], -label[0]), default=None)
        pairing.append(_Pair(incident, records[best[0]] if best else {}, best))
    return pairing


def _note_grouping(
    pairing: Sequence[_Pair], wanted: Mapping[str, set[str]], labels: Mapping[str, Label], misses: list[Miss]
) -> None:
    """Name the reports that an incident lacks, and those of other incidents that it took in."""
    members: dict[Label, set[str]] = defaultdict(set)
    for report, label in labels.items():
        members[label].add(report)
    for pair in pairing:
        own = {report for report in pair.gold.reports if report in wanted}
        together = members[pair.label] if pair.label else set()
        lacking, strange = sorted(own - together), sorted(together - own)
        if lacking or strange:
            misses.append(Miss(pair.gold.incident, "reports", lacking or None, strange or None, pair.record.get("id")))


# --- facts ----------------------------------------------------------------------------------------------------------


def _score_facts(pairing: Sequence[_Pair], misses: list[Miss]) -> dict[str, FactScore]:
    scores = {}
    for name, judge in JUDGES.items():
        verdicts = [(pair, verdict) for pair in pairing if (verdict := judge(pair.gold, pair.record)) is not None]
        misses += [Miss(p.gold.incident, name, v.gold, v.found, p.record.get("id")) for p, v in verdicts if not v.right]
        if verdicts:
            scores[name] = FactScore(
                known=len(verdicts),
                said=sum(v.said for _, v in verdicts),
                right=sum(v.right for _, v in verdicts),
                near=sum(v.near for _, v in verdicts),
            )
    return scores


def _score_people(pairing: Sequence[_Pair], material: Material, misses: list[Miss]) -> dict[str, Found]:
    """Victims and suspects by surname; wanted are only those whose surname stands in a report of the incident."""
    counts: dict[str, Counter[str]] = {"victim": Counter(), "suspect": Counter()}
    for pair in pairing:
        if pair.gold.people is None:
            continue
        text = " ".join(material.texts.get(report, "") for report in pair.gold.reports).lower()
        for role, count in counts.items():
            names = {surname(person.name) for person in pair.gold.people if person.role == role} - {""}
            want = {name for name in names if name in text}
            people = [person for person in pair.record.get("people") or () if isinstance(person, Mapping)]
            said = {surname(person.get("name")) for person in people if person.get("role") == role} - {""}
            count.update(hits=len(want & said), said=len(said), wanted=len(want))
            if want != said:
                lacking, strange = sorted(want - said), sorted(said - want)
                misses.append(Miss(pair.gold.incident, role, lacking or None, strange or None, pair.record.get("id")))
    return {role: Found(c["hits"], c["said"], c["wanted"]) for role, c in counts.items() if c["said"] or c["wanted"]}


def _score_background(gold: Gold, records: Sequence[Record], misses: list[Miss]) -> FactScore | None:
    asked = [incident for incident in gold.incidents if not incident.reports]
    lost = [incident for incident in asked if not any(matches_background(incident, record) for record in records)]
    for one in lost:
        about = {"type": one.type, "date": one.date, "target": one.target, "reports": list(one.background)}
        misses.append(Miss(one.incident, "background", about, None, None))
    found = len(asked) - len(lost)
    return FactScore(len(asked), found, found) if asked else None


# --- copies, false alarms, evidence -----------------------------------------------------------------------------------


def _pairs_of(groups: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> set[tuple[str, str]]:
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def _score_copies(gold: Gold, material: Material, records: Sequence[Record], misses: list[Miss]) -> Found:
    groups: dict[str, set[str]] = defaultdict(set)
    if material.copies is None:
        for record in records:
            for report in record.get("reports") or ():
                if report.get("copy_group"):
                    groups[report["copy_group"]].add(report["id"])
    else:
        groups.update({str(number): set(group) & material.texts.keys() for number, group in enumerate(material.copies)})
    want, said = _pairs_of(gold.copies), _pairs_of([sorted(group) for group in groups.values()])
    misses += [Miss(None, "copies", list(pair), None, None) for pair in sorted(want - said)]
    misses += [Miss(None, "copies", None, list(pair), None) for pair in sorted(said - want)]
    return Found(len(want & said), len(said), len(want))


def _score_alarms(gold: Gold, records: Sequence[Record], misses: list[Miss]) -> float | None:
    """The share of reports without incident that some incident claims, other than in passing."""
    if not gold.none:
        return None
    alarmed: dict[str, Any] = {}
    for record in records:
        for report in record.get("reports") or ():
            if report.get("role", "main") != "background":
                alarmed.setdefault(report["id"], record.get("id"))
    misses += [Miss(None, "false_alarm", None, report, alarmed[report]) for report in gold.none if report in alarmed]
    return sum(report in alarmed for report in gold.none) / len(gold.none)


def fold(text: str) -> str:
    """A text without invisible characters, its white space folded."""
    drop = {ord(c): None for c in set(text) if unicodedata.category(c) in _INVISIBLE and not c.isspace()}
    return re.sub(r"\s+", " ", text.translate(drop) if drop else text).strip()


def _score_evidence(
    material: Material, records: Sequence[Record], misses: list[Miss], on_progress: OnProgress
) -> tuple[int, float]:
    """How many claims there are, and the share whose words stand in the report they name."""
    folded: dict[str, str] = {}
    claims = good = 0
    for done, record in enumerate(records, 1):
        for claim in record.get("claims") or ():
            claims += 1
            exact, report = fold(((claim.get("quote") or {}).get("exact")) or ""), claim.get("report")
            if report not in folded:
                folded[report] = fold(material.texts.get(report, ""))
            if exact and exact in folded[report]:
                good += 1
            else:
                misses.append(Miss(None, "evidence", None, {"report": report, "quote": exact}, record.get("id")))
        on_progress("score", done, len(records))
    return claims, good / claims if claims else 0.0


def _share_without_claim(records: Sequence[Record]) -> float:
    """The share of facts that are set and that no claim of the incident carries."""
    bare = said = 0
    for record in records:
        claimed = {claim.get("field") for claim in record.get("claims") or ()}
        said_here = [name for name in JUDGES if record.get(name) is not None]
        said += len(said_here)
        bare += sum(name not in claimed for name in said_here)
    return bare / said if said else 0.0
