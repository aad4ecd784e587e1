"""Judged pairs: what linking alone makes of them, and what they hold for a linker to be trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsblotter.cli import run
from newsblotter.evaluate import measure_agreement
from newsblotter.records import Judgement
from newsblotter.review.pairs import describe_pairs, find_joined, find_judged_pairs
from newsblotter.review.saying import Speaker, say_judgement
from newsblotter.revise import revise, unsay_judgements
from newsblotter.store import open_store
from review.desk import copy_store, groups, home, make_store

ADA = Speaker("ada", "the court said so")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("pairs"))


@pytest.fixture
def judged(made: Path, tmp_path: Path) -> Path:
    """A store in which people agreed with linking twice, overruled it twice, and were unsure once."""
    path = copy_store(made, tmp_path / "judged")
    for verdict, left, right in (
        (Judgement.SAME, "a1", "a2"),
        (Judgement.DIFFERENT, "a1", "c1"),
        (Judgement.SAME, "b1", "c1"),
        (Judgement.DIFFERENT, "b1", "b2"),
        (Judgement.UNSURE, "a2", "b2"),
    ):
        with open_store(str(path)) as store:
            revise(store, [say_judgement(store, verdict, left, right, ADA)])
    return path


def test_linking_alone_is_held_against_people(judged: Path) -> None:
    with open_store(str(judged), readonly=True) as store:
        pairs, lost = find_judged_pairs(store)
        assert home(store, "b1") == home(store, "c1") != home(store, "b2")
        assert len(find_joined(store, pairs)) == 2  # with people's words the store says what they said
        before = groups(store)
        with unsay_judgements(store) as alone:
            assert groups(alone) == {frozenset({"a1", "a2", "a3"}), frozenset({"b1", "b2"}), frozenset({"c1"})}
            joined = find_joined(alone, pairs)
        assert groups(store) == before
    found = measure_agreement({pair.word.number: pair.word.judgement.value for pair in pairs}, joined, len(lost))
    assert (found.same_joined, found.same_apart, found.different_joined, found.different_apart) == (1, 1, 1, 1)
    assert (found.unsure, found.lost) == (1, 0)
    assert found.agreement == found.precision == found.recall == 0.5


def test_the_last_word_on_a_pair_counts_and_those_taken_back_do_not(judged: Path) -> None:
    with open_store(str(judged)) as store:
        revise(store, [say_judgement(store, Judgement.DIFFERENT, "a2", "a1", Speaker("ben"))])
    with open_store(str(judged), readonly=True) as store:
        pairs, _ = find_judged_pairs(store)
        [on_a] = [pair for pair in pairs if {pair.left.report_id, pair.right.report_id} == {_id(store, "a1"), _id(store, "a2")}]
    assert (on_a.word.judgement, on_a.word.by) == (Judgement.DIFFERENT, "ben")


def _id(store, name: str) -> str:  # type: ignore[no-untyped-def]
    return str(store.get_report(name).id)


def test_nothing_judged_has_no_share() -> None:
    found = measure_agreement({3: "unsure"}, set())
    assert (found.judged, found.agreement, found.precision, found.recall) == (0, None, None, None)
    assert found.as_dict()["unsure"] == 1


def test_pairs_to_train_on_hold_features_label_and_reason(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(str(judged), readonly=True) as store:
        told = list(describe_pairs(store, find_judged_pairs(store)[0]))
    assert {one["label"] for one in told} == {"same", "different", "unsure"}
    assert all(one["by"] == "ada" and one["why"] == "the court said so" and one["features"] for one in told)
    together = next(one for one in told if {one["left"]["report"], one["right"]["report"]} == {"a1", "a2"})
    apart = next(one for one in told if {one["left"]["report"], one["right"]["report"]} == {"a1", "c1"})
    assert together["features"]["target_similarity"] > apart["features"].get("target_similarity", 0)
    assert together["probability"] > 0.5 > apart["probability"]  # as linking sees them, whatever people said
    assert run(["judgements", "--pairs", "--store", str(judged)]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == told


def test_the_command_scores_without_labels(judged: Path, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--judgements", "--store", str(judged), "--json", "--misses"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["scores"]["judged"] == 4 and told["scores"]["precision"] == 0.5
    assert [(one["judgement"], one["joined"]) for one in told["misses"]] == [("same", False), ("different", True)]
    assert run(["evaluate", "--judgements", "--store", str(judged), "--misses"]) == 0
    drawn = capsys.readouterr().out
    assert "0.500" in drawn and "not counted: 1 unsure" in drawn and "the court said so" in drawn
    assert run(["evaluate", "--judgements", "--store", str(made)]) == 0
    assert "nobody judged any pair" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--judgements", "--gold", "g.jsonl"], ["--judgements", "reports.jsonl"], ["reports.jsonl"]])
def test_what_cannot_be_scored_together_is_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", *options]) == 2
    assert "--judgements" in capsys.readouterr().err
