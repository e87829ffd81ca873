"""Kept lists put together with their ads: as often as they are shown, each time with tokens of their own."""

import re

from hypothesis import given
from hypothesis import strategies as st

from search.results.rules.merging import merge
from storefront.ads.marks import CLICK_TOKEN, SHELF, VIEW_TOKEN, arrange, has_cards, mark_cards

MARK = re.compile(rb"(card|slot|view|click|why)-[0-9a-f]{32}")


def write_page(listing_ids: list[int]) -> bytes:
    cards = mark_cards(listing_ids, [f"<li>goods {listing_id}</li>" for listing_id in listing_ids])
    return f"<ul>{cards}</ul>{SHELF}<p>the end</p>".encode()


def write_ad(listing_id: int, view: str, click: str) -> str:
    return f"<li data-ad={view}>ad {listing_id} <a href={click}></a><a href={click}></a></li>"


@given(
    organic=st.lists(st.integers(1, 40), unique=True, min_size=1, max_size=30),
    advertised=st.lists(st.integers(1, 50), unique=True, max_size=5),
)
def test_a_page_holds_what_merging_says_with_the_tokens_of_each_showing(
    organic: list[int], advertised: list[int]
) -> None:
    body = write_page(organic)
    assert has_cards(body)
    page = arrange(body, {listing_id: write_ad(listing_id, VIEW_TOKEN, CLICK_TOKEN) for listing_id in advertised})
    places = merge(organic, advertised)
    assert page.ads == sum(place.ad is not None for place in places)
    for time in ("first", "second"):
        tokens = [(f"view-{time}-{number}", f"click-{time}-{number}") for number in range(page.ads)]
        cards = [
            f"<li>goods {place.listing_id}</li>\n"
            if place.ad is None
            else write_ad(place.listing_id, *tokens[place.ad])
            for place in places
        ]
        shown = page.fill(f"<div>{time}</div>", tokens)
        assert shown == f"<ul>{''.join(cards)}</ul><div>{time}</div><p>the end</p>".encode()
        assert not MARK.search(shown)


def test_a_page_without_goods_bears_no_ads_and_shows_no_mark() -> None:
    for body in (b"<p>nothing was found</p>", write_page([])):
        assert not has_cards(body)
        page = arrange(body, {7: write_ad(7, VIEW_TOKEN, CLICK_TOKEN)})
        assert page.ads == 0
        assert page.fill("", []) == body.replace(SHELF.encode(), b"").replace(mark_cards([], []).encode(), b"")
