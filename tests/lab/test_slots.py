"""Scores of role fillers on examples worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsblotter_lab.gold import gvdb_part
from newsblotter_lab.slots import Entities, Labelled, normalise, predict_all, read_gvdb, read_muc, score_ceaf_ree, score_gvdb_slots

FRONT = ["National Front", "NF"]
CEAF: list[tuple[str, list[list[str]], list[list[str]], tuple[int, int, int]]] = [
    ("one of its names is enough", [FRONT], [["nf"]], (1, 1, 1)),
    ("articles and punctuation aside", [FRONT], [["The National Front,"]], (1, 1, 1)),
    ("all its names", [FRONT], [["NF", "National Front"]], (1, 1, 1)),
    ("a name of another besides", [FRONT], [["NF", "army"]], (0, 1, 1)),
    ("part of a name is none", [FRONT], [["National"]], (0, 1, 1)),
    ("an entity counts once", [FRONT], [["NF"], ["National Front"]], (1, 2, 1)),
    ("nothing said", [FRONT], [], (0, 0, 1)),
    ("nothing wanted", [], [["NF"]], (0, 1, 0)),
    ("no words are no entity", [FRONT], [["the"], []], (0, 0, 1)),
    (
        "two of one thing, one counts",
        [["Tallo phone building", "phone offices"], ["pipes"]],
        [["pipes"], ["phone offices"], ["tallo phone building"]],
        (2, 3, 2),
    ),
    ("half of the things", [["m1", "m2"], ["m3"], ["m4"], ["m5"]], [["m1", "m2", "m3"], ["m4"], ["m5"]], (2, 3, 4)),
    # The first answer fits both, the second only the first: taking them as they come would leave one unmatched.
    ("aligned for the most hits", [["a1", "b"], ["b", "c"]], [["b"], ["a1"]], (2, 2, 2)),
]


@pytest.mark.parametrize(("gold", "said", "counts"), [pytest.param(*c[1:], id=c[0]) for c in CEAF])
def test_ceaf_ree(gold: list[list[str]], said: list[list[str]], counts: tuple[int, int, int]) -> None:
    score = score_ceaf_ree({"d": {"PerpOrg": gold}}, {"d": {"PerpOrg": said}})["PerpOrg"]
    assert (score.hits, score.said, score.wanted) == counts


def test_ceaf_ree_adds_up_over_documents_and_roles() -> None:
    gold: dict[str, Entities] = {"d1": {"Victim": [["Ann Reed"]], "Weapon": [["rifle"], ["bomb"]]}, "d2": {"Victim": [["Bo"]]}}
    said: dict[str, Entities] = {"d1": {"Victim": [["Ann Reed"], ["Cy"]], "Weapon": [["bomb"]], "Unasked": [["x"]]}}
    scores = score_ceaf_ree(gold, said)
    assert (scores["Victim"].hits, scores["Victim"].said, scores["Victim"].wanted) == (1, 2, 2)
    micro = scores["micro"]
    assert (micro.precision, micro.recall, micro.f1) == (pytest.approx(2 / 3), pytest.approx(2 / 4), pytest.approx(4 / 7))


@pytest.mark.parametrize(
    ("said", "approximate", "exact"),
    [("Marcus Ellery", 1, 1), ("ellery", 1, 0), ("Mr. Marcus Ellery Jr", 1, 0), ("Marcus Poe", 0, 0), ("Eller", 0, 0)],
)
def test_slots_fit_exactly_or_by_holding(said: str, approximate: int, exact: int) -> None:
    gold, predicted = {"d": {"VIC-NAME": [["Marcus Ellery "]]}}, {"d": {"VIC-NAME": [[said]]}}
    assert score_gvdb_slots(gold, predicted, exact=False)["VIC-NAME"].hits == approximate
    assert score_gvdb_slots(gold, predicted, exact=True)["VIC-NAME"].hits == exact


def test_words_are_made_comparable() -> None:
    assert normalise("  The U.S.\nembassy, ") == "us embassy"


def test_every_different_string_is_an_entity() -> None:
    document = Labelled("d", "A bomb, the bomb, a gun", {})
    assert predict_all([document], lambda _: {"Weapon": [(2, 6), (8, 16), (20, 23)]}) == {"d": {"Weapon": [["bomb"], ["gun"]]}}


def test_sets_are_read(tmp_path: Path) -> None:
    for name in ("muc34", "gvdb"):
        (tmp_path / "data" / name).mkdir(parents=True)
    roles = {"PerpInd": [], "PerpOrg": [], "Target": [[["bank", 2]]], "Victim": [], "Weapon": []}
    row = {"docid": "D1", "doctext": "a bank", "extracts": roles}
    (tmp_path / "data/muc34/train.json").write_text(json.dumps(row))
    (tmp_path / "data/muc34/doc_train").write_text(json.dumps({"docid": "D1", "text": "A BANK"}))
    assert read_muc(tmp_path, "train") == [Labelled("D1", "A BANK", {**{role: [] for role in roles}, "Target": [["bank"]]})]
    names = [str(number) for number in range(20)]
    marked = {
        "date-and-time": {"city": {"value": "Tulsa "}, "clock-time": {"value": ""}},
        "victim-section": [{"name": {"value": "Ann"}, "race": {"value": "x"}}, {"name": {"value": "Bo"}}],
    }
    rows = [f"{one}\turl\ttitle\tIn\u2028Tulsa\t{json.dumps(marked)}\tw" for one in names]
    (tmp_path / "data/gvdb/dev.tsv").write_text("\n".join(["Article id\turl", *rows]), "utf-8")
    train, test = read_gvdb(tmp_path, "train"), read_gvdb(tmp_path, "test")
    assert sorted(document.id for document in (*train, *test)) == sorted(names) and train
    assert {document.id for document in test} == {one for one in names if gvdb_part(one) == "test"} != set()
    assert {role: entities for role, entities in train[0].gold.items() if entities} == {
        "DAT-CITY": [["Tulsa "]],
        "VIC-NAME": [["Ann"], ["Bo"]],
    }
