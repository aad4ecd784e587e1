"""What stands in a text without being the report: found where it is, and nowhere else."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.extract.furniture import find_furniture, find_posts, foreign_stretches, guess_language
from newsblotter.extract.sentences import split_sentences

FACT = "Two masked men robbed a jewellery shop in Exampleton on Tuesday, police said."


def covered(text: str) -> str:
    return " … ".join(text[start:end] for start, end in find_furniture(text))


@pytest.mark.parametrize(
    "line",
    [
        "SIGN UP FOR OUR NEWSLETTER",
        "Sign up for one of our email newsletters.",
        "Follow Ada Example on Twitter @adaexample",
        "Follow EXAMPLE.COM: Facebook | Twitter",
        "Click here to download our app.",
        "Copyright 2016 WXYZ. All rights reserved.",
        "© 2017 Example Media Group.",
        "This material may not be published, broadcast, rewritten or redistributed.",
        "Please enable Javascript to watch this video",
        "We use cookies to improve our service for you.",
        "You must enter the characters with black color that stand out from the other characters",
        "Leave a Reply",
        "Jump to content",
        "Home » today » News",
        "FREE APPS | NOW | FACEBOOK | TWITTER",
        "Read more: Man held after earlier raid in Sampleville",
        "Related: Three held after shop raid",
        "READ ALSO: I have only ten years left",
        "Anyone with information is asked to call 555-0100.",
        "If you have any information, call Crime Stoppers at 555-0100.",
        "Crime Stoppers is offering a reward of up to $5,000 for information leading to an arrest.",
        "Tips can be sent by text message.",
        "adaexample@example.com or 555-555-0100",
        "@adaexample",
        "By Ada Example and Bob Sample",
        "Saturday, March 25, 2017",
        "Posted May 19, 2024 2:55 PM CDT",
        "Saturday, November 23, 2024, 05:35 PM | Exampleton | -11.4°C",
        "3 of 3 Premium Clicks used this month",
        "0 Pending Comments",
        "Like this: Like Loading...",
        "Ada Example reports for the Channel 4 News at 5 p.m.",
        "The Associated Press contributed to this report.",
        "Stay with Channel 3 for the latest on this story.",
    ],
)
def test_a_line_of_furniture_is_found_and_the_report_beside_it_is_not(line: str) -> None:
    text = f"{FACT}\n\n{line}\n\n{FACT}"
    start = text.index(line)
    spans = find_furniture(text)
    inside = sum(max(0, min(end, start + len(line)) - max(begin, start)) for begin, end in spans)
    assert inside >= 0.6 * len(line)
    assert all(start <= begin and end <= start + len(line) for begin, end in spans)


@pytest.mark.parametrize(
    "sentence",
    [
        FACT,
        "Police officers stand outside the shop after it was robbed on March 25, 2017",
        "Followed by two cars, the gang fled on Twitter Street.",
        "The thieves clicked open the case and shared the watches.",
        "A witness ran to call the police after the gunmen left.",
        "The case was dropped after witnesses failed to come forward.",
        "Photos of the suspects were shown to the clerk, who picked out two men.",
        "Police said on their Facebook page that one man was arrested.",
        "The Medical Office reports that the boy died on Monday.",
        "The company holds the copyright and was robbed of its archive.",
        "He was charged in March 2015 with stealing a car.",
        "More than 30 shots were fired.",
        "Sorrow filled the town after three people were killed.",
        "By Monday the two men were in custody.",
        "It reached 30 degrees when the clerk was found.",
    ],
)
def test_what_tells_facts_is_no_furniture(sentence: str) -> None:
    assert covered(f"{FACT}\n\n{sentence}\n\n{FACT}") == ""


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        ("Officers outside the shop after it was robbed (AP Photo/Ada Example)", "(AP Photo/Ada Example)", "robbed"),
        ("The entrance of the shop after a robbery in Exampleton(AP)", "(AP)", "robbery"),
        (
            "Photo: Ada Example / Sample Chronicle Image 1 of / 2 Caption Close Image 1 of 2 Police say a boy was shot at noon.",
            "Photo: Ada Example",
            "Police say a boy was shot at noon",
        ),
        ("date 2017-03-26 A gang robbed a shop in Exampleton.", "date 2017-03-26", "A gang robbed"),
        (
            "Two dead in shooting Posted: Saturday, May 30, 2015 1:11 PM EDT Updated: Sunday, May 31, 2015 7:43 PM EDT",
            "Posted: Saturday, May 30, 2015",
            "Two dead in shooting",
        ),
        ("No arrests have been made, and anyone with information is asked to call 555-0100.", "anyone with", "No arrests"),
        ("Man held after raid - WXYZ News 12 Exampleton, Weather & Sports\n\n" + FACT, " - WXYZ News", "Man held"),
        ("Two men are in custody.Anyone with information is asked to call 555-0100.", "Anyone with", "in custody"),
        ("Advertisement The clerk died at the scene.", "Advertisement", "died at the scene"),
    ],
)
def test_only_the_part_that_is_furniture_is_marked(text: str, found: str, kept: str) -> None:
    marked = covered(text)
    assert found in marked
    assert kept not in marked


def test_headlines_below_a_heading_of_links_are_no_part_of_the_report() -> None:
    text = f"{FACT}\n\nRelated Coverage\nThree shot in Sampleville\nBank robbed by clowns\n\nThe clerk was not hurt."
    assert "Three shot" in covered(text) and "clowns" in covered(text)
    assert "clerk" not in covered(text)


SIGNED = "—   Diario Ejemplo (@ejemplo) March 25, 2017"
POST = f"🔴| Vídeo del robo en la zona del centro tras el atraco #Exampleton pic.twitter.com/AbC1dE2fG3 {SIGNED}"


@pytest.mark.parametrize(
    ("text", "start", "day", "language"),
    [
        (f"{FACT}\n\n{POST}\n\nA car was found.", "🔴|", "March 25, 2017", "es"),
        (f"{FACT} {POST} A car was found.", "🔴|", "March 25, 2017", "es"),
        (
            f"{FACT} 🔴| Vídeo del robo en la zona tras el atraco pic. twitter.   {SIGNED},  Also",
            "🔴|",
            "March 25, 2017",
            "es",
        ),
        (
            f"{FACT}\n\nOfficers have closed the street to all traffic. — Example Police (@examplepd) 5 May 2019\n\nMore.",
            "Officers have",
            "5 May 2019",
            "en",
        ),
        (
            f"{FACT}\n\nStreet closed near the shop.\n— Example Police (@examplepd) May 5, 2019",
            "Street closed",
            "May 5, 2019",
            None,
        ),
        (
            f"{FACT} Officers have closed the street. — Example Police (@examplepd) May 5, 2019 Then it rained.",
            "Officers have",
            "May 5, 2019",
            None,
        ),
    ],
    ids=["paragraph", "flat", "mangled", "english", "signature-line", "english-flat"],
)
def test_posts_are_found_with_their_start_day_and_language(text: str, start: str, day: str, language: str | None) -> None:
    (post,) = find_posts(text)
    assert text[post.start :].startswith(start)
    assert text[post.dateline_start : post.dateline_end] == day
    assert post.end == post.dateline_end
    assert language is None or post.language == language


def test_a_post_without_a_day_has_an_empty_dateline() -> None:
    (post,) = find_posts("Street closed now. — Example Police (@examplepd)")
    assert post.dateline_start == post.dateline_end


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Voiture en feu après le braquage d'une bijouterie dans le centre de la ville.", "fr"),
        ("Los ladrones huyeron en un coche que fue hallado en llamas.", "es"),
        ("Die Täter flüchteten mit einem Auto und wurden nicht gefasst.", "de"),
        ("I ladri sono fuggiti con una macchina che è stata trovata in fiamme.", "it"),
        ("Os ladrões fugiram em um carro que foi encontrado em chamas.", "pt"),
        ("The thieves fled in a car that was found on fire.", "en"),
    ],
)
def test_the_language_of_a_sentence_is_told_by_its_small_words(sentence: str, language: str) -> None:
    assert guess_language(sentence) == language
    text = f"{FACT} {sentence} {FACT}"
    assert foreign_stretches(tuple(split_sentences(text)), text) == (() if language == "en" else (1,))


@pytest.mark.parametrize(
    "sentence", ["La Mesa de Los Ejemplos, El Centro.", "Maria de la Cruz and Juan de los Santos were arrested.", "Oui."]
)
def test_names_and_short_sentences_follow_the_report(sentence: str) -> None:
    text = f"{FACT} {sentence}"
    assert foreign_stretches(tuple(split_sentences(text)), text) == ()


PIECES = [*"aB .,\n@—()|#:©1207", "Photo: ", "date 2017-03-26", " (AP)", "— X (@x) May 1, 2020"]


@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
def test_spans_lie_in_the_text_sorted_and_apart(text: str) -> None:
    spans = find_furniture(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(spans))
    for post in find_posts(text):
        assert 0 <= post.start <= post.dateline_start <= post.dateline_end <= post.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["a ", "(", "Photo: ", "— a (@", "follow a ", "@", ". A", "Posted: ", "1 ", "| ", "\n", "(" * 3 + "AP "]
)
def test_cost_grows_with_the_length_and_no_faster(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        begun = time.process_time()
        find_furniture(text)
        find_posts(text)
        return time.process_time() - begun

    cost(2_000)
    assert min(cost(80_000) for _ in range(2)) < 0.05 + 16 * max(min(cost(10_000) for _ in range(3)), 0.004)
