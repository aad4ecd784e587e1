"""The day of publication: read where it is stated, never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsblotter.collect.published import (
    correct_stated,
    in_range,
    read_address,
    read_crawl_mark,
    read_date_line,
    read_stated,
)

BODY = "\n\nTwo men robbed a shop in Exampleton on March 3, 2011, police said.\n"
DAY = date(2017, 3, 26)


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("2017-03-26", DAY),
        ("2017-03-26T23:59:59-05:00", DAY),
        ("2017-03-26 08:07:22", DAY),
        ("2017/03/26", DAY),
        ("20170326", DAY),
        ("Sun, 26 Mar 2017 10:00:00 GMT", DAY),
        ("March 26, 2017", DAY),
        ("Mar. 26, 2017 4:13 PM", DAY),
        ("26 March 2017", DAY),
        ("26. März 2017", DAY),
        ("26 mars 2017", DAY),
        ("26 de marzo de 2017", DAY),
        ("26.03.2017", DAY),
        ("26/03/2017", DAY),
        ("03/26/2017", DAY),
        ("1490486400", DAY),
        ("1490486400000", DAY),
        ("03/04/2017", None),
        ("2017-02-30", None),
        ("2017-13-01", None),
        ("0000-00-00", None),
        ("1066-10-14", None),
        ("yesterday", None),
        ("2017", None),
        ("25:61", None),
        ("", None),
        (None, None),
        ("9" * 79, None),
        ("x" * 5_000, None),
    ],
)
def test_stated_dates(stated: str | None, wanted: date | None) -> None:
    assert read_stated(stated) == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://example.com/2017/03/26/shop-robbed/", DAY),
        ("https://example.com/news/2017-03-26/shop", DAY),
        ("https://example.com/world/2017/mar/26/shop", DAY),
        ("https://example.com/story/20170326/shop", DAY),
        ("https://example.com/article/20175", None),
        ("https://example.com/2017/03/shop", None),
        ("https://example.com/2017/13/26/shop", None),
        ("https://example.com/story/29196816/1-person-shot", None),
        (None, None),
    ],
)
def test_addresses(url: str | None, wanted: date | None) -> None:
    assert read_address(url) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("date 2017-03-26 SIGN UP FOR OUR NEWSLETTER\n", DAY),
        (" date 2017-03-26\nTwo men", DAY),
        ("date 2017-03-26 Two men robbed a shop.", DAY),
        ("The date 2017-03-26 was chosen.", None),
    ],
)
def test_crawl_marks(text: str, wanted: date | None) -> None:
    assert read_crawl_mark(text) == wanted


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("Posted: Sunday, March 26, 2017 4:09 AM EDT Updated: Monday, March 27, 2017 4:09 AM EDT", DAY),
        ("Two held after raid Posted: Sunday, March 26, 2017 4:09 AM EDT", DAY),
        ("Published Mar 26, 2017", DAY),
        ("Published on March 26 2017 12:30 pm", DAY),
        ("Published: 15:41 GMT, 26 March 2017 | Updated: 16:01 GMT, 27 March 2017", DAY),
        ("Created: 03/26/2017 4:15 PM example.com", DAY),
        ("Publié le 26 mars 2017", DAY),
        ("Sunday, March 26, 2017", DAY),
        ("Sunday 26 March 2017 22:46", DAY),
        ("26 Mar 2017", DAY),
        ("By Ada Example\nMar 26, 2017 4:13 PM", DAY),
        ("By Ada Example Mar 26, 2017 4:13 PM", DAY),
        ("Ada Example 26 March 2017", DAY),
        ("Sample | 2017-03-26 11:34:30", DAY),
        ("News | Sample | 26.03.2017", DAY),
        ("EXAMPLETON, Ind. (March 26, 2017) – Two men", DAY),
        ("Last Updated: Sunday, 26 March, 2017, 12:16 GMT", DAY),
        ("Updated March 26, 2017 13:48:37", DAY),
        ("Current:Home > Markets View Date:2017-03-26 08:07:22", None),
        ("Sunday, March 26, 2017, 05:35 PM | Exampleton | -11.4°C", None),
        ("On March 26, 2017 a shop in Exampleton was robbed.", None),
        ("The shop was robbed on March 26, 2017", None),
        ("He posted on March 26, 2017 that he was innocent.", None),
        ("Copyright 2017", None),
    ],
)
def test_date_lines(head: str, wanted: date | None) -> None:
    assert read_date_line(head + BODY) == wanted


def test_a_record_with_the_day_of_the_crawl_gives_way_to_the_report_s_own_line() -> None:
    text = "Created: 03/26/2017 4:15 PM" + BODY
    assert correct_stated(date(2019, 1, 28), text) == DAY
    assert correct_stated(date(2017, 3, 27), text) == date(2017, 3, 27)
    assert correct_stated(date(2016, 1, 1), text) == date(2016, 1, 1)


def test_a_day_after_the_fetch_is_no_day_of_publication() -> None:
    fetched = datetime(2017, 3, 25, 12, tzinfo=UTC)
    assert in_range(DAY, fetched) == DAY
    assert in_range(date(2017, 3, 27), fetched) is None
    assert in_range(DAY, None) == DAY
