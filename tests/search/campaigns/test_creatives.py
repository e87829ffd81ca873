"""Pictures of merchants' own: checked at upload, shown only once staff have approved them."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from market.shops.contracts import ShopContext
from search.campaigns.contracts import BadInput, CampaignKind, Charge, CreativeState
from search.campaigns.contracts import limits as most
from search.campaigns.models import Creative
from search.campaigns.rules.creatives import check_picture, check_title, check_weight
from search.campaigns.selectors import count_waiting, list_creatives, list_for_review, map_creatives, read_changes
from search.campaigns.services import (
    AlreadyDecided,
    CreativeNotFound,
    NoSuchCreative,
    decide_creative,
    remove_creative,
    upload_creative,
)
from search.listings.selectors import map_listing_ids
from tests.conftest import Clock
from tests.search.campaigns.conftest import ACTOR, Advertiser, draw, live

STAFF = 3


def _decide(creative_id: int, clock: Clock, *, approved: bool, reason: str = "") -> None:
    decide_creative(creative_id=creative_id, approved=approved, reason=reason, actor_id=STAFF, now=clock.now)


def _run_display(who: Advertiser, creative_id: int) -> int:
    group = {
        "words": (), "product_ids": (), "creative_ids": (creative_id,), "bid_minor": 1_500, "charge": Charge.MILLE
    }  # fmt: skip
    return who.run(kind=CampaignKind.DISPLAY, group=group)


def test_a_creative_shows_only_once_it_is_approved(alpha: Advertiser, clock: Clock) -> None:
    creative_id = alpha.upload()
    campaign_id = _run_display(alpha, creative_id)
    before = live(campaign_id)
    assert before and before.ads == ()
    assert [one.creative_id for one in list_for_review(CreativeState.WAITING)] == [creative_id]
    _decide(creative_id, clock, approved=True)
    assert count_waiting() == 0
    seen = live(campaign_id)
    assert seen is not None
    (ad,) = seen.ads
    assert ad.creative and (ad.creative.title, ad.creative.landing) == ("周末的杯子", "/shop/alpha/")
    assert (ad.creative.picture.width, ad.creative.picture.height) == (1200, 400)
    assert (ad.charge, ad.bid_minor, ad.product_id) == (Charge.MILLE, 1_500, None)


def test_serving_hears_of_a_decision_and_of_a_removal(committed_db: object, alpha: Advertiser, clock: Clock) -> None:
    creative_id = alpha.upload()
    campaign_id = _run_display(alpha, creative_id)
    position = read_changes(after=None).position
    _decide(creative_id, clock, approved=True)
    changes = read_changes(after=position)
    assert changes.campaign_ids == (campaign_id,)
    remove_creative(shop_id=alpha.shop.shop_id, creative_id=creative_id, actor_id=ACTOR, now=clock.now)
    assert read_changes(after=changes.position).campaign_ids == (campaign_id,)
    seen = live(campaign_id)
    assert seen and seen.ads == ()


def test_a_refusal_says_why_and_is_final(alpha: Advertiser, clock: Clock) -> None:
    creative_id = alpha.upload()
    with pytest.raises(BadInput, match="reason: required"):
        _decide(creative_id, clock, approved=False)
    _decide(creative_id, clock, approved=False, reason="字太小，手机上看不清")
    (seen,) = list_creatives(shop_id=alpha.shop.shop_id)
    assert (seen.state, seen.reason) == (CreativeState.REFUSED, "字太小，手机上看不清")
    with pytest.raises(AlreadyDecided):
        _decide(creative_id, clock, approved=True)
    with pytest.raises(NoSuchCreative):
        _run_display(alpha, creative_id)


def test_what_was_approved_can_be_refused_later(alpha: Advertiser, clock: Clock) -> None:
    creative_id = alpha.upload()
    campaign_id = _run_display(alpha, creative_id)
    _decide(creative_id, clock, approved=True)
    _decide(creative_id, clock, approved=False, reason="图片里有二维码")
    seen = live(campaign_id)
    assert seen and seen.ads == ()


def test_the_same_upload_again_is_the_same_creative(alpha: Advertiser) -> None:
    assert alpha.upload() == alpha.upload()
    assert alpha.upload(colour="teal") != alpha.upload()


def test_staff_are_not_buried(alpha: Advertiser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(most, "MOST_WAITING", 1)
    alpha.upload()
    with pytest.raises(BadInput, match="waiting: too_many"):
        alpha.upload(colour="teal")


@pytest.mark.parametrize(
    "landing",
    [
        "https://evil.example/",
        "//evil.example/",
        "/shop/beta/",
        "/cart/",
        "/item/1/../",
        "https://evil.example/shop/alpha/",
        "//jishi.localhost/shop/alpha/",
        "ftp://jishi.localhost/shop/alpha/",
        "https://me@jishi.localhost/shop/alpha/",
        "https://jishi.localhost@evil.example/shop/alpha/",
        "https://jishi.localhost:1/shop/alpha/",
        "https://jishi.localhost/shop/beta/",
        "https://jishi.localhost/cart/",
        "https://jishi.localhost",
        "https://[jishi.localhost/shop/alpha/",
        "https://portal.jishi.localhost/shop/alpha/",
    ],
)
def test_a_creative_leads_to_the_own_shop_only(alpha: Advertiser, beta: Advertiser, landing: str) -> None:
    with pytest.raises(BadInput, match="landing: unknown"):
        _upload_to(alpha, landing)
    assert not Creative.objects.exists()


@pytest.mark.parametrize(
    "landing",
    [
        "/shop/alpha/",
        "https://jishi.localhost/shop/alpha/",
        "http://Jishi.localhost:{port}/shop/alpha/?sort=new&from=" + "x" * 300 + "#goods",
    ],
)
def test_an_address_on_our_own_host_is_kept_as_its_path(alpha: Advertiser, landing: str) -> None:
    assert settings.MARKET_HOST == "jishi.localhost"
    creative_id = _upload_to(alpha, landing.replace("{port}", str(settings.PORT)))
    assert map_creatives([creative_id])[creative_id].landing == "/shop/alpha/"


def test_a_creative_may_lead_to_an_own_product_and_to_no_other(alpha: Advertiser, beta: Advertiser) -> None:
    (own,) = map_listing_ids(shop_id=alpha.shop.shop_id, product_ids=[alpha.product_id]).values()
    (foreign,) = map_listing_ids(shop_id=beta.shop.shop_id, product_ids=[beta.product_id]).values()
    assert _upload_to(alpha, f"/item/{own}/")
    with pytest.raises(BadInput, match="landing: unknown"):
        _upload_to(alpha, f"/item/{foreign}/")


@pytest.mark.parametrize(
    ("size", "fits"),
    [((1200, 400), True), ((2400, 800), True), ((1205, 400), True), ((1200, 410), False), ((600, 200), False)],
)
def test_sizes_are_those_that_pages_show(size: tuple[int, int], fits: bool) -> None:
    if fits:
        check_picture(*size)
    else:
        with pytest.raises(BadInput, match="picture: wrong_size"):
            check_picture(*size)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("全国第一最低价", "全国第一"),
        ("今年最低价的杯子", "最低价"),
        ("全网最便宜", "全网最"),
        ("全网最低价的杯子", "全网最低"),
        ("最 佳 手感", "最佳"),
        ("给妈妈最好的茶", "最好"),
        ("国家级品质", "国家级"),
        ("最高级的釉色", "最高级"),
        ("顶级龙井", "顶级"),
        ("茶中极品", "极品"),
        ("唯一正宗", "唯一"),
        ("第一品牌", "第一"),
        ("茶杯第一名", "第一名"),
        ("口碑第一，人人说好", "口碑第一"),
        ("杯子，我们是第一", "第一"),
        ("全网第一次打折就买", "全网第一"),
        ("加微信领券", "加微信"),
        ("第１品牌", "第1"),
        ("第 1 名", "第1名"),
        ("销量第一", "销量第一"),
        ("全国第1家", "全国第1"),
        ("１００％有效", "100%有效"),
        ("第一手机店", "第一手机"),
        ("第一家具", "第一家具"),
        ("第一批发", "第一批发"),
    ],
)
def test_what_may_not_be_claimed_is_named(title: str, word: str) -> None:
    with pytest.raises(BadInput, match="title: forbidden") as refused:
        check_title(title)
    assert refused.value.word == word


@pytest.mark.parametrize(
    "title",
    [
        "第一次买就喜欢",
        "秋天的第一杯茶",
        "第一时间发货",
        "把最后一盏灯带回家",
        "全网最后三天",
        "我们的第一家店",
        "第一手货源",
        "第一块表",
        "第一位客人",
        "第一批发货",
        "第１次买茶",
        "第100位客人",
        "《唯一》同款杯子",
        "国家级非遗技艺，手工烧制",
        "最近上新",
        "周末的杯子",
    ],
)
def test_what_only_looks_like_a_claim_may_be_said(title: str) -> None:
    assert check_title(title) == title


def test_a_shop_may_say_its_own_name() -> None:
    assert check_title("唯一花房 春天上新", names=("唯一花房", "")) == "唯一花房 春天上新"
    with pytest.raises(BadInput, match="title: forbidden"):
        check_title("唯一花房 唯一正宗", names=("唯一花房", ""))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("全国第一", "一"),
        ("全国第一", "第一"),
        ("全国第一", "全国第一"),
        ("第一品牌", "第一品牌"),
        ("国家级品质", "国家"),
        ("全网最好", "全网最好"),
        ("茶友销量第一", "茶友销量"),
        ("唯一花房最低价", "唯一花房最低"),
    ],
)
def test_a_shops_name_hides_no_claim(title: str, name: str) -> None:
    with pytest.raises(BadInput, match="title: forbidden"):
        check_title(title, names=(name, ""))


def test_a_shops_name_is_known_however_wide_it_is_typed() -> None:
    assert check_title("唯一ＣＵＰ 上新", names=("唯一 CUP",)) == "唯一ＣＵＰ 上新"


@given(st.text("周末的杯子茶第一次最后", max_size=8), st.sampled_from(["最低价", "顶级", "极品", "最佳", "唯一"]))
def test_no_words_around_it_hide_a_claim(around: str, word: str) -> None:
    for title in (f"{around}{word}", f"{word}{around}", f"{around[:3]}{word}{around[3:]}"):
        with pytest.raises(BadInput, match="title: forbidden"):
            check_title(title)


@pytest.mark.parametrize("title", ["看 www.evil.example", "写信 cup@evil.example"])
def test_addresses_are_no_titles(title: str) -> None:
    with pytest.raises(BadInput, match="title: address"):
        check_title(title)


def test_heavy_pictures_are_refused() -> None:
    with pytest.raises(BadInput, match="picture: too_heavy"):
        check_weight(most.MOST_CREATIVE_BYTES + 1)


def test_a_shop_never_sees_or_uses_anothers_creative(alpha: Advertiser, beta: Advertiser, clock: Clock) -> None:
    theirs = beta.upload()
    _decide(theirs, clock, approved=True)
    assert list_creatives(shop_id=alpha.shop.shop_id) == []
    with pytest.raises(NoSuchCreative):
        _run_display(alpha, theirs)
    with pytest.raises(CreativeNotFound):
        remove_creative(shop_id=alpha.shop.shop_id, creative_id=theirs, actor_id=ACTOR, now=clock.now)
    assert map_creatives([theirs])[theirs].shop_id == beta.shop.shop_id


def _upload_to(who: Advertiser, landing: str) -> int:
    shop: ShopContext = who.shop
    return upload_creative(
        shop=shop,
        title="杯子",
        content=draw(600, 600),
        file_name="cup.png",
        landing=landing,
        actor_id=ACTOR,
        now=who.clock.now,
    )
