"""The training texts of our own: their markup is read and written back, they are many, and a seed fixes them."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
import yaml

from newsblotter_lab import written
from newsblotter_lab.written import LABELS, Written, grammar, load_reports, load_written, markup, parse_report, sums

GENERATED = 1500


@pytest.fixture(scope="module")
def reports() -> list[Written]:
    return load_written(7, GENERATED)


def test_markup_is_read() -> None:
    report = parse_report(
        "# [[target|A bank]] robbed\nBy [[official|Ann Lee]] {{none}}\n\n[[suspect|Two men]] took [[money|€5m]] in\n"
        "In [[!time|1999]] it was hit too. {{background burglary}}",
        "robbery",
    )
    assert report.text == "A bank robbed\n\nBy Ann Lee\n\nTwo men took €5m in In 1999 it was hit too."
    assert [(report.text[start:end], label, main) for start, end, label, main in report.spans] == [
        ("A bank", "target", True),
        ("Ann Lee", "official", True),
        ("Two men", "suspect", True),
        ("€5m", "money", True),
        ("1999", "time", False),
    ]
    assert [(report.text[start:end], role, kind) for start, end, role, kind in report.sentences] == [
        ("A bank robbed", "main", "robbery"),
        ("By Ann Lee", "none", ""),
        ("Two men took €5m in", "main", "robbery"),
        ("In 1999 it was hit too.", "background", "burglary"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "[[thing|a bank]] robbed",
        "[[target|a bank robbed",
        "[[target|a [[place|Leeds]] bank]] robbed",
        "[[target| a bank]] robbed",
        "A bank robbed {{main arrest}}",
        "A man held {{follow_up robbery}}",
        "A bank robbed {{main robbery}} in Leeds",
        "A bank robbed in <city>",
    ],
)
def test_broken_markup_is_refused(source: str) -> None:
    with pytest.raises(markup.MarkupError):
        parse_report(source, "robbery")


@pytest.mark.parametrize(("kind", "reality"), [("heist", "actual"), ("robbery", "perhaps")])
def test_unknown_types_are_refused(kind: str, reality: str) -> None:
    with pytest.raises(markup.MarkupError):
        parse_report("A bank robbed", kind, reality)


def test_markup_goes_round(reports: list[Written]) -> None:
    for report in reports:
        assert parse_report(markup.render_report(report), report.type, report.reality) == report


def test_spans_lie_in_sentences_and_apart(reports: list[Written]) -> None:
    for report in reports:
        for (_, end, _, _), (start, _, _, _) in zip(report.spans, report.spans[1:], strict=False):
            assert end <= start
        for start, end, label, _ in report.spans:
            assert label in LABELS
            assert report.text[start:end].strip() == report.text[start:end] != ""
            assert sum(left <= start and end <= right for left, right, _, _ in report.sentences) == 1


def test_hand_written_are_many_and_distinct() -> None:
    texts = [report.text for report in load_reports()]
    assert len(set(texts)) == len(texts) >= 150
    frames = [frame for plot in grammar.load_grammar().plots.values() for part in ("openings", "details") for frame in plot[part]]
    assert len(set(frames)) > 0.97 * len(frames)
    assert len(texts) + grammar.load_grammar().count_frames() >= 400


def test_generated_reports_do_not_repeat(reports: list[Written]) -> None:
    generated = reports[len(load_reports()) :]
    assert len(generated) == GENERATED
    assert len({report.text for report in generated}) == GENERATED
    first = Counter(report.text[slice(*report.sentences[-1][:2])] for report in generated if report.sentences[-1][2] == "main")
    assert sum(count - 1 for count in first.values()) < 0.25 * sum(first.values())  # short closing sentences may come again
    openings = Counter(max((report.text[s:e] for s, e, role, _ in report.sentences), key=len) for report in generated)
    assert sum(count - 1 for count in openings.values()) < 0.04 * GENERATED


def test_seed_fixes_the_reports(reports: list[Written]) -> None:
    assert load_written(7, GENERATED) == reports
    assert load_written(8, 50)[-50:] != reports[-50:]
    assert load_written(7, 20)[-20:] == reports[len(load_reports()) :][:20]


def test_every_label_role_type_and_reality_occurs(reports: list[Written]) -> None:
    labels = Counter((label, main) for report in reports for _, _, label, main in report.spans)
    assert {label for label, main in labels if main} == LABELS
    assert min(count for (_, main), count in labels.items() if main) > 100
    assert {label for label, main in labels if not main} >= LABELS - {"official"}
    assert {role for report in reports for _, _, role, _ in report.sentences} == {"main", "follow_up", "background", "none"}
    assert {kind for report in reports for _, _, role, kind in report.sentences if role == "follow_up"} == markup.STEPS
    assert {report.type for report in reports} == markup.INCIDENT_TYPES | {"none"}
    assert {report.reality for report in reports} == markup.REALITIES


def test_nothing_is_left_unfilled(reports: list[Written]) -> None:
    for report in reports:
        assert not set("<>{}[]|") & set(report.text), report.text
        assert "  " not in report.text


def test_lists_name_no_slot_that_does_not_exist() -> None:
    """Every sentence of the grammar can be filled in every country."""
    raw = yaml.safe_load((Path(written.__file__).parent / "grammar.yaml").read_text("utf-8"))
    known = set(raw["lists"]) | {"sum", "age", "year", "day", "few", "some", "percent", "clock", "person", "last", "woman", "man"}
    slots = {name for name, _ in grammar._SLOT.findall(str([raw["plots"], raw["lists"]]))}
    for country in raw["countries"].values():
        for premises in raw["premises"].values():
            assert slots <= known | set(country) | set(premises)


@pytest.mark.parametrize(
    ("value", "indian", "forms"),
    [
        (3_500_000, True, {"Rs 35 lakh", "Rs 35 lakhs", "Rs 40 lakh"}),
        (25_000_000, True, {"Rs 2.5 crore", "Rs 2 crore"}),
        (2_300_000, False, {"Rs 2.3 million", "Rs 2 million", "Rs 2.3m", "Rs 2m"}),
    ],
)
def test_sums_are_written_as_the_country_does(value: float, indian: bool, forms: set[str]) -> None:
    currency = sums.Currency(80, ["Rs "], indian=indian)
    assert {sums.write_sum(value, currency, random.Random(seed)) for seed in range(400)} >= forms
