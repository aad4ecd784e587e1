"""Reports that tell several incidents, read whole: which are told, in what role, when, where and of whom."""

from __future__ import annotations

from collections import Counter

import pytest
from told_stories import load, match, read_story

STORIES = load("fresh_stories.yaml")
# Found at least, of each role: the right role and date, and the right type or target. A little below what was measured.
FOUND_LEAST = {"own": 39, "background": 40, "follow_up": 5, "round_up": 6}
EXACT_LEAST = 33  # stories with every fact right and no incident more


def test_the_incidents_of_a_report_are_told_apart() -> None:
    found: Counter[str] = Counter()
    for story in STORIES:
        mentions = read_story(story["title"], story["text"], story["published"])
        for expected, right in zip(story["tells"], match(mentions, story["tells"]), strict=True):
            known = right.get("type", False) or right.get("target", False)
            found[expected["role"]] += right["role"] and right.get("date", True) and known
    assert {role: found[role] for role in FOUND_LEAST if found[role] < FOUND_LEAST[role]} == {}


def test_many_stories_are_read_without_a_fault() -> None:
    exact = 0
    for story in STORIES:
        mentions = read_story(story["title"], story["text"], story["published"])
        right = match(mentions, story["tells"])
        exact += len(mentions) <= len(story["tells"]) and all(all(one.values()) for one in right)
    assert exact >= EXACT_LEAST


@pytest.mark.parametrize("story", STORIES, ids=[story["name"] for story in STORIES])
def test_no_story_breaks_into_more_than_it_tells(story: dict[str, object]) -> None:
    mentions = read_story(str(story["title"]), str(story["text"]), story["published"])  # type: ignore[arg-type]
    assert len(mentions) <= len(story["tells"]) + 1  # type: ignore[arg-type]
