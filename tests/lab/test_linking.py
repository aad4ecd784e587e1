"""The lab's view of labelled sets for linking."""

from datetime import date

import pytest

from newsblotter.fields import load_gazetteer
from newsblotter.records import Person, Report, Where
from newsblotter_lab.ecbplus import is_held_out, join_tokens, name_mention, seminal_event, topic_of
from newsblotter_lab.linking import bare_mention, hold_against, label_reports


def test_tokens_are_put_back_together() -> None:
    tokens = [
        "``",
        "We",
        "did",
        "n't",
        "see",
        "him",
        ",",
        "''",
        "said",
        "Ms",
        ".",
        "Odd",
        "(",
        "34",
        ")",
        ";",
        "it",
        "'s",
        "8",
        ":",
        "52",
    ]
    assert join_tokens(tokens) == "\"We didn't see him,\" said Ms. Odd (34); it's 8:52"


def test_a_topic_has_two_seminal_events_and_falls_on_one_side() -> None:
    assert seminal_event("14_2ecbplus") == "14 ecbplus" != seminal_event("14_2ecb")
    assert topic_of("14_2ecbplus") == "14"
    held = {topic for topic in map(str, range(1, 46)) if is_held_out(topic)}
    assert 5 < len(held) < 25


@pytest.mark.parametrize(
    ("label", "pair_f1", "b3_f1"),
    [
        pytest.param({"a": 1, "b": 1, "c": 2}, 1.0, 1.0, id="right"),
        pytest.param({}, 0.0, 0.8, id="all-alone"),
        pytest.param({"a": 1, "b": 1, "c": 1}, 0.5, 5 / 7, id="all-one"),
    ],
)
def test_scores_of_a_grouping(label: dict[str, object], pair_f1: float, b3_f1: float) -> None:
    scores = hold_against({"a": {"x"}, "b": {"x"}, "c": {"y"}}, label)
    assert scores["pair_f1"] == pytest.approx(pair_f1)
    assert scores["b3_f1"] == pytest.approx(b3_f1)


def test_a_report_goes_by_its_main_account() -> None:
    report = Report("r", "r", None, None, "", "A fire burnt in Lindhavn.", "en", date(2031, 5, 3))
    mention = bare_mention(report)
    assert label_reports([mention], [[], [mention.id]]) == {"r": 1}


def test_a_document_without_an_incident_is_handed_over_by_what_it_names() -> None:
    text = "A film opened in Lisbon. Martha Quell, 41, directs it; Peter Vask said he plays a priest. Quell lives in Porto."
    mention = name_mention(Report("r1", "r1", None, None, None, text, "en", date(2020, 2, 3)), load_gazetteer())
    assert (mention.type, mention.report_id) == ("other_crime", "r1")
    named = [claim.value for claim in mention.claims]
    assert [value.name for value in named if isinstance(value, Where)] == ["Lisbon", "Porto"]
    assert {value.name for value in named if isinstance(value, Person)} == {"Martha Quell", "Peter Vask"}
    assert all(text[claim.quote.start : claim.quote.end] == claim.quote.text for claim in mention.claims)
