"""A text cut where claims begin and end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsblotter.web.marking import Mark, cut_text, show_text

TEXT = "Armed robbers took rings worth 2 million euros."


def test_stretches_follow_the_claims() -> None:
    marks = [Mark(31, 46, "loot", "2 million EUR"), Mark(31, 32, "suspects", "2"), Mark(0, 13, "type", "robbery")]
    cut = cut_text(TEXT, marks, asked=(6, 18))
    assert [(one.text, one.group, one.begins, one.asked) for one in cut] == [
        ("Armed ", "what", True, False),
        ("robbers", "what", True, True),
        (" took", "", False, True),
        (" rings worth ", "", False, False),
        ("2", "law", True, False),  # the closest claim gives the colour
        (" million euros", "loot", False, False),
        (".", "", False, False),
    ]
    assert [mark.field for mark in cut[4].marks] == ["suspects", "loot"]


def test_claims_outside_the_text_are_left_out() -> None:
    cut = cut_text("short", [Mark(2, 99, "loot", "x"), Mark(3, 3, "loot", "x"), Mark(-1, 2, "loot", "x")], asked=(4, 90))
    assert [(one.text, one.marks, one.asked) for one in cut] == [("short", (), False)]


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=12),
    st.tuples(st.integers(), st.integers()),
)
def test_stretches_make_up_the_text(text: str, spans: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    marks = [Mark(start, end, "loot", str(at)) for at, (start, end) in enumerate(spans)]
    cut = cut_text(text, marks, asked)
    assert "".join(one.text for one in cut) == show_text(text)
    for mark in marks:
        if 0 <= mark.start < mark.end <= len(text):
            assert "".join(one.text for one in cut if mark in one.marks) == show_text(text[mark.start : mark.end])


def test_signs_that_turn_a_line_around_are_not_shown() -> None:
    assert show_text("a\u202eb\x00c\u200bd\ne") == "abcd\ne"
