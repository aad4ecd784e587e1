"""How one text differs from another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsblotter.web.differences import compare_texts

BEFORE = "Robbers raid shop in Lyon\n\nThree men took rings. They fled on scooters. Police search."
AFTER = "Robbers raid shop in Lyon\n\nThree masked men took rings. They fled on scooters. Sign up here."


def test_edited_sentences_are_compared_word_by_word() -> None:
    assert [(one.kind, one.text.strip()) for one in compare_texts(BEFORE, AFTER)] == [
        ("same", "Robbers raid shop in Lyon\n\nThree"),
        ("new", "masked"),
        ("same", "men took rings. They fled on scooters."),
        ("gone", "Police search."),
        ("new", "Sign up here."),
    ]


def test_equal_texts_have_no_differences() -> None:
    assert [one.kind for one in compare_texts(BEFORE, BEFORE)] == ["same"]
    assert compare_texts("", "") == []


_texts = st.lists(
    st.sampled_from(["Robbers fled. ", "Police search. ", "Two men, ", "a ", "shop\n\n", "rings! "]), max_size=12
).map("".join)


@given(_texts, _texts)
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    found = compare_texts(before, after)

    def words(*kinds: str) -> str:
        return "".join("".join(one.text.split()) for one in found if one.kind in kinds)

    assert words("same", "gone") == "".join(before.split())
    assert words("same", "new") == "".join(after.split())
