"""Word pieces: the same ones as the reference implementation's, and each at its place."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsblotter.extract.wordpiece import WordPiece, load_wordpiece

SAMPLES = (
    "Three robbers took €4.5m in jewels from Bijouterie Éclat, Nîmes.",
    'A $1.2 million haul—police said—was "recovered" at O\'Hare…',
    "東京の宝石店で強盗 in Tokyo",
    "naïve\u200bzero\u00adwidth and\u00a0hard spaces\u2028line",
    "x" * 120 + " short",
    "İstanbul ŠKODA Ünïcödé ﬁne ½ price ﾊﾛｰ",
    "",
    "   ",
)

# Letters old enough for both to know: the reference carries an older table of Unicode.
LETTERS = st.one_of(
    st.characters(max_codepoint=0x52F, exclude_categories=("Cn", "Cs")),
    st.sampled_from("\u2009\u200b—…“”’€₹™½ﬁ東京ロ강"),
)


@pytest.fixture(scope="module")
def pieces() -> WordPiece:
    return load_wordpiece()


@pytest.fixture(scope="module")
def reference():
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = files("newsblotter").joinpath("_data/model/vocabulary.txt")
    return tokenizers.BertWordPieceTokenizer(str(vocabulary), lowercase=True)


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_a_text_has_the_reference_s_pieces(text, pieces, reference):
    assert pieces.cut(text).ids.tolist() == reference.encode(text, add_special_tokens=False).ids


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=LETTERS, max_size=60))
def test_any_text_has_the_reference_s_pieces(text):
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = files("newsblotter").joinpath("_data/model/vocabulary.txt")
    reference = tokenizers.BertWordPieceTokenizer(str(vocabulary), lowercase=True)
    cut = load_wordpiece().cut(text)
    assert cut.ids.tolist() == reference.encode(text, add_special_tokens=False).ids


@given(st.text(max_size=200))
def test_pieces_stand_in_order_within_the_text(text):
    cut = _SHARED.cut(text)
    assert all(0 <= start < end <= len(text) for start, end in zip(cut.starts, cut.ends, strict=True))
    assert (cut.starts[1:] >= cut.starts[:-1]).all()


def test_a_piece_says_where_it_stood(pieces):
    cut = pieces.cut("Nîmes, robbed")
    assert [("Nîmes, robbed"[s:e]) for s, e in zip(cut.starts, cut.ends, strict=True)] == ["Nî", "mes", ",", "robbed"]


_SHARED = load_wordpiece()


@given(st.text(max_size=60), st.integers(0, 30))
def test_the_first_pieces_are_those_of_the_whole(text: str, most: int) -> None:
    whole, first = _SHARED.cut(text), _SHARED.cut(text, most)
    assert first.ids.tolist() == whole.ids[:most].tolist()
    assert first.starts.tolist() == whole.starts[:most].tolist()
    assert first.ends.tolist() == whole.ends[:most].tolist()
