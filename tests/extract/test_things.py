"""Weapons, vehicles and tactics: canonical names, and nothing that was denied or somebody else's."""

from __future__ import annotations

import re

import pytest
from told_goods import tell_goods

from newsblotter.extract.stems import stems_of
from newsblotter.extract.things import claim_things
from newsblotter.taxonomy import load_taxonomy


def _things(field: str, text: str, kind: str = "robbery") -> set[str]:
    document, scene = tell_goods("News", text, kind=kind)
    return {str(d.value) for d in claim_things(document, scene) if d.field == field}


WEAPONS = [
    ("One raider pulled a pistol.", {"handgun"}),
    ("The men carried handguns and a sledgehammer.", {"handgun", "sledgehammer"}),
    ("One stood guard with a long-barreled firearm.", {"long-barreled firearm"}),
    ("The gunman fled.", {"firearm"}),
    ("They held up the clerk at knifepoint.", {"knife"}),
    ("He threatened staff with a toy gun.", {"imitation firearm"}),
    ("Raiders with Kalashnikovs stormed in.", {"assault rifle"}),
    ("He fired a sawn-off shotgun.", {"shotgun"}),
    ("They used tear gas and a crowbar.", {"tear gas", "crowbar"}),
    ("Three men with axes and a machete.", {"axe", "machete"}),
    ("He had a hand grenade.", {"grenade"}),
    ("A car bomb went off.", {"car bomb"}),
    ("The thieves cut the case with an angle grinder.", {"angle grinder"}),
    ("Staff were sprayed with pepper spray.", {"pepper spray"}),
    ("He used a stun gun.", {"stun gun"}),
]

NO_WEAPON = [
    "No weapon was used, and no gun was seen.",
    "The thief did not have a knife.",
    "Police armed with machine guns sealed the street.",
    "The gun shop was closed.",
    "He was an axminster dealer.",
]


@pytest.mark.parametrize(("text", "expected"), WEAPONS, ids=[c[0][:30] for c in WEAPONS])
def test_weapons(text: str, expected: set[str]) -> None:
    assert _things("weapons", text) == expected


@pytest.mark.parametrize("text", NO_WEAPON)
def test_no_weapons(text: str) -> None:
    assert _things("weapons", text) == set()


VEHICLES = [
    ("They fled on a motorbike.", {"motorbike"}),
    ("The gang escaped in a white van.", {"van"}),
    ("They got away in a stolen Renault Megane.", {"Renault Megane"}),
    ("The getaway car was a black Audi A6.", {"Audi A6"}),
    ("They fled on bicycles.", {"bicycle"}),
    ("The robbers sped off on two scooters.", {"scooter"}),
    ("They used a two-wheeler to get in.", {"motorbike"}),
    ("They fled in a speedboat.", {"boat"}),
    ("A suspect drove off in a silver SUV.", {"SUV"}),
]


@pytest.mark.parametrize(("text", "expected"), VEHICLES, ids=[c[0][:30] for c in VEHICLES])
def test_vehicles(text: str, expected: set[str]) -> None:
    assert _things("vehicles", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A police car arrived quickly.",
        "The robbers fled past a police van.",
        "Van Gogh was stolen.",
        "He said a few words in Ford.",
    ],
)
def test_no_vehicles(text: str) -> None:
    assert _things("vehicles", text) == set()


