"""Sponsored goods on pages: labelled, merged, counted, clicked, and pages that are what they are without them."""

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from billing.settlement.services.days import business_date
from market.shops.tenancy import enter_shop
from market.taxonomy.models import Category
from market.taxonomy.selectors import forget_tree
from search.campaigns.contracts import CampaignKind, Charge, GroupDraft
from search.campaigns.services import create_campaign, decide_creative, upload_creative
from search.listings.keeping import forget_all
from search.listings.services import refresh_shop
from search.serving.services import get_server
from search.spending.contracts import AdTarget
from search.spending.models import AdEvent, Decision, Lease
from search.spending.services import lookups
from storefront.ads import filling, views
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import update_product
from tests.fixtures.api import MARKET, list_product
from tests.fixtures.serving import DRAFT, advertise, warm_up
from tests.fixtures.statements import captured_statements
from tests.search.campaigns.conftest import draw
from tests.storefront.pages.conftest import Browser, Street

_AD = re.compile(r'<li class="product" data-ad="([^"]{116})">.*?<a href="/ad/([^"]{116})/" rel="sponsored nofollow">')
_ITEM = re.compile(r'href="/item/(\d+)/"')
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SEARCH = "/search?q=%E9%9D%92%E9%87%89%E9%A9%AC%E5%85%8B%E6%9D%AF"  # 青釉马克杯


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def advertised(committed_db, street: Street) -> Street:
    """The mug is advertised by words, the tea by places."""
    advertise(street.offers[0], "马克杯", now=now())
    advertise(street.offers[1], charge=Charge.MILLE, bid_minor=5_000, now=now())
    street.index()
    warm_up(now())
    return street


def read_ads(page: str) -> list[tuple[str, str]]:
    """View and click tokens of the page's sponsored cards."""
    return _AD.findall(page.replace("\n", " "))


def visitor() -> Browser:
    browser = Browser("en")
    browser.client.defaults["HTTP_USER_AGENT"] = PERSON
    return browser


def report(browser: Browser, **body: object) -> int:
    answer = browser.client.post(
        "/ad/seen/", json.dumps(body), content_type="application/json", headers={"origin": f"http://{MARKET}"}
    )
    return int(answer.status_code)


def test_a_search_shows_the_advertised_product_first_labelled_and_only_once(advertised: Street) -> None:
    page = visitor().open(SEARCH)
    assert len(read_ads(page)) == 1
    assert _ITEM.findall(page[page.index('<ul class="goods"') : page.index("</ul>", page.index("goods"))]) == []
    assert ">Sponsored</button>" in page
    assert "The shop pays to appear for the search word “青釉马克杯”." in page
    assert 'popovertarget="why-ad-1"' in page and 'id="why-ad-1"' in page
    assert "card-" not in re.findall(r"[a-z]+-[0-9a-f]{32}", page)
    assert not re.search(r"(card|slot|view|click|why)-[0-9a-f]{32}", page), "no mark of a kept page is shown"


def test_the_label_is_in_the_visitors_language(advertised: Street) -> None:
    page = Browser("zh-CN").open(SEARCH)
    assert ">广告</button>" in page and "为什么看到这条广告？" in page and "「青釉马克杯」" in page


def test_product_and_home_pages_have_a_shelf_but_never_of_the_product_itself(
    advertised: Street,
) -> None:
    home = visitor().open("/")
    assert len(read_ads(home)) == 1 and "Sponsored goods" in home
    mug = visitor().open(f"/item/{advertised.listing_ids[0]}/")
    assert len(read_ads(mug)) == 1
    for page in (home, mug):
        assert "The shop pays to appear on this page. Rank depends on what shops bid;" in page
        assert "Whether it goes with what this page shows was not asked." in page
        assert "how well the item fits" not in page and "relevance floor" not in page
    tea = visitor().open(f"/item/{advertised.listing_ids[1]}/")
    assert not read_ads(tea) and "Sponsored goods" not in tea


def test_a_question_with_conditions_a_late_page_and_another_order_have_no_ads(advertised: Street) -> None:
    for more in ("&brand=Ru", "&min=1", "&sort=sales", "&shop=1", "&page=4"):
        page = visitor().open(SEARCH + more)
        assert not read_ads(page), more
        assert not re.search(r"(card|slot)-[0-9a-f]{32}", page)
    assert read_ads(visitor().open(f"{SEARCH}&page=1"))


def test_kept_pages_stay_kept_and_cost_at_most_two_statements_more(advertised: Street, monkeypatch) -> None:
    browser = visitor()
    for path in (SEARCH, "/", f"/item/{advertised.listing_ids[0]}/"):
        first = read_ads(browser.open(path))
        with captured_statements(monkeypatch) as statements:
            again = read_ads(browser.open(path))
        assert first and again and first != again, "each showing has tokens of its own"
        assert len(statements) == 1, f"{path}\n{statements}"
        list_product(advertised.shops[0], sku=f"NEW-{path}", price_minor=5, pieces=1, title="新")  # moves the epochs
        with captured_statements(monkeypatch) as statements:
            browser.open(path)
        with monkeypatch.context() as patched:
            patched.setattr(filling, "_ask", lambda *arguments: [])
            list_product(advertised.shops[0], sku=f"NEWER-{path}", price_minor=5, pieces=1, title="新")
            with captured_statements(monkeypatch) as bare:
                browser.open(path)
        assert len(statements) <= len(bare) + 2, f"{path}\n{statements}"
        assert not statements.touches_shop


