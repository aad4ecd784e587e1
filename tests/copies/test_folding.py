"""Words are folded alike however they are printed, and a text's hashes do not hang on its neighbours."""

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.copies.anchors import ALL_BELOW, Texts, select_anchors, share_verbatim
from newsblotter.copies.corpus import Shelf, load_openers
from newsblotter.copies.folding import fold_block, hash_runs, hash_shingles, hash_words, prefix_sums

CHARACTERS = st.one_of(st.characters(), st.sampled_from(string.ascii_letters + " \n.'’é\0:/w"))
TEXTS = st.lists(st.text(CHARACTERS, max_size=60), max_size=6)
SMALL = st.lists(st.integers(0, 2), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("The gang’s “haul” – worth €3m", 'the gangs "haul" - worth €3m', id="quotes-and-case"),
        pytest.param("Fire out pic.twitter.com/Ab3dE says", "Fire out says", id="picture"),
        pytest.param("Fire out pic. twitter.com/Ab3dE says", "Fire out says", id="picture-with-a-space"),
        pytest.param("Fire out HTTPS://t.example/x?y=1 says", "fire, out: says", id="address-and-punctuation"),
        pytest.param("Fire out (www.fire.example) says", "fire out says", id="address-in-brackets"),
        pytest.param("Übermut in der Straße, señor", "ubermut in der straße senor", id="accents"),
        pytest.param("cafe\u0301 na\u00efve", "café naive", id="combining"),
        pytest.param("МОСКВА, Ёлка", "москва ёлка", id="cyrillic"),
        pytest.param("soft\u00adware zero\u200bwidth", "software zerowidth", id="invisible"),
        pytest.param("fire 🔥🔥 out", "fire out", id="emoji"),
        pytest.param("don't `stop'", "dont stop", id="apostrophes"),
        pytest.param("snake_case\u00a0word", "snake case word", id="underscore-and-hard-space"),
    ],
)
def test_folding(left: str, right: str) -> None:
    folded = hash_words([left, right])
    assert folded[0].tolist() == folded[1].tolist()
    assert len(folded[0])


@pytest.mark.parametrize(
    ("left", "right"),
    [("form", "from"), ("abcdefgh", "abcdefghi"), ("abcdefghij", "abcdefgxij"), ("aaaaaaaa", "aaaaaaaaa"), ("東京", "京都")],
)
def test_different_words_differ(left: str, right: str) -> None:
    folded = hash_words([left, right])
    assert folded[0].tolist() != folded[1].tolist()


@given(TEXTS)
def test_neighbours_do_not_matter(texts: list[str]) -> None:
    together = hash_words(texts)
    assert [words.tolist() for words in together] == [hash_words([text])[0].tolist() for text in texts]


@given(TEXTS)
def test_a_block_parts_into_texts_and_lines(texts: list[str]) -> None:
    if not texts:
        return
    block = fold_block(texts, load_openers())
    assert block.words.tolist() == [word for words in hash_words(texts) for word in words.tolist()]
    assert block.text_words().tolist() == [len(words) for words in hash_words(texts)]
    assert int(block.line_words.sum()) == len(block.words)
    assert (block.line_words > 0).all()
    assert (np.diff(block.line_text) >= 0).all()


def test_lines_have_the_same_hash_wherever_they_stand() -> None:
    block = fold_block(["Police said so.\nA fire broke out", "A fire, broke out!\n\npolice SAID so"], load_openers())
    assert block.line_hash[0] == block.line_hash[3] != block.line_hash[1] == block.line_hash[2]


def test_notices_are_known_by_how_they_open() -> None:
    lines = [
        "Sign up for our newsletter today",
        "He signed up for our team",
        "Subscribe to us",
        "Advertisement",
        "Advertisements lie",
    ]
    assert fold_block(["\n".join(lines)], load_openers()).lines_opened.tolist() == [True, False, True, True, False]


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 9))
def test_shingles_are_runs(values: list[int], length: int) -> None:
    words = np.array(values, dtype=np.uint32)
    shingles = hash_shingles(words, length)
    firsts = np.arange(max(len(words) - length + 1, 0))
    assert shingles.tolist() == hash_runs(prefix_sums(words), firsts, firsts + length).tolist()
    runs = [tuple(values[at : at + length]) for at in firsts]
    assert len(set(shingles.tolist())) == len(set(runs))


@given(st.integers(0, 10**6), st.integers(0, 260), st.integers(0, 260), st.integers(0, 260))
def test_twenty_words_in_common_are_an_anchor_in_common(seed: int, before: int, between: int, after: int) -> None:
    rng = np.random.default_rng(seed)
    run = rng.integers(0, 2**32, 20, dtype=np.uint32)
    fill = [rng.integers(0, 2**32, count, dtype=np.uint32) for count in (before, between, between, after)]
    texts = [np.concatenate([fill[0], run, fill[1]]), np.concatenate([fill[2], run, fill[3]])]
    lengths = np.array([len(text) for text in texts])
    anchors, of = select_anchors(np.concatenate(texts), lengths)
    if (lengths >= 20).all():
        assert set(anchors[of == 0].tolist()) & set(anchors[of == 1].tolist())
    if (lengths >= ALL_BELOW).all():
        assert len(anchors) < lengths.sum() / 4


@given(SMALL, SMALL, st.integers(1, 8))
def test_verbatim_share_is_what_counting_gives(ours: list[int], theirs: list[int], run: int) -> None:
    covered = set()
    for at in range(len(ours) - run + 1):
        if any(ours[at : at + run] == theirs[of : of + run] for of in range(len(theirs) - run + 1)):
            covered.update(range(at, at + run))
    one, other = np.array(ours, dtype=np.uint32), np.array(theirs, dtype=np.uint32)
    lengths = np.array([len(one), len(other)])
    texts = Texts(np.concatenate([one, other]), np.array([0, len(one)]), lengths)
    shares = share_verbatim(texts, np.array([0, 1]), np.array([1, 1]), np.array([run, run]))
    assert shares[0] == pytest.approx(len(covered) / len(ours))
    assert shares[1] == (1.0 if len(theirs) >= run else 0.0)


@pytest.mark.parametrize("in_memory", [0, 13, 14])
def test_a_shelf_keeps_what_memory_does_not_hold(in_memory: int) -> None:
    shelf = Shelf(in_memory)
    arrays = [np.arange(count, dtype=np.uint32) for count in (4, 0, 7, 3)]
    for array in arrays:
        shelf.add(array)
    words = shelf.get()
    assert words.tolist() == np.concatenate(arrays).tolist()
    words[1] = 9  # the furniture is left out in place
    assert words.tolist()[:3] == [0, 9, 2]
