"""The rules end to end: twelve short reports, and the laws that hold on any text."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from read_reports import PUBLISHED, gazetteer, read, report, rules, spans

from newsblotter.extract.rules import lay_out
from newsblotter.fields import fill, read_when
from newsblotter.records import Claim, Count, Mention, Money, Reality, Report, When, Where, check_quote

REPORTS = [
    (
        "Jeweller robbed in Leeds",
        "Two masked men armed with hammers robbed Hallam's jewellery shop in Leeds on Tuesday and fled with watches worth £80,000, "
        "police said.",
        "robbery",
        {"date": "2019-05-14", "place": "Leeds", "suspects": 2, "loot": 80_000},
    ),
    (
        "Man shot dead in Tulsa",
        "A 34-year-old man was shot and killed outside a diner in Tulsa, Oklahoma, late Tuesday. No arrests were made.",
        "shooting",
        {"date": "2019-05-14", "place": "Tulsa", "killed": 1},
    ),
    (
        "Teen stabbed to death in park",
        "A 16-year-old boy was stabbed to death in a park in Swindon on Monday evening. Police are looking for three youths.",
        "homicide",
        {"date": "2019-05-13", "place": "Swindon", "killed": 1},
    ),
    (
        "Suicide bomber kills nine in Quetta",
        "A suicide bomber blew himself up outside a court in Quetta on Wednesday, killing nine people and wounding 20.",
        "bombing",
        {"date": "2019-05-15", "place": "Quetta", "killed": 9},
    ),
    (
        "Church set on fire in Malmo",
        "A church in Malmo was deliberately set on fire on Monday night, police said. Nobody was hurt.",
        "arson",
        {"date": "2019-05-13", "place": "Malmo", "injured": 0},
    ),
    (
        "Bus plunges into gorge near Shimla",
        "Twenty-two people died when a bus plunged into a gorge near Shimla on Tuesday.",
        "accident",
        {"date": "2019-05-14", "place": "Shimla", "killed": 22},
    ),
    (
        "Tycoon kidnapped in Karachi",
        "A property tycoon was kidnapped outside his office in Karachi on Tuesday by four gunmen.",
        "kidnapping",
        {"date": "2019-05-14", "place": "Karachi", "suspects": 4},
    ),
    (
        "Accountant embezzled $3m from Akron hospital",
        "An accountant embezzled $3 million from a hospital in Akron, prosecutors said on Monday.",
        "fraud",
        {"place": "Akron"},
    ),
    (
        "Thieves tunnel into bank vault",
        "Thieves tunnelled into the vault of a bank in Asunción over the weekend and emptied 60 safe deposit boxes.",
        "burglary",
        {"place": "Asunción"},
    ),
    (
        "Two jailed over 2016 bank robbery",
        "Two men were jailed for nine years on Wednesday for robbing a bank in Exeter in October 2016. They fled with £60,000.",
        "robbery",
        {"date": "2016-10", "place": "Exeter", "arrested": 2, "loot": 60_000},
    ),
    (
        "Militants storm army base in Maiduguri",
        "Militants stormed an army base in Maiduguri on Tuesday, killing 11 soldiers.",
        "attack",
        {"date": "2019-05-14", "place": "Maiduguri", "killed": 11},
    ),
    (
        "Prisoner escapes from Durban court",
        "A prisoner escaped from custody at the magistrate's court in Durban on Tuesday.",
        "escape",
        {"date": "2019-05-14", "place": "Durban"},
    ),
]


def filled(one: Report) -> tuple[Mention, ...]:
    found = spans(one.text)
    mentions = rules().read(one, lambda _: found, read_when)
    return fill(one, mentions, gazetteer(), spans=found).mentions


def shown(claims: tuple[Claim, ...], field: str) -> object:
    told = [claim for claim in claims if claim.field == field]
    if not told:
        return None
    value = max(told, key=lambda claim: (claim.score, -claim.quote.start)).value
    if isinstance(value, When):
        return value.edtf()
    if isinstance(value, Where):
        return value.name
    if isinstance(value, Count):
        return value.low
    return value.low if isinstance(value, Money) else value


@pytest.mark.parametrize(("title", "body", "type_", "facts"), REPORTS, ids=[case[0] for case in REPORTS])
def test_reads(title: str, body: str, type_: str, facts: dict[str, object]) -> None:
    (mention,) = filled(report(title, body))
    assert (mention.type, mention.reality) == (type_, Reality.ACTUAL)
    assert {field: shown(mention.claims, field) for field in facts} == facts


def hold_laws(one: Report, mentions: tuple[Mention, ...]) -> None:
    """Quotes stand in their report; ids are unique; every mention says what it is."""
    ids = [m.id for m in mentions] + [c.id for m in mentions for c in m.claims]
    assert len(ids) == len(set(ids))
    for mention in mentions:
        check_quote(one, mention.trigger)
        assert mention.report_id == one.id
        assert any(claim.field == "type" for claim in mention.claims)
        for claim in mention.claims:
            check_quote(one, claim.quote)
            assert claim.mention_id == mention.id
            assert 0 <= claim.score <= 1


SENTENCES = [sentence + "." for case in REPORTS for sentence in case[1].rstrip(".").split(". ")]
JOINTS = [" ", "\n", "\n\n", "\n \n", " “", "” ", "\u00a0", " … "]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(JOINTS)), max_size=12), st.sampled_from([PUBLISHED, None]))
def test_shuffled_reports_keep_the_laws(parts: list[tuple[str, str]], published: date | None) -> None:
    one = report("Crime in the region", "".join(sentence + joint for sentence, joint in parts), published)
    hold_laws(one, rules().read(one, spans, read_when))
    hold_laws(one, filled(one))
    assert filled(one) == filled(one)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_is_read(title: str, body: str) -> None:
    one = report(title, body)
    hold_laws(one, rules().read(one, spans, read_when))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from("robbed shot , . \n Tuesday 2008 $5 €2m “ ” two men police — ' a bank in Leeds killed \x00 é".split(" ")),
        max_size=60,
    )
)
def test_any_words_are_read(words: list[str]) -> None:
    one = report("Robbed", " ".join(words))
    hold_laws(one, filled(one))


def test_order_of_reading_changes_nothing() -> None:
    reports = [report(case[0], case[1]) for case in REPORTS]
    first = {one.id: rules().read(one, spans, read_when) for one in reports}
    random.Random(7).shuffle(reports)
    assert {one.id: rules().read(one, spans, read_when) for one in reports} == first


def test_other_languages_give_nothing() -> None:
    assert rules().read(report("Bank robbed", "Two men robbed a bank in Cork on Tuesday.", language="de"), spans, read_when) == ()
    assert rules().read(report("Bank robbed", "Two men robbed a bank in Cork on Tuesday.", language=None), spans, read_when)


@pytest.mark.parametrize(("title", "body"), [("", ""), (" ", ""), ("\n\n", ""), ("Robbed", "")])
def test_next_to_nothing(title: str, body: str) -> None:
    hold_laws(report(title, body), read(title, body))


def test_layout_loses_no_sentence_and_numbers_paragraphs() -> None:
    document = lay_out(report("Bank robbed", "One. Two.\n\nThree."), spans)
    assert [s.text for s in document.sentences] == ["Bank robbed", "One.", "Two.", "Three."]
    assert [s.paragraph for s in document.sentences] == [0, 1, 1, 2]
    assert [document.is_title(s) for s in document.sentences] == [True, False, False, False]
    assert document.sentence_at(0) is document.sentences[0]
    assert document.sentence_at(11) is None


def test_a_long_report_takes_time_in_proportion() -> None:
    body = "\n\n".join(f"{case[1]}" for case in REPORTS)

    def seconds(times: int) -> float:
        start = time.process_time()
        read("Crime", "\n\n".join([body] * times))
        return time.process_time() - start

    seconds(1)
    assert seconds(40) < 40 * max(seconds(4), 0.01)
