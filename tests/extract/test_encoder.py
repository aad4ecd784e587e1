"""The shipped encoder, and how its word counts beside the rules': on invented reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import tell

from newsblotter.extract.casualties import claim_casualties
from newsblotter.extract.encoder import PARTS, READ_PIECES, TYPES, Encoder, Encoding, LateEncoding, load_encoder
from newsblotter.extract.parts import hear, judge_part, load_weights, may_play
from newsblotter.extract.people import claim_people
from newsblotter.extract.wordpiece import load_wordpiece
from newsblotter.records import Count, Person

REPORT = (
    "Two dead after shooting at Larkham bar\n\nLARKHAM — Two men were killed and a woman was wounded when a gunman opened fire "
    "outside the Blue Heron bar early Saturday, police said. Tomas Verrin, 34, of Larkham, was arrested and charged with murder. "
    "The victims were identified as Milo Adair, 27, and Joss Kettle, 31, said Sheriff Wade Colley."
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_it_counts_and_tells_who_is_who(encoder: Encoder) -> None:
    encoding = encoder.read(REPORT)
    assert encoding.killed.argmax() == 2
    for name, part in (("Tomas Verrin", "suspect"), ("Milo Adair", "victim"), ("Wade Colley", "person")):
        start = REPORT.index(name)
        weighed = encoding.weigh(start, start + len(name), ("victim", "suspect", "person"))
        assert weighed is not None
        assert max(weighed, key=lambda p: weighed[p]) == part


def test_it_says_the_same_whatever_stands_far_behind(encoder: Encoder) -> None:
    padded = REPORT + " The weather stayed dry." * 300
    short, long = encoder.read(REPORT + " The weather stayed dry." * 120), encoder.read(padded)
    assert len(long.pieces) == READ_PIECES
    assert np.allclose(short.part, long.part)
    assert long.weigh(len(padded) - 4, len(padded), ("victim", "person")) is None


def test_it_reads_an_empty_text(encoder: Encoder) -> None:
    encoding = encoder.read("")
    assert encoding.part.shape == (0, len(PARTS))
    assert np.isclose(encoding.killed.sum(), 1)


def test_a_file_without_a_version_is_named_so() -> None:
    class Session:
        def get_modelmeta(self) -> object:
            return type("Meta", (), {"custom_metadata_map": {}})()

    assert Encoder(Session(), load_wordpiece()).version == "unnamed"  # type: ignore[arg-type]


def _opinion(text: str, killed: int, parts: dict[str, str] | None = None) -> Encoding:
    """An encoding that is sure of a number of dead, and of the part of some words."""
    pieces = load_wordpiece().cut(text)
    part = np.full((len(pieces), len(PARTS)), -9.0, np.float32)
    for words, name in (parts or {}).items():
        start = text.index(words)
        inside = (np.asarray(pieces.starts) >= start) & (np.asarray(pieces.ends) <= start + len(words))
        part[inside, PARTS.index(name)] = -0.01
    chances = np.full(7, 1e-4, np.float32)
    chances[killed] = 0.999
    return Encoding(pieces, part, np.full(len(TYPES), -np.log(len(TYPES)), np.float32), chances, np.full(9, 1 / 9, np.float32))


def test_the_encoder_chooses_only_among_numbers_that_are_told() -> None:
    document, scene = tell("Larkham shooting", "Two men were killed. Later police said that one man was killed by a passing car.")
    for killed, expected in ((1, 1), (2, 2), (5, 2)):
        sure = replace(document, encoding=_opinion(document.report.text, killed))
        (draft,) = (d for d in claim_casualties(sure, scene) if d.field == "killed")
        assert draft.value == Count(expected, expected)
        assert document.report.text[draft.start : draft.end].strip()


def test_nobody_is_claimed_dead_where_the_encoder_is_sure_that_none_is() -> None:
    document, scene = tell("Larkham shooting", "A man was shot in the leg. Last year two men were killed.")
    none = replace(document, encoding=_opinion(document.report.text, 0))
    assert [d for d in claim_casualties(none, scene) if d.field == "killed"] == []


def test_a_name_that_the_words_leave_open_is_settled_by_the_encoder() -> None:
    document, scene = tell(
        "Larkham shooting", "Lena Ortov, 22, was shot dead in Larkham. Neighbours spoke of Milo Adair, 27, on Sunday."
    )
    text = document.report.text
    for part in ("victim", "person"):
        told = replace(document, encoding=_opinion(text, 1, {"Lena Ortov": "victim", "Milo Adair": part}))
        names = {d.value.name for d in claim_people(told, scene) if isinstance(d.value, Person) and d.value.role == "victim"}
        assert names == ({"Lena Ortov", "Milo Adair"} if part == "victim" else {"Lena Ortov"})


def test_an_opinion_moves_the_odds_towards_its_part() -> None:
    plain = judge_part({"full_name": 1})
    for part in ("victim", "suspect"):
        leaning = judge_part({"full_name": 1}, {"victim": -3.0, "suspect": -3.0} | {part: 5.0})
        assert leaning[part] > plain[part]
    assert hear(_opinion("Nobody is named.", 0), []) is None


def _asked(title: str, body: str) -> int:
    """How often the encoder is asked while the casualties and the people of a report are claimed."""
    document, scene = tell(title, body)
    times = []

    def read() -> Encoding:
        times.append(1)
        return _opinion(document.report.text, 1)

    late = replace(document, encoding=LateEncoding(read))
    list(claim_casualties(late, scene))
    list(claim_people(late, scene))
    return len(times)


def test_the_encoder_is_asked_once_and_only_where_there_is_a_choice() -> None:
    assert _asked("Jeweller robbed", "Thieves took rings from a shop on Sunday. Nobody was hurt.") == 0
    assert _asked("Larkham shooting", "Two men were killed. Later police said that one man was killed by a passing car.") == 1
    assert (
        _asked("Larkham shooting", "Lena Ortov, 22, was shot dead in Larkham. Neighbours spoke of Milo Adair, 27, on Sunday.") == 1
    )


@given(
    st.dictionaries(st.sampled_from(sorted(load_weights().log_odds)), st.integers(1, 4), max_size=6),
    st.floats(-3, 3),
    st.floats(-3, 3),
)
def test_who_may_play_no_part_plays_none_whatever_the_encoder_thinks(
    evidence: dict[str, int], victim: float, suspect: float
) -> None:
    least = {"victim": 0.45, "suspect": 0.35}
    judged = judge_part(evidence, {"victim": victim, "suspect": suspect})
    assert may_play(evidence, least) or all(judged[part] < least[part] for part in least)


def test_a_window_read_before_is_not_read_again() -> None:
    class Session:
        runs = 0

        def get_modelmeta(self) -> object:
            return type("Meta", (), {"custom_metadata_map": {}})()

        def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            self.runs += 1
            pieces = inputs["ids"].shape[1]
            shapes = ((1, pieces, len(PARTS)), (1, len(TYPES)), (1, 7), (1, 9))
            return [np.zeros(shape, np.float32) for shape in shapes]

    session = Session()
    reader = Encoder(session, load_wordpiece())  # type: ignore[arg-type]
    first = reader.read("Two men  robbed a shop.")
    second = reader.read("Two men robbed a shop.")  # the same pieces at other places
    assert session.runs == 1
    assert first.pieces.starts.tolist() != second.pieces.starts.tolist()
    reader.read("Two men robbed a bank.")
    assert session.runs == 2
