"""Cursors: opaque, signed, of one list only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.paging import BadCursor, cut_page, decode_cursor, encode_cursor

values = st.lists(st.one_of(st.text(max_size=40), st.integers(), st.none(), st.booleans()), min_size=1, max_size=4)


@given(values)
def test_a_position_comes_back_as_it_went(position: list[str | int | None]) -> None:
    cursor = encode_cursor(position, scope="orders")
    assert decode_cursor(cursor, scope="orders", length=len(position)) == position


@given(st.text(max_size=600))
def test_no_text_of_a_visitor_is_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(text, scope="orders", length=1)


def test_a_cursor_of_one_list_does_not_open_another() -> None:
    cursor = encode_cursor([1], scope="orders")
    with pytest.raises(BadCursor):
        decode_cursor(cursor, scope="products", length=1)
    with pytest.raises(BadCursor):
        decode_cursor(cursor, scope="orders", length=2)
    with pytest.raises(BadCursor):
        decode_cursor(cursor[:-1], scope="orders", length=1)


def test_pages_walk_a_list_to_its_end_without_a_gap_or_a_repeat() -> None:
    rows, seen, after = list(range(23)), [], -1
    while True:
        found = [row for row in rows if row > after][: 5 + 1]
        page = cut_page(found, size=5, scope="n", position=lambda row: [row])
        seen += page.items
        if page.next_cursor is None:
            break
        (after,) = decode_cursor(page.next_cursor, scope="n", length=1)  # type: ignore[assignment]
    assert seen == rows


def test_a_page_that_ends_with_the_list_has_no_next() -> None:
    assert cut_page([1, 2], size=2, scope="n", position=lambda row: [row]).next_cursor is None
    assert cut_page([], size=2, scope="n", position=lambda row: [row]).next_cursor is None
