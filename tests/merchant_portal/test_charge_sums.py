"""Why a view or click costs what it does: a sum that adds up, line by line, and what it was held to."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal

import pytest
from django.utils import translation

from merchant_portal.ads_reports.explaining import explain
from merchant_portal.ads_reports.page import print_exact
from search.auction.contracts import (
    ClickBid,
    DisplayPrice,
    DisplayPriceInputs,
    MechanismName,
    Price,
    PriceBranch,
    PriceInputs,
    TokenKind,
)
from search.auction.display import compute_display_price
from search.auction.keyword import hold_auction
from search.auction.pricing import compute_price
from search.auction.records import write_record
from search.campaigns.models import Campaign, Group, Keyword
from search.spending.contracts import AdEventView
from tests.fixtures.ads import MICRO, AdRow, make_ad
from tests.search.auction.markets import markets

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FEN = Decimal("0.01")


@pytest.fixture(autouse=True)
def english(db: None) -> Iterator[None]:
    with translation.override("en"):
        yield


def make_event(price: Price | DisplayPrice, *, borne_micro: int = 0, reason: str = "", **more: object) -> AdEventView:
    if isinstance(price, Price):
        price_micro, kind = price.amount_minor * MICRO, TokenKind.CLICK
    elif price.inputs.click is not None:
        price_micro, kind = price.click_minor * MICRO, TokenKind.CLICK
    else:
        price_micro, kind = price.view_micro, TokenKind.VIEW
    borne_micro = price_micro if reason else borne_micro
    event = AdEventView(
        number=1, day=NOW.date(), token=uuid.uuid4(), kind=kind, at=NOW, decision_id=uuid.uuid4(), place=1, ad_id=1,
        campaign_id=1, group_id=1, keyword_id=None, shop_id=1, product_id=1, page="search", query="", region="",
        lease_id=1, price_micro=price_micro, billed_micro=price_micro - borne_micro,
        borne_micro=0 if reason else borne_micro, reason=reason, person=None, network=None, dwell_ms=None,
        charge_id=None, inputs=write_record(price), decision_stored=True, written_in=1,
    )  # fmt: skip
    return replace(event, **more)


def make_display(ecpm: int, next_ecpm: int | None, click: ClickBid | None = None, floor: int = 500) -> DisplayPrice:
    inputs = DisplayPriceInputs(
        ecpm_minor=ecpm, floor_minor=floor, step_minor=10, next_ecpm_minor=next_ecpm, click=click
    )
    return compute_display_price(inputs)


def add_up(event: AdEventView) -> None:
    """Follow the sum with a pencil: every line follows from the one before, the last is what was charged."""
    why = explain(event)
    assert why is not None
    so_far: Decimal | None = None
    for line in why.lines:
        sign, figure = line.figure[0], Decimal(line.figure.strip("+−÷ ¥").replace(",", ""))
        if sign == "+":
            so_far = so_far + figure  # type: ignore[operator]
        elif sign == "−":
            so_far = so_far - figure  # type: ignore[operator]
        elif sign == "÷":
            so_far = so_far / figure  # type: ignore[operator]
        elif line.label == "Score of who came next":
            so_far = figure / 100
        elif line.label == "Rounded down to a fen":
            assert so_far is not None and figure == so_far.quantize(FEN, ROUND_FLOOR), why.lines
            so_far = figure
        else:
            assert so_far in (None, figure), why.lines
            so_far = figure
    assert so_far == Decimal(why.total.strip("¥").replace(",", "")), why
    assert why.total == f"¥{print_exact(event.billed_micro)}"


def bid_at(bid_minor: int) -> Price:
    """The price of who is alone with a bid."""
    return compute_price(
        PriceInputs(
            mechanism=MechanismName.GSP, bid_minor=bid_minor, quality=500, reserve_minor=20, step_minor=1,
            lower_scores=(), weights_ppm=(), rules_version=1, weights_version=1, quality_version=1,
        )
    )  # fmt: skip


def test_every_price_of_a_click_adds_up() -> None:
    raised = compute_price(replace(bid_at(250).inputs, reserve_minor=90, lower_scores=(40_400,)))
    add_up(make_event(raised))
    seen = {raised.branch}
    for _number, candidates, terms in markets(40):
        for mechanism in MechanismName:
            for award in hold_auction(candidates, replace(terms, mechanism=mechanism)):
                if award.price.amount_minor:
                    add_up(make_event(award.price))
                    seen.add(award.price.branch)
    assert seen == set(PriceBranch)


@pytest.mark.parametrize("next_ecpm", [None, 400, 2_100, 3_995, 4_000])
@pytest.mark.parametrize("click", [None, ClickBid(80, 50_000), ClickBid(80, 50_003), ClickBid(333, 12_345)])
def test_every_price_of_a_place_adds_up(next_ecpm: int | None, click: ClickBid | None) -> None:
    add_up(make_event(make_display(4_000 if click is None else click.bid_minor * click.click_rate_ppm // 1_000,
                                   next_ecpm, click)))  # fmt: skip


def test_a_view_begins_with_the_runner_up_and_ends_with_its_own_price() -> None:
    why = explain(make_event(make_display(4_000, 2_100)))
    assert why is not None
    assert [(line.label, line.figure) for line in why.lines] == [
        ("Bid of who came next", "¥21.00"),
        ("One step more", "+ ¥0.10"),
        ("A thousand views", "¥21.10"),
        ("One of them", "÷ 1,000"),
    ]
    assert why.total == "¥0.0211"


@pytest.mark.parametrize("paid_by", [make_display(4_000, 2_100), make_display(4_000, 3_000, ClickBid(80, 50_000))])
def test_what_is_filtered_or_borne_by_us_leaves_the_sum(paid_by: DisplayPrice) -> None:
    add_up(make_event(paid_by, borne_micro=1_000))
    filtered = make_event(paid_by, reason="robot")
    add_up(filtered)
    why = explain(filtered)
    assert why is not None and why.total == "¥0.00"


def make_word(ad: AdRow, bid_minor: int | None) -> Keyword:
    return Keyword.objects.create(
        group_id=ad.group_id, text="马克杯", tokens=["马克杯"], match="broad", bid_minor=bid_minor
    )


@pytest.mark.parametrize(
    ("query", "typed", "search_bps", "effective", "said"),
    [
        ("马克杯", 230, 10_000, 230, "Not above your bid of ¥2.30"),
        ("陶瓷马克杯", 230, 10_000, 184, "Not above your bid of ¥2.30 × 0.80 (Phrase) = ¥1.84"),
        ("陶瓷马克杯", None, 15_000, 600, "Not above your bid of ¥5.00 × 0.80 (Phrase) × 1.50 (this page) = ¥6.00"),
        ("马克杯", 230, 15_000, 345, "Not above your bid of ¥2.30 × 1.50 (this page) = ¥3.45"),
        ("陶瓷马克杯", 250, 10_000, 184, "Not above your bid of ¥1.84, with the factors of match and page"),
        ("", 230, 10_000, 184, "Not above your bid of ¥1.84, with the factors of match and page"),
    ],
)
def test_a_bid_is_said_as_it_was_typed(
    query: str, typed: int | None, search_bps: int, effective: int, said: str
) -> None:
    ad = make_ad(shop_id=1, now=NOW)
    Campaign.objects.filter(pk=ad.campaign_id).update(search_bps=search_bps)
    word = make_word(ad, typed)
    why = explain(make_event(bid_at(effective), group_id=ad.group_id, keyword_id=word.pk, query=query))
    assert why is not None and why.kept[0] == said


def test_whoever_is_shown_for_a_category_bids_as_by_a_broad_match() -> None:
    ad = make_ad(shop_id=1, now=NOW)
    why = explain(make_event(bid_at(300), group_id=ad.group_id, page="category"))
    assert why is not None and why.kept[0] == "Not above your bid of ¥5.00 × 0.60 (Broad) = ¥3.00"


def test_a_bid_for_views_is_said_for_a_thousand_of_them() -> None:
    ad = make_ad(shop_id=1, now=NOW, charge="mille")
    Campaign.objects.filter(pk=ad.campaign_id).update(kind="display", home_bps=20_000)
    Group.objects.filter(pk=ad.group_id).update(bid_minor=2_000)
    why = explain(make_event(make_display(4_000, 2_100), group_id=ad.group_id, page="home"))
    assert why is not None
    assert why.kept[:2] == (
        "Not above your bid of ¥20.00 × 2.00 (this page) = ¥40.00 for a thousand views",
        "Not below the floor of ¥5.00 for a thousand views",
    )
    clicked = explain(
        make_event(make_display(4_000, 3_000, ClickBid(4_000, 10_000)), group_id=ad.group_id, page="home")
    )
    assert clicked is not None
    assert clicked.kept[0] == "Not above your bid of ¥20.00 × 2.00 (this page) = ¥40.00"


def test_how_often_a_person_is_charged_for_is_true_of_each_kind() -> None:
    once = "Clicks of one person on this ad are charged once a day"
    again = "Charged only when it was really seen; a person who comes back and sees it again counts again"
    cases = (
        (bid_at(300), once),
        (make_display(4_000, 3_000, ClickBid(80, 50_000)), once),
        (make_display(4_000, 2_100), again),
    )
    for price, said in cases:
        why = explain(make_event(price))
        assert why is not None and why.kept[2] == said