def test_an_ad_shows_the_price_of_the_moment_on_a_page_that_is_kept(advertised: Street) -> None:
    browser, shop, offer = visitor(), advertised.shops[0], advertised.offers[0]
    for price_minor in (123_400, 567_800, 123_400):
        with transaction.atomic(), enter_shop(shop):
            draft = get_product_draft(offer.product_id).draft
            draft = replace(draft, variants=tuple(replace(one, price_minor=price_minor) for one in draft.variants))
            update_product(product_id=offer.product_id, draft=draft, now=now())
        refresh_shop(shop_id=shop.shop_id, now=now())
        for _ in range(2):
            page = browser.open(SEARCH)
            assert len(read_ads(page)) == 1 and f"{price_minor // 100:,}" in page


def test_a_page_is_the_same_without_ads_while_the_part_is_off_slow_or_failing(
    advertised: Street, settings, monkeypatch
) -> None:
    browser = visitor()
    assert read_ads(browser.open(SEARCH))
    settings.ADS_ON = False
    bare = browser.open(SEARCH)
    assert not read_ads(bare) and _ITEM.search(bare)
    settings.ADS_ON = True
    index = get_server().state.index

    def crawl(tokens):
        for _ in range(1_000):
            time.sleep(0.01)
            yield from type(index).find_words(index, tokens)

    for broken in (crawl, lambda tokens: 1 / 0):
        with monkeypatch.context() as patched:
            patched.setattr(index, "find_words", broken)
            get_server().state.forget_answers()
            began = time.monotonic()
            shown = browser.open(SEARCH)
            assert time.monotonic() - began < 5, "it does not wait for the ten that this would take"
        assert not read_ads(shown) and _ITEM.findall(shown) == _ITEM.findall(bare)


def test_what_is_sold_out_or_hidden_since_is_not_shown_as_an_ad(advertised: Street, monkeypatch) -> None:
    card_of = filling.list_cards
    with monkeypatch.context() as patched:
        patched.setattr(filling, "list_cards", lambda *arguments, **more: [])
        page = visitor().open(SEARCH)
    assert not read_ads(page) and _ITEM.search(page)
    assert filling.list_cards is card_of


def test_a_view_is_counted_once_and_a_click_is_billed_and_leads_to_the_goods(advertised: Street, monkeypatch) -> None:
    browser = visitor()
    (view, click), *_ = read_ads(browser.open(SEARCH))
    assert report(browser, rendered=[view]) == 204
    get_server().refresh(now())
    assert report(browser, viewed=[view]) == 204
    assert report(browser, viewed=[view, view]) == 204
    assert AdEvent.objects.filter(kind="view").count() == 1
    later = now() + timedelta(seconds=3)
    monkeypatch.setattr(views.timezone, "now", lambda: later)
    answer = browser.client.get(f"/ad/{click}/")
    assert (answer.status_code, answer["Location"]) == (303, f"/item/{advertised.listing_ids[0]}/")
    assert "no-store" in answer["Cache-Control"]
    event = AdEvent.objects.get(kind="click")
    assert (event.reason, event.billed_micro) == ("", 10 * 1_000_000), "alone, it pays the floor"
    assert Lease.objects.get(campaign_id=event.campaign_id).billed_micro == 10 * 1_000_000
    again = browser.client.get(f"/ad/{click}/")
    assert (again.status_code, again["Location"]) == (303, answer["Location"]), "led on, and not billed again"
    assert AdEvent.objects.filter(kind="click").count() == 1
    assert report(browser, dwell={"token": click, "ms": 4_200}) == 204
    assert AdEvent.objects.get(kind="click").dwell_ms == 4_200
    assert Decision.objects.filter(decision_id=event.decision_id).exists()


@pytest.mark.parametrize("more", ["//evil.example", "/../../evil", "?next=//evil.example", "#//evil.example"])
def test_no_address_of_a_click_leads_anywhere_else(advertised: Street, more: str) -> None:
    (_, click), *_ = read_ads(visitor().open(SEARCH))
    own = f"/item/{advertised.listing_ids[0]}/"
    forged = [f"{click[:-2]}AA", "A" * 116, f"https:{'x' * 110}", click[:50], "%2F%2Fevil.example", f"{click}/{more}"]
    for token in forged:
        answer = Client(headers={"host": MARKET}).get(f"/ad/{token}/")
        assert answer.status_code == 404 or answer.headers["Location"] == own, token
    answer = Client(headers={"host": MARKET}).get(f"/ad/{click}/", {"next": more, "url": more})
    assert answer["Location"] == own


