"""Which phrases are offered to date and place a scene."""

from __future__ import annotations

import pytest
from read_reports import read, report, spans

from newsblotter.extract.document import Draft, Scene
from newsblotter.extract.rules import lay_out
from newsblotter.extract.setting import DATELINE_SCORE, IN_TRIGGER, OFFERED_MAX, claim_date, claim_place
from newsblotter.records import Reality, Role

BODY = (
    "A man robbed a bank in Cork on Tuesday at 3 p.m. He wore a red cap. Gardai arrested him in Mallow on Wednesday. "
    "The branch at 12 Patrick Street was shut."
)


def draft(body: str, **changes: object) -> tuple[str, list[Draft], list[Draft]]:
    document = lay_out(report("Bank robbed", body), spans)
    text = document.report.text
    at = text.index("robbed a")
    everything = tuple(s.index for s in document.sentences)
    settings: dict[str, object] = {"anchor": None, "sentences": everything, "role": Role.MAIN, **changes}
    scene = Scene("robbery", reality=Reality.ACTUAL, trigger=(at, at + 6), **settings)  # type: ignore[arg-type]
    return text, list(claim_date(document, scene)), list(claim_place(document, scene))


def test_the_triggers_sentence_speaks_loudest() -> None:
    text, dates, places = draft(BODY)
    best = max((d for d in dates if d.field == "date"), key=lambda d: d.score)
    assert "Tuesday" in text[best.start : best.end]
    assert best.score == IN_TRIGGER
    assert text[places[0].start : places[0].end] == "Cork"
    assert {d.field for d in places} == {"place", "address"}


def test_an_hour_is_offered_as_time_too() -> None:
    text, dates, _ = draft(BODY)
    assert any("3 p.m" in text[d.start : d.end] for d in dates if d.field == "time")


def test_an_anchor_is_the_only_date() -> None:
    text, dates, _ = draft(BODY, anchor=(20, 24))
    assert [(d.field, d.start, d.end) for d in dates] == [("date", 20, 24)]
    assert text


def test_a_passing_scene_borrows_no_date() -> None:
    _, dates, _ = draft("A man robbed a bank in Cork. He was held on Tuesday.", sentences=(1,), role=Role.BACKGROUND)
    assert dates == []


def test_a_main_scene_without_a_date_takes_any() -> None:
    _, dates, _ = draft("A man robbed a bank in Cork. He was held on Tuesday.", sentences=(1,))
    assert len(dates) == 1
    assert DATELINE_SCORE < dates[0].score < IN_TRIGGER


@pytest.mark.parametrize("times", [1, 40])
def test_offers_are_few(times: int) -> None:
    _, dates, places = draft("A man robbed a bank in Cork on Tuesday. " + "On Monday it rained in Limerick. " * times)
    assert len([d for d in dates if d.field == "date"]) <= OFFERED_MAX
    assert len([d for d in places if d.field == "place"]) <= OFFERED_MAX


def test_claims_reach_the_mention() -> None:
    (mention,) = read("Bank robbed", BODY)
    assert {"date", "time", "place", "address"} <= {claim.field for claim in mention.claims}
