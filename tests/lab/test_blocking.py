"""Recall of candidates: what counts as a true pair, and what is left out."""

from dataclasses import replace
from datetime import date

from newsblotter.link.block import BlockSettings
from newsblotter.link.profile import build_profiles
from newsblotter.records import CopyGroup, Mention, Quote, Reality, Report, Role
from newsblotter_lab.blocking import describe_missed, find_mains, find_recall, list_true_pairs

TEXTS = {
    "a": "Gunmen raided the Belmarque jewellery shop in Ostraven. Inspector Quist spoke of three robbers.",
    "b": "The Belmarque raid in Ostraven: Inspector Quist has found the car of the robbers.",
    "c": "Gunmen raided the Belmarque jewellery shop in Ostraven. Inspector Quist spoke of three robbers.",
    "d": "Police ask for help.",
    "e": "Another text without an account.",
}
MAIN_OF = {name: {"one"} for name in TEXTS}


def make(name: str, role: Role = Role.MAIN, start: int = 0) -> Mention:
    quote = Quote(name, start, start + 4, TEXTS[name][start : start + 4])
    return Mention(f"m{name}{start}", name, "robbery", role, quote, Reality.ACTUAL)


def test_copies_and_reports_without_a_mention_are_left_out() -> None:
    reports = {
        name: Report(name, name, None, None, "", text, "en", date(2031, 5, 3 if name < "d" else 30)) for name, text in TEXTS.items()
    }
    mentions = [make(name) for name in "abcd"]
    profiles, rarity = build_profiles(mentions, reports, [CopyGroup("g", ("a", "c"), "a")])
    truth = list_true_pairs(profiles, MAIN_OF)
    assert (len(truth.pairs), truth.copies, truth.untold) == (5, 1, 4)
    recall = find_recall(profiles, rarity, MAIN_OF, BlockSettings())
    assert recall.missed == recall.missed_mains == {("a", "d"), ("b", "d"), ("c", "d")}
    assert recall.spread()[2] == 2
    assert "share keys of kind: none 3" in describe_missed(recall, rarity, BlockSettings())


def test_gold_means_the_first_account_in_focus() -> None:
    reports = {"a": Report("a", "a", None, None, "", TEXTS["a"], "en", None)}
    passing, late, early = make("a", Role.BACKGROUND), make("a", Role.MAIN, 20), make("a", Role.MAIN, 7)
    profiles, _ = build_profiles([passing, late, early], reports, [])
    assert find_mains(profiles) == {"a": early.id}
    assert find_mains([replace(profiles[0])]) == {"a": passing.id}