@pytest.mark.parametrize(
    ("landing", "location"),
    [
        ("/lists/spring/", "/lists/spring/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_landing_that_is_no_path_of_ours_leads_home(advertised: Street, rf, landing: str, location: str) -> None:
    target = AdTarget(ad_id=1, campaign_id=1, group_id=1, shop_id=1, product_id=None, landing=landing)
    assert views.find_location(rf.get("/"), target) == location


def test_a_click_that_cannot_be_recorded_leads_to_the_goods_or_home(advertised: Street, monkeypatch) -> None:
    (_, click), *_ = read_ads(visitor().open(SEARCH))

    def refuse(**report: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(views, "record_click", refuse)
    answer = visitor().client.get(f"/ad/{click}/")
    assert (answer.status_code, answer["Location"]) == (303, f"/item/{advertised.listing_ids[0]}/")
    assert visitor().client.get(f"/ad/{'A' * 116}/").status_code == 404
    forget_all()
    monkeypatch.setattr(lookups, "ask", lambda *question: refuse())
    answer = visitor().client.get(f"/ad/{click}/")
    assert (answer.status_code, answer["Location"]) == (303, "/")


def test_reports_that_are_none_are_refused_and_forged_tokens_count_nothing(advertised: Street) -> None:
    browser = visitor()
    for body in ({"viewed": ["x"]}, {"viewed": "x" * 116}, {"rendered": ["x" * 116] * 65}, {"dwell": {"token": 1}}, []):
        answer = browser.client.post(
            "/ad/seen/", json.dumps(body), content_type="application/json", headers={"origin": f"http://{MARKET}"}
        )
        assert answer.status_code == 400, body
    foreign = browser.client.post(
        "/ad/seen/", "{}", content_type="application/json", headers={"origin": "http://evil.example"}
    )
    assert foreign.status_code == 403
    assert browser.client.get("/ad/seen/").status_code == 405
    assert report(browser, viewed=["x" * 116], rendered=["y" * 116]) == 204
    assert not AdEvent.objects.exists()


def test_the_script_is_smaller_than_two_kilobytes() -> None:
    assert 500 < Path("storefront/static/storefront/js/ads.js").stat().st_size < 2_048


def test_a_category_has_a_shelf_of_display_ads_below_its_list(advertised: Street) -> None:
    trade = Category.objects.create(slug="kettles", path="kettles", depth=1, name_zh="水壶", name_en="Kettles")
    forget_tree()
    kettles = [list_product(shop, sku="KETTLE", title="铜水壶", category_id=trade.pk)[0] for shop in advertised.shops]
    advertise(kettles[0], "水壶", now=now())
    for kettle in kettles:
        advertise(kettle, charge=Charge.MILLE, bid_minor=9_000, money_minor=0, now=now())
    advertised.index()
    warm_up(now())
    page = visitor().open("/c/kettles/")
    below = page.index('id="sponsored"')
    assert len(read_ads(page[:below])) == len(read_ads(page[below:])) == 1, "one ad a merchant and page"
    assert page.count("Items below a relevance floor cannot be advertised.") == 1, "of the one in the list only"
    assert page.count("Goods shown here are of this category; a shop’s own picture may be of something else.") == 1
    names = re.findall(r'popover id="(why-ad-[0-9]+)"', page)
    assert len(names) == len(set(names)) and set(re.findall(r'popovertarget="(why-ad-[0-9]+)"', page)) == set(names)
    forget_tree()


def test_a_merchants_own_picture_stands_on_the_shelf_is_seen_and_leads_where_it_says(
    advertised: Street, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    shop = advertised.shops[0]
    creative_id = upload_creative(
        shop=shop, title="周末的杯子", content=draw(1200, 400), file_name="cups.png", landing=f"/shop/{shop.slug}/",
        actor_id=1, now=now(),
    )  # fmt: skip
    group = GroupDraft(name="图", bid_minor=9_000, charge=Charge.MILLE, creative_ids=(creative_id,))
    draft = replace(DRAFT, kind=CampaignKind.DISPLAY, starts_on=business_date(now()))
    create_campaign(shop_id=shop.shop_id, key="picture", draft=draft, group=group, runs=True, actor_id=1, now=now())
    warm_up(now())
    assert "周末的杯子" not in visitor().open("/"), "staff have not approved it"
    decide_creative(creative_id=creative_id, approved=True, reason="", actor_id=1, now=now())
    warm_up(now())
    person = visitor()
    page = person.open("/")
    found = re.search(r'<li class="panel flush" data-ad="([^"]{116})"><a href="/ad/([^"]{116})/"', page)
    assert found and "周末的杯子" in page and 'popovertarget="why-ad-1"' in page
    assert report(person, rendered=[found[1]]) == report(person, viewed=[found[1]]) == 204
    assert AdEvent.objects.get().billed_micro > 0
    assert person.client.get(f"/ad/{found[2]}/")["Location"] == f"/shop/{shop.slug}/"
    decide_creative(creative_id=creative_id, approved=False, reason="it lies", actor_id=1, now=now())
    get_server().refresh(now())
    assert "周末的杯子" not in visitor().open("/"), "what was approved is taken down with the next look at changes"
