"""How copies are read: by the rules alone, wherever their lead stands, and to the same end in whatever order reports come."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from newsblotter.extract.encoder import Encoder, Encoding
from newsblotter.pipeline import build, load_engine, name_reader
from newsblotter.records import Count
from newsblotter.store import open_store
from newsroom import write_reports

_OPENING = (
    "One man died and two others were wounded when a gunman opened fire outside the Blue Heron bar in Toledo, Ohio, on Friday night"
)
_BODY = (
    "Police said the shooting followed an argument in the car park shortly after 11 p.m. Officers found three men lying near the "
    "entrance, and paramedics took two of them to Mercy Hospital. The man who died was identified as Gordon Pell, 41, of Maumee. "
    "Detectives are looking for a tall man in a grey jacket who left on foot towards the river. "
)
_MORE = (
    "Neighbours said the bar had been quiet for years and that nobody remembered such a night. The owner, Lena Marsh, said she "
    "would keep it closed until the funeral. Anybody who saw the man is asked to call the department's tip line. "
)
_TAIL = "The mayor spoke of a senseless act and promised more patrols in the district along the river this summer."


def _tell(name: str, title: str, day: str, text: str) -> dict[str, Any]:
    return {"id": name, "outlet": f"{name}.example", "title": title, "published": day, "language": "en", "text": text.strip()}


_TITLE = "One dead, two wounded in shooting outside Toledo bar"
TOLD = [
    _tell("alert", _TITLE, "2021-06-05", f"{_OPENING}. {_BODY}"),
    _tell("wire", _TITLE, "2021-06-05", f"{_OPENING}, officials said. {_BODY}{_MORE}"),
    _tell("fullest", _TITLE, "2021-06-06", f"{_OPENING}. {_BODY}{_MORE}{_TAIL}"),
    _tell(
        "update",
        "Second man dies after shooting outside Toledo bar",
        "2021-06-07",
        "A second man has died after the shooting outside the Blue Heron bar in Toledo, Ohio, on Friday night, bringing the death "
        f"toll to two, police said on Monday. {_BODY}{_MORE}",
    ),
    _tell("fair", "Fair draws crowd", "2021-06-05", "The county fair drew a record crowd on Sunday. The band played until dusk."),
    _tell(
        "bank",
        "Bank robbed in Dayton",
        "2021-06-08",
        "Two masked men robbed the Hillcrest Savings Bank in Dayton, Ohio, on Tuesday and fled with about $30,000, police said.",
    ),
]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the encoder is asked for."""
    texts: list[str] = []
    real = Encoder.read

    def read(self: Encoder, text: str) -> Encoding:
        texts.append(text)
        return real(self, text)

    monkeypatch.setattr(Encoder, "read", read)
    return texts


def _read_all(store: Path) -> dict[str, list[Any]]:
    """All mentions by their report's own name, the lead of each group, and which reports the model did not read."""
    with open_store(str(store), readonly=True) as opened:
        names = {report.id: report.source_id for report in opened.reports()}
        told: dict[str, list[Any]] = {name: [] for name in names.values()}
        for mention in opened.mentions():
            told[names[mention.report_id]].append(mention)
        told["unheard"] = sorted(names[report_id] for report_id in opened.unread(name_reader(load_engine())))
        told["leads"] = sorted((names[g.lead_id], sorted(names[r] for r in g.report_ids)) for g in opened.copies())
    return told


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    build([write_reports(folder / "reports.jsonl", TOLD)], folder / "incidents.db")
    return folder / "incidents.db"


def test_the_model_reads_leads_and_reports_without_copies(tmp_path: Path, heard: list[str]) -> None:
    build([write_reports(tmp_path / "reports.jsonl", TOLD)], tmp_path / "incidents.db")
    told = _read_all(tmp_path / "incidents.db")
    assert told["leads"] == [("fullest", ["alert", "fullest", "update", "wire"])]
    assert told["unheard"] == ["alert", "update", "wire"]
    assert {text for text in heard if "Toledo" in text} == {f"{_TITLE}\n\n{TOLD[2]['text']}"}


def test_an_edited_update_contributes_its_changed_sentences(at_once: Path) -> None:
    told = _read_all(at_once)
    killed = {
        name: {claim.value for mention in told[name] for claim in mention.claims if claim.field == "killed"}
        for name in ("fullest", "update")
    }
    assert {value.low for value in killed["fullest"] if isinstance(value, Count)} == {1}
    assert 2 in {value.low for value in killed["update"] if isinstance(value, Count)}
    with open_store(str(at_once), readonly=True) as store:
        [record] = [one for one in store.records() if one["type"] == "shooting" or one["type"] == "homicide"]
    assert record["killed"]["low"] == 2 and record["voices"] == 1


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_batches_read_what_one_build_reads(tmp_path: Path, at_once: Path, seed: int) -> None:
    chance = random.Random(seed)
    ordered = chance.sample(TOLD, len(TOLD))
    store, start = tmp_path / "incidents.db", 0
    while start < len(ordered):
        size = chance.randrange(1, 4)
        build([write_reports(tmp_path / f"{start}.jsonl", ordered[start : start + size])], store)
        start += size
    assert _read_all(store) == _read_all(at_once)
    with open_store(str(store), readonly=True) as opened:
        texts = {report.id: report.text for report in opened.reports()}
        quotes = [claim.quote for mention in opened.mentions() for claim in mention.claims]
    assert quotes and all(texts[quote.report_id][quote.start : quote.end] == quote.text for quote in quotes)


def test_a_displaced_lead_is_read_as_a_copy_and_its_heir_by_the_model(tmp_path: Path, heard: list[str]) -> None:
    store = tmp_path / "incidents.db"
    build([write_reports(tmp_path / "first.jsonl", TOLD[:2])], store)
    assert {len(text) for text in heard} == {len(f"{_TITLE}\n\n{TOLD[1]['text']}")}
    heard.clear()
    build([write_reports(tmp_path / "more.jsonl", TOLD[2:3])], store)
    assert set(heard) == {f"{_TITLE}\n\n{TOLD[2]['text']}"}
    heard.clear()
    build([write_reports(tmp_path / "copy.jsonl", TOLD[3:4])], store)
    assert not heard
