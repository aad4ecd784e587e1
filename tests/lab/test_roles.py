"""From the trained head's answers to entities: answers made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from newsblotter.extract.wordpiece import load_wordpiece
from newsblotter_lab.gold import is_held_out
from newsblotter_lab.roles import (
    THRESHOLDS,
    Filler,
    ask,
    decode,
    find_fillers,
    fit_thresholds,
    is_named,
    make_predict,
    merge_fillers,
    open_shipped,
)
from newsblotter_lab.slots import MUC_ROLES, Labelled, normalise
from newsblotter_lab.training.labels import MUC_LABELS

PIECES = load_wordpiece()
TEXT = "Two gunmen of the Red Front (RF) threw grenades at the Tallo telephone exchange and wounded Ana Ruiz, 61."
MARKED = {
    "Two gunmen": "perp_individual",
    "Red Front": "perp_organization",
    "RF": "perp_organization",
    "grenades": "weapon",
    "Tallo telephone exchange": "target",
    "Ana Ruiz": "victim",
}


def tell(text: str, marked: dict[str, str], share: float = 0.9) -> NDArray[np.float32]:
    """Probabilities of a head that is ``share`` sure of the marked words, wherever they stand, and of "O" elsewhere."""
    cut = PIECES.cut(text)
    shares = np.zeros((len(cut), len(MUC_LABELS)), np.float32)
    shares[:, 0] = 1.0
    for words, role in marked.items():
        start = text.find(words)
        while start >= 0:
            for row in range(len(cut)):
                if start <= cut.starts[row] and cut.ends[row] <= start + len(words):
                    label = f"{'B' if cut.starts[row] == start else 'I'}-{role}"
                    shares[row] = 0.0
                    shares[row, [MUC_LABELS.index(label), 0]] = share, 1 - share
            start = text.find(words, start + 1)
    return shares


def words_of(text: str, spans: object) -> list[str]:
    assert isinstance(spans, list)
    return [text[one.start : one.end] if isinstance(one, Filler) else text[one[0] : one[1]] for one in spans]


def test_phrases_are_cut_where_the_head_marks_them() -> None:
    found = decode(TEXT, PIECES.cut(TEXT), tell(TEXT, MARKED), THRESHOLDS)
    assert {role: words_of(TEXT, spans) for role, spans in found.items()} == {
        "PerpInd": ["Two gunmen"],
        "PerpOrg": ["Red Front"],  # its short form in brackets is the same
        "Target": ["Tallo telephone exchange"],
        "Victim": ["Ana Ruiz"],
        "Weapon": ["grenades"],
    }


@pytest.mark.parametrize(("share", "count"), [(0.49, 0), (0.51, 1)])
def test_a_threshold_for_each_role(share: float, count: int) -> None:
    shares = tell(TEXT, {"grenades": "weapon", "Ana Ruiz": "victim"}, share)
    found = find_fillers(TEXT, PIECES.cut(TEXT), shares, {**dict.fromkeys(MUC_ROLES, 0.5), "Victim": 0.1})
    assert len(found["Weapon"]) == count and words_of(TEXT, found["Victim"]) == ["Ana Ruiz"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Ana Ruiz", ",", "Bo Lind"], ["Ana Ruiz", "Bo Lind"]),  # after a mark, a beginning parts two
        (["Ana Ruiz, Bo Lind"], ["Ana Ruiz, Bo Lind"]),
        (["Ana", "Ruiz"], ["Ana Ruiz"]),  # the head begins a name twice
        (["by Ana Ruiz", ","], ["Ana Ruiz"]),  # small words and marks at its ends are none of it
        (["of"], []),
    ],
)
def test_where_phrases_end(names: list[str], expected: list[str]) -> None:
    text = "One of those killed by Ana Ruiz, Bo Lind"
    found = find_fillers(text, PIECES.cut(text), tell(text, dict.fromkeys(names, "weapon")), THRESHOLDS)["Weapon"]
    assert words_of(text, found) == expected


def test_words_beside_a_sure_one_need_less() -> None:
    text = "They killed Ana Maria Ruiz yesterday"
    shares = tell(text, {"Maria": "victim"}, 0.9) + tell(text, {"Ana": "victim", "Ruiz": "victim"}, 0.3)
    found = find_fillers(text, PIECES.cut(text), shares / 2, {**THRESHOLDS, "Victim": 0.4})["Victim"]
    assert words_of(text, found) == ["Maria"]
    found = find_fillers(text, PIECES.cut(text), shares / 2, {**THRESHOLDS, "Victim": 0.2})["Victim"]
    assert words_of(text, found) == ["Ana Maria Ruiz"]


def test_victims_go_without_their_titles() -> None:
    text = "They killed 38-year-old Colonel Ana Ruiz and the mayor"
    shares = tell(text, {"38-year-old Colonel Ana Ruiz": "victim", "the mayor": "victim"})
    assert words_of(text, decode(text, PIECES.cut(text), shares, THRESHOLDS)["Victim"]) == ["Ana Ruiz"]


def test_half_a_word_is_none() -> None:
    text = "the Farabundista columns"
    cut = PIECES.cut(text)
    shares = np.zeros((len(cut), len(MUC_LABELS)), np.float32)
    shares[1, MUC_LABELS.index("B-perp_individual")] = 1.0  # the first of its pieces alone
    found = find_fillers(text, cut, shares, dict.fromkeys(MUC_ROLES, 1 / 8))["PerpInd"]
    assert cut.ends[1] < text.index(" columns"), "the word is cut to pieces"
    assert words_of(text, found) == ["Farabundista"]


MERGED = [
    (
        "one holds the other",
        "Target",
        "the phone exchange, a phone exchange in Tallo",
        ["phone exchange", "phone exchange in Tallo"],
        1,
    ),
    ("holding is by whole words", "Target", "the bank, the banker", ["bank", "banker"], 2),
    ("articles aside", "Weapon", "a bomb, the bomb", ["a bomb", "the bomb"], 1),
    ("perpetrators by their head", "PerpInd", "armed gunmen, gunman? masked gunmen", ["armed gunmen", "masked gunmen"], 1),
    (
        "the head stands before its preposition",
        "PerpInd",
        "members of the gang, other members",
        ["members of the gang", "other members"],
        1,
    ),
    ("and in the singular", "PerpInd", "a local guerrilla, two guerrillas", ["a local guerrilla", "two guerrillas"], 1),
    ("things by more than their head", "Target", "the Danish embassy, the Irish embassy", ["Danish embassy", "Irish embassy"], 2),
    ("two with one surname", "Victim", "Ana Ruiz and Eva Ruiz", ["Ana Ruiz", "Eva Ruiz"], 2),
    ("a short form in brackets", "PerpOrg", "the Red Front [RF]", ["Red Front", "RF"], 1),
    ("a list is no gloss", "PerpOrg", "the Red Front, RF", ["Red Front", "RF"], 2),
]


@pytest.mark.parametrize(("role", "text", "names", "count"), [pytest.param(*c[1:], id=c[0]) for c in MERGED])
def test_what_names_one_thing(role: str, text: str, names: list[str], count: int) -> None:
    fillers = [Filler(text.index(name), text.index(name) + len(name), 0.5 + 0.1 * at) for at, name in enumerate(names)]
    merged = merge_fillers(text, fillers, role)
    assert len(merged) == count
    if count == 1:
        assert words_of(text, merged) == [names[-1]], "the likeliest names it"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("ANA RUIZ", True),
        ("COLONEL ANA RUIZ", True),
        ("RUIZ", True),
        ("THREE PEASANTS", False),
        ("THE MAYOR", False),
        ("TWO MEMBERS OF THE RUIZ FAMILY", False),
        ("22", False),
    ],
)
def test_victims_are_those_with_a_name(words: str, named: bool) -> None:
    assert is_named(words) == named


def test_windows_that_overlap_are_averaged() -> None:
    text = "word " * 700
    asked: list[tuple[int, ...]] = []

    def answer(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        asked.append(ids.shape)
        logits = np.zeros((*ids.shape, len(MUC_LABELS)), np.float32)
        logits[0, :, 1] = 20.0  # the first window is sure of one label, the others of another
        logits[1:, :, 2] = 20.0
        assert mask.sum() == ids.astype(bool).sum()
        return logits

    cut, shares = ask(text, PIECES, answer)
    assert len(cut) == len(shares) == 700 and asked == [(4, 256)]
    assert shares[100, 1] == pytest.approx(1, abs=1e-6) and shares[300, 2] == pytest.approx(1, abs=1e-6)
    assert shares[200, 1] == pytest.approx(0.5, abs=1e-6) == shares[200, 2]
    assert np.allclose(shares.sum(1), 1, atol=1e-5)


def test_thresholds_are_chosen_by_role() -> None:
    noise = {"Two": "weapon", "61": "target"}
    sure, unsure = tell(TEXT, MARKED, 0.7), tell(TEXT, noise, 0.4)
    logits = np.log(np.where(unsure[:, :1] < 1, unsure, sure) + 1e-9)

    def answer(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        return logits[None, [0, *range(len(logits)), 0]].astype(np.float32)

    gold = {
        "PerpInd": [["Gunmen"]],
        "PerpOrg": [["RF", "Red Front"]],
        "Target": [["Tallo telephone exchange"]],
        "Weapon": [["grenades"]],
    }
    chosen = fit_thresholds([Labelled("d", TEXT, {**gold, "Victim": [["Ana Ruiz"]]})], answer)
    assert 0.4 < chosen["Weapon"] <= 0.7 and 0.4 < chosen["Target"] <= 0.7
    assert words_of(TEXT, make_predict(answer, chosen)(TEXT)["Weapon"]) == ["grenades"]


def test_a_tenth_is_held_out() -> None:
    names = [f"DEV-MUC3-{number:04}" for number in range(2000)]
    assert 0.05 < sum(map(is_held_out, names)) / len(names) < 0.15


def test_the_head_that_ships_finds_fillers() -> None:
    pytest.importorskip("onnxruntime")
    answer = open_shipped()
    if answer is None:
        pytest.skip("the encoder ships without this head")
    text = "SAN MIGUEL -- GUERRILLAS OF THE RED FRONT DYNAMITED THE TALLO BRIDGE YESTERDAY, KILLING COLONEL JUAN LINDO. " * 12
    found = {role: {normalise(words) for words in words_of(text, spans)} for role, spans in make_predict(answer)(text).items()}
    assert any("guerrillas" in words for words in found["PerpInd"])
    assert any("bridge" in words for words in found["Target"])
