"""Blocks: who shares telling keys meets, the cost is bounded, order does not matter."""

import random

import numpy as np
import pytest

from newsblotter.link.block import BlockSettings, Postings, find_pairs
from newsblotter.link.profile import find_host, find_slug
from newsblotter.link.words import hash_text

SETTINGS = BlockSettings(crowd=20, reach=4, met=40, candidates=5, namers=4)


def lay(held: list[list[str]], days: list[int] | None = None, tells: float = 3.0) -> Postings:
    keys = np.array([hash_text(key) for own in held for key in own], dtype=np.int64)
    bounds = np.cumsum([0, *map(len, held)])
    return Postings.sort(keys, np.full(len(keys), tells, dtype=np.float32), bounds, np.array(days or [0] * len(held)))


def pairs(blocks: Postings, settings: BlockSettings = SETTINGS) -> set[tuple[int, int]]:
    left, right = find_pairs(blocks, settings)
    assert (left < right).all()
    return set(zip(left.tolist(), right.tolist(), strict=True))


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param([], set(), id="nobody"),
        pytest.param([[], []], set(), id="no-keys"),
        pytest.param([["a"], ["b"], ["a", "b"]], {(0, 2), (1, 2)}, id="who-shares-a-key-meets"),
        pytest.param([["a"]] * 4, {(a, b) for a in range(4) for b in range(a + 1, 4)}, id="all-of-a-small-block"),
    ],
)
def test_who_meets(held: list[list[str]], expected: set[tuple[int, int]]) -> None:
    assert pairs(lay(held)) == expected


def test_in_a_crowd_one_meets_those_nearest_in_time() -> None:
    days = list(range(90))
    random.Random(2).shuffle(days)
    found = pairs(lay([["crowd"]] * 90, days), BlockSettings(crowd=20, reach=1, common=1.0))
    assert found == {tuple(sorted((days.index(day), days.index(day + 1)))) for day in range(89)}


def test_a_common_word_is_no_key() -> None:
    assert not pairs(lay([["crowd"]] * 90), BlockSettings(crowd=20, common=0.5))


def test_the_best_met_stay_and_so_do_the_best_that_name_a_mention() -> None:
    rng = random.Random(3)
    held = [rng.sample([f"k{at}" for at in range(60)], 12) for _ in range(300)]
    held[7] = held[250] = [f"own{at}" for at in range(6)] + held[7][:6]
    found = pairs(lay(held))
    assert (7, 250) in found
    assert max(np.bincount(np.array(sorted(found)).ravel())) <= SETTINGS.candidates + SETTINGS.namers


def test_blocks_tighten_as_the_news_grows_denser() -> None:
    """Ten times the mentions on the same keys: each looks at no more than before."""

    def looked_at(count: int) -> float:
        rng = random.Random(4)
        blocks = lay([rng.sample([f"k{at}" for at in range(50)], 10) for _ in range(count)], list(range(count)))
        left, _ = find_pairs(blocks, BlockSettings(crowd=20, reach=4, met=40, candidates=1000, namers=1000, common=1.0))
        return 2 * len(left) / count

    assert looked_at(2000) <= 1.1 * looked_at(200)


def test_the_order_of_keys_does_not_matter() -> None:
    rng = random.Random(5)
    held = [rng.sample([f"k{at}" for at in range(40)], 8) for _ in range(120)]
    expected = pairs(lay(held))
    assert pairs(lay([rng.sample(own, len(own)) for own in held])) == expected


def test_keys_are_the_same_on_every_machine() -> None:
    assert hash_text("pquist") == 5356876941986427790


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param(
            "https://news.example/local/shots-fired-at-bakery/article_8f3b.html", ("shots", "fired", "bakery"), id="a-title"
        ),
        pytest.param("https://news.example/egg_hill_township/12345", ("egg", "hill", "township"), id="a-section-named-for-a-town"),
        pytest.param("https://news.example/local/crime", (), id="plain-sections-say-nothing"),
        pytest.param("https://news.example/?q=shots-fired#shots-fired", (), id="only-the-path"),
        pytest.param("https://news.example/caf%C3%A9-robbed.html", ("café", "robbed"), id="encoded-letters"),
        pytest.param("no address", (), id="no-address"),
        pytest.param(None, (), id="none"),
    ],
)
def test_words_of_an_address(url: str | None, words: tuple[str, ...]) -> None:
    assert find_slug(url) == words


def test_a_site_named_for_a_town() -> None:
    assert find_host("https://www.springhillnews.example/a") == ("springhillnews",)
    assert find_host(None) == ()
