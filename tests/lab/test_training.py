"""The reader's training: labels land on the right pieces, losses teach what they should, batches keep to their order."""

from __future__ import annotations

import numpy as np
import pytest

from newsblotter.extract.encoder import PARTS as READ_PARTS
from newsblotter.extract.wordpiece import WordPiece, load_wordpiece
from newsblotter_lab.training.labels import MUC_LABELS, PARTS, TOPICS, TYPES, Example, Marked
from newsblotter_lab.training.windows import IGNORED, STRIDE, WINDOW, cut_windows

TEXT = "Ana Moreau was shot by Karl Ostrey in Lille."


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    return load_wordpiece()


def _span(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def test_the_lab_and_the_product_name_the_same_parts():
    assert READ_PARTS == PARTS


def test_marked_words_carry_their_part_and_the_rest_is_plain(pieces):
    marked = (Marked(*_span("Ana Moreau"), ("victim",)), Marked(*_span("Lille"), ("scene", "place"), 0.5))
    (window,) = cut_windows(Example("x", "written", TEXT, marked, 0.2, type="shooting", killed=0), pieces)
    cut = pieces.cut(TEXT)
    words = [TEXT[s:e] for s, e in zip(cut.starts, cut.ends, strict=True)]
    told = dict(zip(words, zip(window.allowed[1:-1], window.weight[1:-1], strict=True), strict=True))
    assert told["Ana"][0] == 1 << PARTS.index("victim")
    assert told["shot"] == (1 << PARTS.index("other"), np.float32(0.2))
    assert told["Lille"] == ((1 << PARTS.index("scene")) | (1 << PARTS.index("place")), np.float32(0.5))
    assert (window.type, window.killed, window.injured) == (TYPES.index("shooting"), 0, IGNORED)
    assert window.allowed[0] == window.allowed[-1] == 0


def test_muc_roles_begin_and_go_on(pieces):
    (window,) = cut_windows(Example("x", "muc", TEXT, muc=((*_span("Karl Ostrey"), "perp_individual"),)), pieces)
    told = [MUC_LABELS[label] for label in window.muc[1:-1] if label != 0]
    assert told[0] == "B-perp_individual"
    assert set(told[1:]) == {"I-perp_individual"}
    assert window.topic.tolist() == [IGNORED] * len(window.topic)


def test_a_long_text_is_cut_into_overlapping_windows_and_only_the_first_speaks_for_it(pieces):
    text = "word " * 600
    windows = list(cut_windows(Example("x", "muc", text, topics=((0, len(text), "none"),), killed=3), pieces))
    assert [w.first for w in windows] == [True, False, False]
    assert all(len(w.ids) <= WINDOW for w in windows)
    assert [w.killed for w in windows] == [3, IGNORED, IGNORED]
    assert sum(len(w.ids) - 2 for w in windows) - 600 == 2 * (WINDOW - 2 - STRIDE)
    assert set(windows[1].topic[1:-1].tolist()) == {TOPICS.index("none")}


def test_a_part_that_is_only_narrowed_down_is_taught_by_the_sum():
    torch = pytest.importorskip("torch")
    from newsblotter_lab.training.network import part_loss

    logits = torch.log(torch.tensor([[[0.5, 0.3, 0.2] + [1e-9] * (len(PARTS) - 3)]]))
    weight = torch.ones((1, 1))
    for allowed, expected in ((0b001, 0.5), (0b011, 0.8), (0b100, 0.2)):
        assert part_loss(logits, torch.tensor([[allowed]]), weight).exp().item() == pytest.approx(1 / expected, rel=1e-4)
    assert part_loss(logits, torch.tensor([[0]]), weight).item() == 0


def test_reports_of_one_incident_are_drawn_together():
    torch = pytest.importorskip("torch")
    from newsblotter_lab.training.network import near_loss

    together = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    apart = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    incident = torch.tensor([4, 4, 5])
    assert near_loss(together, incident) < near_loss(apart, incident)
    assert near_loss(together, torch.tensor([-1, -1, -1])).item() == 0


def test_an_epoch_has_the_same_batches_each_time_and_every_window(pieces):
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from newsblotter_lab.training.train import Plan, order

    texts = [Example(str(n), "muc", "word " * (n % 37 + 1), incident=f"i{n // 3}") for n in range(200)]
    windows = [window for example in texts for window in cut_windows(example, pieces)]
    plan = Plan(batch_pieces=256)
    first = [[w.example for w in batch] for batch in order(windows, plan, 1)]
    assert first == [[w.example for w in batch] for batch in order(windows, plan, 1)]
    assert first != [[w.example for w in batch] for batch in order(windows, plan, 2)]
    assert {name for batch in first for name in batch} == {example.id for example in texts}


def test_a_round_shows_every_small_set_whole_and_a_part_of_the_large_ones(pieces):
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from newsblotter_lab.training.train import PART, Plan, order

    texts = [Example(f"{source}{n}", source, "word " * (n % 37 + 1)) for source in ("muc", "gunviolence") for n in range(200)]
    windows = [window for example in texts for window in cut_windows(example, pieces)]
    plan = Plan(batch_pieces=256, epochs=1, rounds=PART)
    rounds = [[w.example for batch in order(windows, plan, at) for w in batch] for at in range(1, 1 + PART)]
    for shown in rounds:
        assert sorted(name for name in shown if name.startswith("muc")) == sorted(f"muc{n}" for n in range(200))
    large = sorted(name for shown in rounds for name in shown if name.startswith("gun"))
    assert large == sorted(f"gunviolence{n}" for n in range(200))
    assert all(10 < sum(name.startswith("gun") for name in shown) < 90 for shown in rounds)
