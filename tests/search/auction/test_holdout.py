"""Visitors who are shown no ads."""

from search.auction.holdout import is_held_out

KEY = b"key"
WEEK, NEXT = "2026-11-23", "2026-11-30"


def test_two_in_a_hundred_are_held_out_and_stay_so_for_a_period() -> None:
    people = [f"person-{number}" for number in range(50_000)]
    held = {one for one in people if is_held_out(one, WEEK, key=KEY, part_ppm=20_000)}
    assert 880 < len(held) < 1_120, "four standard deviations around a thousand"
    assert held == {one for one in people if is_held_out(one, WEEK, key=KEY, part_ppm=20_000)}
    again = {one for one in people if is_held_out(one, NEXT, key=KEY, part_ppm=20_000)}
    assert len(held & again) < 60, "another week draws anew"
    other = {one for one in people if is_held_out(one, WEEK, key=b"other", part_ppm=20_000)}
    assert len(held & other) < 60, "who does not know the key cannot know the lot"


def test_nobody_unknown_is_held_out_and_nobody_where_it_is_off() -> None:
    assert not is_held_out("", WEEK, key=KEY, part_ppm=1_000_000)
    assert not is_held_out("somebody", WEEK, key=KEY, part_ppm=0)
    assert is_held_out("somebody", WEEK, key=KEY, part_ppm=1_000_000)
