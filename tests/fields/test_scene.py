"""Of the places that a mention names, the scene stays, with what agrees with it."""

from __future__ import annotations

import pytest

from newsblotter.fields.scene import AGREE_SHARE, settle_place
from newsblotter.records import Claim, Mention, Reality, Report, Role, Where, cut_quote

LEEDS = Where("Leeds", 1, 53.8, -1.55, 8.0, "GB", "England")
BRADFORD = Where("Bradford", 2, 53.79, -1.75, 6.0, "GB", "England")
YORK = Where("York", 3, 53.96, -1.08, 5.0, "GB", "England")
LYON = Where("Lyon", 4, 45.75, 4.85, 8.0, "FR", "Rhône")
BRITAIN = Where("Britain", 5, 54.0, -2.0, 500.0, "GB", None, "country")
ENGLAND = Where("England", 6, 52.5, -1.5, 250.0, "GB", "England", "region")
MONACO = Where("Monaco", 7, 43.73, 7.42, 2.0, "MC", None, "country")

CASES = [
    ("one", "A shop in Leeds was robbed.", [LEEDS], ["Leeds"]),
    ("its country agrees", "A shop in Leeds was robbed, the worst raid in Britain.", [LEEDS, BRITAIN], ["Leeds", "Britain"]),
    ("its region agrees", "A shop in Leeds, England, was robbed.", [LEEDS, ENGLAND], ["Leeds", "England"]),
    ("a near town agrees", "A shop in Leeds was robbed; the car was found in Bradford.", [LEEDS, BRADFORD], ["Leeds", "Bradford"]),
    ("a far town goes", "A shop in Leeds was robbed; the owner lives in York.", [LEEDS, YORK], ["Leeds"]),
    ("a headquarters goes", "A shop in Leeds was robbed, said a firm based in Lyon.", [LEEDS, LYON], ["Leeds"]),
    ("a country as large as a town", "A shop in Monaco was robbed.", [MONACO], ["Monaco"]),
    ("nothing", "A shop was robbed.", [], []),
]


def offer(text: str, places: list[Where]) -> tuple[Report, Mention, list[Claim]]:
    report = Report("r", "r", None, None, "", text, "en", None)
    claims = []
    for where in places:
        start = text.index(where.name)
        claims.append(Claim(where.name, "m", "place", cut_quote(report, start, start + len(where.name)), where, None, 0.8))
    at = text.index("robbed")
    return report, Mention("m", "r", "robbery", Role.MAIN, cut_quote(report, at, at + 6), Reality.ACTUAL), claims


@pytest.mark.parametrize(("text", "places", "expected"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_settle_place(text: str, places: list[Where], expected: list[str]) -> None:
    report, mention, claims = offer(text, places)
    kept = settle_place(report, mention, claims)
    assert [c.value.name for c in kept if isinstance(c.value, Where)] == expected
    assert settle_place(report, mention, claims[::-1])[::-1] == kept


def test_the_scene_has_the_best_score() -> None:
    report, mention, claims = offer(*CASES[1][1:3])
    best, other = settle_place(report, mention, claims)
    assert other.score <= AGREE_SHARE * best.score + 1e-4
    assert isinstance(best.value, Where)
    assert best.value.role == "scene"


def test_claims_without_a_place_are_left_out() -> None:
    report, mention, claims = offer(*CASES[0][1:3])
    unread = Claim("x", "m", "place", claims[0].quote, None)
    assert settle_place(report, mention, [unread]) == ()
    assert [c.id for c in settle_place(report, mention, [unread, *claims])] == ["Leeds"]
