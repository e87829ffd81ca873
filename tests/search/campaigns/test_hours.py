"""Hours of a day as a merchant writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.campaigns.rules.hours import BadHours, print_hours, read_hours


@given(st.integers(0, (1 << 24) - 1))
def test_what_is_printed_is_read_back(day: int) -> None:
    assert read_hours(print_hours(day)) == day


def test_spans_may_be_written_as_people_do() -> None:
    assert (
        print_hours(read_hours("8–12，18～24")) == print_hours(read_hours(" 8 - 12 ; 18-20、20-24 ")) == "8-12, 18-24"
    )
    assert read_hours("") == read_hours(" , ") == 0 and print_hours((1 << 24) - 1) == "0-24"


@pytest.mark.parametrize("text", ["8", "12-8", "0-25", "8-8", "-3", "a-b", "1-2-3", "8:00-9:00", "²-5"])
def test_what_names_no_hours_is_refused(text: str) -> None:
    with pytest.raises(BadHours):
        read_hours(text)
