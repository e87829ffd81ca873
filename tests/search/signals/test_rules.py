"""What a query is, who is who, what clicks are worth."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.signals.contracts import LEAST_LIFT_BPS, MOST_LIFT_BPS, NEUTRAL_LIFT_BPS, OfferFigures
from search.signals.rules.clicks import estimate_clicks, measure_lift, weigh_position
from search.signals.rules.robots import is_robot
from search.signals.rules.visitors import find_week, make_person, make_token, make_visitor
from search.signals.rules.words import LONGEST_QUERY, make_query


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("  iPhone   15 Pro ", "iphone 15 pro"),
        ("ｉＰｈｏｎｅ", "iphone"),
        ("馬克杯", "马克杯"),
        ("TN-2110", "tn-2110"),
        ("1300 mah 20w", "1300 mah 20w"),
        ("hp 15 128 256", "hp 15 128 256"),
        ("!!!", ""),
        ("", ""),
        ("a" * (LONGEST_QUERY + 1), ""),
    ],
)
def test_a_query_is_cleaned_text(words: str, query: str) -> None:
    assert make_query(words) == query


@pytest.mark.parametrize(
    "words",
    [
        "zhang.wei@example.com",
        "parcel for li ＠ example",
        "13800138000",
        "138 0013 8000",
        "138-0013-8000 杯子",
        "１３８００１３８０００",
        "6222 0212 3456 7890 123",
        "11010119900307123x",
        "https://example.com/cup",
        "www.example.com",
    ],
)
def test_what_looks_personal_is_no_query(words: str) -> None:
    assert make_query(words) == ""


@given(st.text(max_size=200))
def test_any_text_makes_a_query_that_stays_itself_and_holds_no_long_number(words: str) -> None:
    query = make_query(words)
    assert len(query) <= LONGEST_QUERY and "@" not in query
    assert make_query(query) in (query, "")
    digits = "".join(c if c.isascii() and c.isdigit() else " " for c in query)
    assert all(len(run) < 7 for run in digits.split())


def test_a_person_is_known_by_key_and_a_visitor_by_salt_too() -> None:
    member, guest = make_person(secret="k", user_id=5), make_person(secret="k", guest_key="5")
    assert member != guest != make_person(secret="other", guest_key="5")
    assert make_person(secret="k") == "" and make_visitor("", salt=b"s") is None
    assert make_visitor(member, salt=b"s") == make_visitor(member, salt=b"s") != make_visitor(member, salt=b"t")
    assert isinstance(make_token("a", 1), uuid.UUID) and make_token("a", 1) != make_token("a", 2)
    assert make_token("a", "b") != make_token("ab", "")


def test_a_week_begins_on_monday() -> None:
    assert find_week(date(2026, 11, 29)) == find_week(date(2026, 11, 23)) == date(2026, 11, 23)


def test_far_places_are_looked_at_less() -> None:
    weights = [weigh_position(position) for position in range(1, 100)]
    assert weights[0] == 10_000 and weights == sorted(weights, reverse=True) and len(set(weights)) == len(weights)
    assert weigh_position(None) == 10_000


@given(st.integers(0, 10_000), st.floats(0, 1e6), st.floats(0, 1))
def test_an_estimate_is_a_share_and_a_lift_stays_in_its_bounds(clicked: int, examined: float, average: float) -> None:
    assert 0 <= estimate_clicks(clicked=clicked, examined=examined, average=average) <= 1
    figures = OfferFigures(1, clicked, examined, clicked, 0, 0, 0)
    assert LEAST_LIFT_BPS <= measure_lift(figures, average=average) <= MOST_LIFT_BPS


def test_the_same_clicks_further_down_say_more() -> None:
    top = OfferFigures(1, 100, 100 * weigh_position(1) / 10_000, 10, 0, 0, 0)
    low = OfferFigures(2, 100, 100 * weigh_position(30) / 10_000, 10, 0, 0, 0)
    assert measure_lift(top, average=0.1) == NEUTRAL_LIFT_BPS < measure_lift(low, average=0.1)


def test_one_click_lifts_little_and_no_showing_lifts_nothing() -> None:
    one = OfferFigures(1, 1, 1.0, 1, 0, 0, 0)
    assert NEUTRAL_LIFT_BPS < measure_lift(one, average=0.1) < 1.5 * NEUTRAL_LIFT_BPS
    assert measure_lift(OfferFigures(1, 0, 0.0, 0, 0, 0, 0), average=0.1) == NEUTRAL_LIFT_BPS


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", True),
        ("curl/8.5.0", True),
        ("python-requests/2.32", True),
        ("", True),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0", True),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1",
            False,
        ),
        ("Mozilla/5.0 (Linux; Android 14; Cubot Note) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", False),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", False),
    ],
)
def test_programs_are_told_by_their_names(agent: str, robot: bool) -> None:
    assert is_robot(agent) is robot