TACTICS = [
    ("It was a classic smash-and-grab.", "smash-and-grab"),
    ("They smashed four display cases.", "display-cases-smashed"),
    ("He grabbed a tray of rings and ran.", "grab-and-run"),
    ("One kept the clerk busy while another distracted the guard, a distraction theft.", "distraction"),
    ("The gang set a fire nearby to distract police.", "diversion"),
    ("They rammed the shop front with a car, a ram-raid.", "ram-raid"),
    ("The burglars dug a tunnel from a cellar.", "tunnel"),
    ("They cut a hole in the wall of the vault room.", "wall-breach"),
    ("They came in through the roof.", "roof-entry"),
    ("They cut open the safe.", "safe-burglary"),
    ("The four were disguised as builders.", "disguise"),
    ("Two men dressed as police officers rang the bell.", "impersonating-police"),
    ("Police suspect an inside job.", "inside-job"),
    ("A car was later found on fire.", "getaway-vehicle-burned"),
    ("They burned the getaway car near the motorway.", "getaway-vehicle-burned"),
    ("They took two clerks hostage.", "hostage-taking"),
    ("Staff were tied up with tape.", "tied-up"),
    ("One kept watch outside.", "lookout"),
    ("They sped away on a motorcycle, escaped on two motorbikes.", "motorbike-getaway"),
    ("A lone gunman walked in.", "lone-robber"),
    ("It was a home invasion.", "home-invasion"),
    ("A travelling salesman was followed.", "off-premises-salesperson"),
    ("He swapped the ring for a fake.", "sleight-of-hand"),
    ("He posed as a customer.", "posed-as-customer"),
    ("They fired blanks.", "blanks-fired"),
    ("Hackers used malware.", "cyber"),
    ("She was caught shoplifting.", "shoplifting"),
    ("They cut the power to the building.", "power-cut"),
    ("The alarm had been disabled.", "alarm-disabled"),
    ("They drilled into the vault.", "drilled-vault"),
    ("They took the hard drives of the cameras.", "tapes-taken"),
    ("The attackers freed a prisoner.", "prisoner-freed"),
]


@pytest.mark.parametrize(("text", "expected"), TACTICS, ids=[f"{c[1]}-{i}" for i, c in enumerate(TACTICS)])
def test_tactics(text: str, expected: str) -> None:
    assert expected in _things("tactics", text)


def test_no_hostage_denied() -> None:
    assert "hostage-taking" not in _things("tactics", "No hostages were taken.")


def test_shop_tactics_are_not_read_from_a_shooting() -> None:
    assert "lookout" not in _things("tactics", "A neighbour kept watch after the shooting.", kind="shooting")


def test_one_claim_a_name_and_the_quote_holds_it() -> None:
    document, scene = tell_goods("Gunman with pistol", "The gunman drew a pistol. He fired the pistol.")
    drafts = [d for d in claim_things(document, scene) if d.value == "handgun"]
    assert len(drafts) == 1
    assert document.report.text[drafts[0].start : drafts[0].end] == "pistol"


VOCABULARY = [
    (name, term, pattern)
    for name, vocabulary in load_taxonomy().vocabularies.items()
    for term, patterns in vocabulary.terms.items()
    for pattern in patterns
]


@pytest.mark.parametrize("name", ["weapons", "vehicles", "tactics"])
def test_patterns_are_lower_case_and_sound(name: str) -> None:
    for vocabulary, term, pattern in VOCABULARY:
        if vocabulary == name:
            letters = re.sub(r"\\.", "", pattern)
            assert letters == letters.lower(), (term, pattern)
            assert re.compile(pattern).match("") is None, (term, pattern)


@pytest.mark.parametrize(
    ("pattern", "stems"),
    [
        ("(?:motor-?bikes?|two-?wheelers?)", {"motor", "wheeler"}),
        ("hand-?guns?", {"hand"}),
        ("knives", {"knives"}),
        (r"(?:cut|cutting) (?:\w+ ){0,3}safes?", {"safe"}),
        ("(?:a|an) ax", None),
        ("(?:red )?bus", {"bus"}),
        ("(?<!no )shots? fired", {"fired"}),
        ("[ab]cde", {"cde"}),
    ],
)
def test_stems(pattern: str, stems: set[str] | None) -> None:
    assert stems_of(pattern) == stems


def test_stems_stand_in_every_match() -> None:
    text = " ".join(t for t, _ in WEAPONS + VEHICLES + TACTICS).lower()
    for _, term, pattern in VOCABULARY:
        stems = stems_of(pattern)
        for match in re.finditer(pattern, text):
            assert stems is None or any(stem in match.group() for stem in stems), (term, pattern)


@pytest.mark.parametrize(
    "text",
    [
        "Robbers with pistols fled from the shop of Van Doorne & Zonen with gems.",
        "Van Doorne said that the robbers fled on foot.",
        "Thieves raid the vaults of Van Doorne and escape",
    ],
)
def test_a_van_in_a_name_is_no_vehicle(text: str) -> None:
    assert "van" not in _things("vehicles", text)
