"""Campaigns in the portal: made in three steps, switched, edited in bulk and by file; never another shop's."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from merchant_portal.ads.sentences import describe
from search.auction.audiences import MOBILE
from search.campaigns.contracts import BadInput, Charge, MatchType, PartState
from search.campaigns.models import AdvertiserLimit, Campaign, Creative, Keyword
from search.campaigns.rules.hours import print_hours, split_hours
from search.campaigns.selectors import list_groups, list_keywords, list_negatives, read_live
from search.campaigns.services import decide_creative
from search.signals.rules.audiences import EVERYBODY, name_device, name_region
from search.spending.models import Lease
from tests.fixtures.api import forget_everything, list_product
from tests.merchant_portal.ads import show_display
from tests.merchant_portal.conftest import Merchant, count_statements
from tests.search.campaigns.conftest import draw
from tests.search.campaigns.test_audiences import fill

MONEY = {
    "name": "周末的杯子", "bid": "0.60", "daily_budget": "50", "total_budget": "", "pace": "even", "ends_on": ""
}  # fmt: skip
WHO = {"word": ["马克杯"], "own_words": "陶瓷杯\n\n", "match": "phrase", "from_hour": "0", "to_hour": "24"}


@pytest.fixture
def seller(make_merchant, settings, tmp_path, monkeypatch) -> Merchant:
    forget_everything(monkeypatch)
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_merchant("alpha")


def test_a_shop_without_campaigns_learns_what_they_are(seller: Merchant) -> None:
    page = seller.browser.get("/ads/campaigns/").content.decode()
    assert "Be found by who is looking for you" in page
    assert 'href="/ads/campaigns/new/"' in page


def test_a_campaign_is_made_in_three_steps(seller: Merchant) -> None:
    product_id = _sell(seller)
    first = _go(seller, {}, "what", "what")
    assert "青釉杯" in first and f'value="{product_id}"' in first
    what = {"kind": "keyword", "product": [str(product_id)]}
    second = _go(seller, what, "what", "who")
    assert f'type="hidden" name="product" value="{product_id}"' in second
    third = _go(seller, {**what, **WHO}, "who", "how")
    assert "Forecast for a day" in third and 'value="50.00"' in third
    key = re.search(r'name="key" value="([0-9a-f]{32})"', third)
    assert key
    everything = {**what, **WHO, **MONEY, "starts_on": _today(), "key": key[1]}
    made = [_post(seller, {**everything, "step": "how", "go": "create"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [302, 302]
    (campaign,) = Campaign.objects.all()
    assert made[0]["Location"] == f"/ads/campaigns/{campaign.pk}/"
    (live,) = read_live(None)
    assert (live.daily_budget_minor, live.ads[0].product_id, live.ads[0].bid_minor) == (5_000, product_id, 60)
    assert {word.tokens for word in live.ads[0].keywords} == {("马克杯",), ("陶瓷杯",)}
    assert "周末的杯子" in seller.browser.get("/ads/campaigns/").content.decode()


def test_a_display_campaign_pays_by_views_and_buys_no_words(seller: Merchant) -> None:
    product_id = _sell(seller)
    assert _send_picture(seller, "周末的杯子", draw(1200, 400)).status_code == 302
    creative = Creative.objects.get()
    what = {"kind": "display", "product": [str(product_id)], "creative": [str(creative.pk)]}
    who = {"from_hour": "0", "to_hour": "24"}
    assert "Words that people ask for" not in _go(seller, what, "what", "who")
    how = _go(seller, {**what, **who}, "who", "how")
    assert "For 1,000 views" in how and "nothing can be foretold" in how and "Work it out for this bid" in how
    typed = {**what, **who, **MONEY, "bid": "12.50", "charge": "mille", "starts_on": _today(), "key": "d" * 32}
    assert _post(seller, {**typed, "step": "how", "go": "create"}).status_code == 302
    (live,) = read_live(None)
    assert [(ad.product_id, ad.charge, ad.bid_minor) for ad in live.ads] == [(product_id, Charge.MILLE, 1_250)]
    decide_creative(creative_id=creative.pk, approved=True, reason="", actor_id=1, now=timezone.now())
    assert [ad.creative is not None for ad in read_live(None)[0].ads] == [False, True]
    group = seller.browser.get(f"/ads/campaigns/groups/{_group(seller, live.campaign_id)}/").content.decode()
    assert "Approved" in group and "Add words" not in group


def test_a_display_campaign_is_foretold_from_what_was_seen_lately(seller: Merchant, make_merchant) -> None:
    rival = make_merchant("beta")
    show_display(rival.shop, _sell(rival), timezone.now())
    what = {"kind": "display", "from_hour": "0", "to_hour": "24"}
    typed = {**MONEY, "charge": "mille", "starts_on": _today(), "key": "d" * 32}
    mine = {**what, "product": [str(_sell(seller))]}
    page = _go(seller, {**mine, **typed, "bid": "12.00", "daily_budget": "50"}, "who", "how")
    rows = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in re.findall(r"<tr[^>]*>.*?</tr>", page)[1:]]
    assert rows == [
        "6.00 3,000–6,000 Clicks 100–200 6–12",
        "12.00 3,000–5,000 Clicks 150–250 30–50 budget ends first",
        "18.00 3,000–5,000 Clicks 150–250 30–50 budget ends first",
        "24.00 3,000–5,000 Clicks 150–250 30–50 budget ends first",
    ], "others bid no more than 10.00, as far as can be known"
    assert "on 8 days" in page
    assert "of a day’s traffic" not in page
    evening = {**mine, **typed, "bid": "18.00", "daily_budget": "1000", "from_hour": "20", "to_hour": "21"}
    page = _go(seller, evening, "who", "how")
    assert "Your hours have 8% of a day’s traffic." in page
    views = r'<td class="num">([0-9,]+)–([0-9,]+)<br>'
    assert set(re.findall(views, page)) == {("240", "480")}
    assert set(re.findall(views, _go(seller, {**evening, "from_hour": "0"}, "who", "how"))) == {("2,400", "4,800")}


def test_a_step_is_not_left_without_what_it_is_for(seller: Merchant) -> None:
    what = {"kind": "keyword", "product": [str(_sell(seller))]}
    assert "Tick at least one product" in _go(seller, {"kind": "keyword"}, "what", "who", status=422)
    empty = {**what, **WHO, "word": [], "own_words": " "}
    assert "Tick or type at least one word" in _go(seller, empty, "who", "how", status=422)
    personal = {**what, **WHO, "own_words": "13812345678"}
    assert "number or address" in _go(seller, personal, "who", "how", status=422)
    wrong = {**what, **WHO, **MONEY, "daily_budget": "1", "starts_on": _today(), "key": "k"}
    assert "Enter a budget a day of ¥10.00 to ¥1,000,000.00." in _go(seller, wrong, "how", "create", status=422)
    late = {**wrong, "daily_budget": "50", "starts_on": "2020-01-01"}
    assert "The first day is over" in _go(seller, late, "how", "create", status=422)
    hours = {**wrong, "daily_budget": "50", "from_hour": "12", "to_hour": "9"}
    assert "The end is before the beginning" in _go(seller, hours, "how", "create", status=422)
    assert not Campaign.objects.exists()


def test_going_back_keeps_what_was_typed(seller: Merchant) -> None:
    product_id = _sell(seller)
    typed = {"kind": "keyword", "product": [str(product_id)], **WHO, **MONEY, "starts_on": _today()}
    back = _go(seller, typed, "how", "what")
    assert 'type="hidden" name="bid" value="0.60"' in back
    assert re.search(rf'name="product" value="{product_id}"[^>]* checked', back)
    again = _go(seller, typed, "what", "who")
    assert re.search(r'name="word" value="马克杯"[^>]* checked', again), "a word of its own stays ticked"


def test_a_group_says_how_good_its_ads_are_and_why(seller: Merchant) -> None:
    campaign_id = _make(seller)
    page = seller.browser.get(f"/ads/campaigns/groups/{_group(seller, campaign_id)}/").content.decode()
    assert "Why quality 1 of 10?" in page and "0.00%" in page, "no word of the group stands in its title"
    assert "Sent within 48 hours" in page and "nothing counted in 28 days" in page


def test_on_a_small_market_audiences_are_said_to_be_too_small(seller: Merchant) -> None:
    what = {"kind": "keyword", "product": [str(_sell(seller))]}
    page = _go(seller, what, "what", "who")
    assert "Every audience is too small yet: fewer than 1,000 people." in page
    assert "checked disabled" not in page and "too small yet" in page
    typed = {**what, **WHO, **MONEY, "starts_on": _today(), "key": "k", "audience": ["56"]}
    assert "Fewer than 1,000 people: an audience alone" in _go(seller, typed, "how", "create", status=422)
    assert not Campaign.objects.exists()


def test_audiences_are_chosen_with_their_sizes_and_forecasts_heed_them(seller: Merchant) -> None:
    fill(timezone.now(), {EVERYBODY: 8_000, name_device("m"): 6_000})
    what = {"kind": "keyword", "product": [str(_sell(seller))]}
    who = _go(seller, what, "what", "who")
    assert re.search(r'value="56">Phones and tablets <span class="faint">6,000<', who)
    assert re.search(r'value="57" disabled>Computers <span class="faint">too small yet<', who)
    typed = {**what, **WHO, "audience": ["56"]}
    assert "some 6,000 people a week" in _go(seller, typed, "who", "who")
    everything = {**typed, **MONEY, "starts_on": _today(), "key": "a" * 32, "step": "how", "go": "create"}
    assert _post(seller, everything).status_code == 302
    (live,) = read_live(None)
    assert live.audiences == MOBILE
    page = seller.browser.get(f"/ads/campaigns/{live.campaign_id}/").content.decode()
    assert "Phones and tablets" in page and "some 6,000 people a week" in page


def test_hours_that_differ_by_day_are_typed_and_stay(seller: Merchant) -> None:
    campaign_id = _make(seller)
    path = f"/ads/campaigns/{campaign_id}/edit/"
    assert 'name="day_0" value="0-24"' in seller.browser.get(path).content.decode()
    pages = {"search": "100", "category": "100", "product": "100", "home": "100"}
    typed = {**MONEY, "starts_on": _today(), **pages, "from_hour": "0", "to_hour": "24"}
    days = {"day_0": "8-12, 18-24", **{f"day_{day}": "9–21" for day in range(1, 6)}, "day_6": ""}
    assert seller.browser.post(path, {**typed, **days}).status_code == 302
    (live,) = read_live(None)
    assert [print_hours(day) for day in split_hours(live.hours)] == ["8-12, 18-24", *["9-21"] * 5, ""]
    shown = seller.browser.get(path).content.decode()
    assert 'name="day_0" value="8-12, 18-24"' in shown and "<details open><summary>Other hours on some days" in shown
    wrong = seller.browser.post(path, {**typed, **days, "day_3": "25-26"})
    assert wrong.status_code == 422 and "Write spans of full hours" in wrong.content.decode()
    none = seller.browser.post(path, {**typed, **{f"day_{day}": "" for day in range(7)}})
    assert none.status_code == 422 and "Choose at least one day and one hour." in none.content.decode()


def test_hours_by_day_are_set_while_a_campaign_is_made(seller: Merchant) -> None:
    what = {"kind": "keyword", "product": [str(_sell(seller))]}
    who = _go(seller, what, "what", "who")
    assert 'name="day_0" value="0-24"' in who and "Other hours on some days" in who
    days = {"day_0": "8-12, 18-24", **{f"day_{day}": "9–21" for day in range(1, 6)}, "day_6": ""}
    wrong = _go(seller, {**what, **WHO, **days, "day_3": "25-26"}, "who", "how", status=422)
    assert "Write spans of full hours" in wrong and 'value="25-26"' in wrong
    how = _go(seller, {**what, **WHO, **days}, "who", "how")
    assert 'type="hidden" name="day_0" value="8-12, 18-24"' in how and 'type="hidden" name="day_6" value=""' in how
    back = _go(seller, {**what, **WHO, **days, **MONEY, "starts_on": _today()}, "how", "who")
    assert 'name="day_0" value="8-12, 18-24"' in back and "<details open><summary>Other hours on some days" in back
    ready = {**what, **WHO, **MONEY, "starts_on": _today(), "key": "a" * 32}
    none = _go(seller, {**ready, **{f"day_{day}": "" for day in range(7)}}, "how", "create", status=422)
    assert "Choose at least one day and one hour." in none and 'href="#hours"' in none
    assert not Campaign.objects.exists()
    _go(seller, {**ready, **days}, "how", "create", status=302)
    (live,) = read_live(None)
    assert [print_hours(day) for day in split_hours(live.hours)] == ["8-12, 18-24", *["9-21"] * 5, ""]


def test_days_alike_are_set_without_a_word_about_single_days(seller: Merchant) -> None:
    what = {"kind": "keyword", "product": [str(_sell(seller))]}
    preset = {f"day_{day}": "0-24" for day in range(7)}
    typed = {**what, **WHO, **preset, **MONEY, "starts_on": _today(), "key": "a" * 32}
    _go(seller, {**typed, "days": ["5", "6"], "from_hour": "9", "to_hour": "21"}, "how", "create", status=302)
    (live,) = read_live(None)
    assert [print_hours(day) for day in split_hours(live.hours)] == [*[""] * 5, "9-21", "9-21"]


def test_a_draft_waits(seller: Merchant) -> None:
    campaign_id = _make(seller, go="draft")
    assert read_live(None) == []
    _do(seller, f"/ads/campaigns/{campaign_id}/switch/", {"on": "1"})
    assert len(read_live(None)) == 1
    _do(seller, f"/ads/campaigns/{campaign_id}/switch/", {})
    assert read_live(None) == []
    _do(seller, f"/ads/campaigns/{campaign_id}/end/", {})
    assert "It has ended" in _follow(seller, f"/ads/campaigns/{campaign_id}/switch/", {"on": "1"})
    assert "周末的杯子" in seller.browser.get("/ads/campaigns/?tab=ended").content.decode()


def test_a_campaign_is_changed(seller: Merchant) -> None:
    campaign_id = _make(seller)
    path = f"/ads/campaigns/{campaign_id}/edit/"
    assert 'value="50.00"' in seller.browser.get(path).content.decode()
    pages = {"search": "100", "category": "150", "product": "100", "home": "50", "most_a_day": "3", "most_a_life": ""}
    hours = {"days": ["5", "6"], "from_hour": "9", "to_hour": "21", "regions": ["33"]}
    typed = {**MONEY, "daily_budget": "80.00", "starts_on": _today(), **pages, **hours}
    assert seller.browser.post(path, typed).status_code == 302
    (live,) = read_live(None)
    assert live.daily_budget_minor == 8_000 and live.regions == {"33"}
    assert bin(live.hours).count("1") == 24 and live.hours >> (5 * 24 + 9) & 1
    assert [cap.most for cap in live.frequency_caps] == [3]
    bad = seller.browser.post(path, {**typed, "category": "10", "total_budget": "20"})
    assert bad.status_code == 422 and read_live(None) == [live]


def test_a_campaign_is_not_narrowed_to_a_few_people_by_changing_it(seller: Merchant) -> None:
    fill(timezone.now(), {EVERYBODY: 8_000, name_device("m"): 6_000, name_region("33"): 60})
    what = {"kind": "keyword", "product": [str(_sell(seller))]}
    ready = {**what, **WHO, "audience": ["56"], **MONEY, "starts_on": _today(), "key": "a" * 32}
    _go(seller, ready, "how", "create", status=302)
    (live,) = read_live(None)
    path = f"/ads/campaigns/{live.campaign_id}/edit/"
    pages = {"search": "100", "category": "100", "product": "100", "home": "100"}
    typed = {**MONEY, "name": "西湖边", "starts_on": _today(), **pages, "from_hour": "0", "to_hour": "24"}
    bad = seller.browser.post(path, {**typed, "audience": ["56"], "regions": ["33"]})
    page = bad.content.decode()
    assert bad.status_code == 422 and read_live(None) == [live]
    assert 'href="#audiences"' in page and "Fewer than 1,000 people: an audience alone" in page
    assert "西湖边" in page and re.search(r'value="33"[^>]* checked', page), "what was typed stays"
    assert seller.browser.post(path, {**typed, "audience": ["56"]}).status_code == 302


def test_words_are_changed_in_bulk_and_taken_back(seller: Merchant) -> None:
    group_id = _group(seller, _make(seller))
    words = _words(seller, group_id)
    ticks = [str(word.keyword_id) for word in words.values()]
    path = f"/ads/campaigns/groups/{group_id}/words/change/"
    page = _follow(seller, path, {"tick": ticks, "bid": "+50%", "set_bid": "1"})
    assert {word.bid_minor for word in _words(seller, group_id).values()} == {90}
    undo = re.search(rf"/ads/campaigns/groups/{group_id}/words/undo/\d+/", page)
    assert undo
    _do(seller, undo[0], {})
    assert _words(seller, group_id) == words
    _do(seller, path, {"tick": ticks[:1], "set_match": "1", "match": "exact"})
    _do(seller, path, {"tick": ticks[1:], "set_state": "paused"})
    changed = list_keywords(shop_id=seller.shop.shop_id, group_id=group_id)
    assert {(word.match, word.state) for word in changed} == {
        (MatchType.EXACT, PartState.RUNNING), (MatchType.PHRASE, PartState.PAUSED)
    }  # fmt: skip
    for bad in ({"bid": "much", "set_bid": "1"}, {"bid": "-100%", "set_bid": "1"}, {"bid": "-3", "set_bid": "1"}):
        assert "Enter a bid such as" in _follow(seller, path, {"tick": ticks, **bad})
    assert "Tick the words" in _follow(seller, path, {"set_state": "paused"})
    assert list_keywords(shop_id=seller.shop.shop_id, group_id=group_id) == changed


def test_words_go_out_and_come_in_by_file(seller: Merchant) -> None:
    group_id = _group(seller, _make(seller))
    path = f"/ads/campaigns/groups/{group_id}"
    out = seller.browser.get(f"{path}/words.csv").content.decode("utf-8-sig")
    assert out.splitlines()[0] == "word,match,bid,state"
    better = out.replace("马克杯,phrase,,", "马克杯,phrase,1.20,") + "茶杯,exact,0.70,paused\r\n"
    assert _upload(seller, f"{path}/import/", better).status_code == 302
    words = _words(seller, group_id)
    assert (words["马克杯"].bid_minor, words["茶杯"].bid_minor) == (120, 70)
    again = _upload(seller, f"{path}/import/", better)
    assert again.status_code == 302 and _words(seller, group_id) == words


def test_a_file_with_a_wrong_cell_is_taken_not_at_all(seller: Merchant) -> None:
    group_id = _group(seller, _make(seller))
    path, before = f"/ads/campaigns/groups/{group_id}/import/", Keyword.objects.count()
    answer = _upload(seller, path, "word,match,bid,state\n茶杯,exact,0.70,\n茶壶,about,1,\n碗,,much,\n13812345678,,,\n")
    page = answer.content.decode()
    assert answer.status_code == 422
    rows = re.findall(r'<td class="num">(\d+)</td><td><code>(\w+)</code>', page)
    assert rows == [("3", "match"), ("4", "bid"), ("5", "word")]
    assert Keyword.objects.count() == before
    for content, sentence in (("", "no word in the file"), ("a,b\n1,2\n", "name the columns"), ("\0", "no CSV file")):
        assert sentence in _upload(seller, path, content).content.decode()
    assert "Choose a CSV file first" in seller.browser.post(path).content.decode()


def test_negative_words_come_and_go(seller: Merchant) -> None:
    campaign_id = _make(seller)
    _do(seller, f"/ads/campaigns/{campaign_id}/exclude/", {"words": "二手\n维修", "match": "broad"})
    found = list_negatives(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    assert [(one.text, one.match) for one in found] == [("二手", MatchType.BROAD), ("维修", MatchType.BROAD)]
    _do(seller, f"/ads/campaigns/{campaign_id}/exclude/{found[0].negative_id}/lift/", {})
    assert len(list_negatives(shop_id=seller.shop.shop_id, campaign_id=campaign_id)) == 1


def test_groups_words_and_ads_are_added_and_paused(seller: Merchant) -> None:
    campaign_id, second = _make(seller), _sell(seller, sku="BOWL", title="大碗")
    _do(seller, f"/ads/campaigns/{campaign_id}/groups/", {"group_name": "碗", "bid": "0.90"})
    group_id = max(one.group_id for one in list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id))
    path = f"/ads/campaigns/groups/{group_id}/"
    assert "Nothing is advertised here yet" in seller.browser.get(path).content.decode()
    _do(seller, f"{path}ads/", {"product": str(second)})
    _do(seller, f"{path}words/", {"word": "大碗", "own_words": "面碗", "match": "exact"})
    (live,) = read_live(None)
    (ad,) = [ad for ad in live.ads if ad.group_id == group_id]
    assert (ad.product_id, ad.bid_minor, len(ad.keywords)) == (second, 90, 2)
    _do(seller, f"{path}change/", {"group_name": "大碗", "bid": "1.10"})
    _do(seller, f"{path}ads/{ad.ad_id}/", {"state": "paused"})
    assert [ad.group_id for ad in read_live(None)[0].ads] != [group_id]
    _do(seller, f"{path}change/", {"state": "removed"})
    assert seller.browser.get(path).status_code == 404


def test_a_picture_is_sent_for_review(seller: Merchant) -> None:
    assert "No pictures yet" in seller.browser.get("/ads/pictures/").content.decode()
    for title, size, sentence in (
        ("最佳杯子", (1200, 400), "“最佳” may not be said in advertising"),
        ("杯子", (300, 200), "Use 1200 × 400"),
    ):
        answer = _send_picture(seller, title, draw(*size))
        assert answer.status_code == 422 and sentence in answer.content.decode()
    with translation.override("zh-hans"):
        assert describe(BadInput("title", "forbidden", word="最佳")).startswith("广告里不能用「最佳」")
    assert "This file is no picture" in _send_picture(seller, "杯子", b"nothing").content.decode()
    assert _send_picture(seller, "周末的杯子", draw(1200, 400)).status_code == 302
    (creative,) = Creative.objects.all()
    page = seller.browser.get("/ads/pictures/").content.decode()
    assert "In review" in page and "周末的杯子" in page
    _do(seller, f"/ads/pictures/{creative.pk}/remove/", {})
    assert "No pictures yet" in seller.browser.get("/ads/pictures/").content.decode()


def test_a_budget_that_is_used_up_is_raised_with_one_press(seller: Merchant) -> None:
    campaign_id = _make(seller)
    assert "has used up" not in seller.browser.get("/ads/campaigns/").content.decode()
    Lease.objects.create(
        campaign_id=campaign_id,
        shop_id=seller.shop.shop_id,
        day=timezone.localdate(),
        granted_micro=5_000 * 10**6,
        billed_micro=4_980 * 10**6,
        worker="w",
        granted_at=timezone.now(),
        closes_at=timezone.now(),
    )
    page = seller.browser.get("/ads/campaigns/").content.decode()
    assert "has used up today" in page and "Raise it to ¥80.00 a day" in page
    _do(seller, f"/ads/campaigns/{campaign_id}/budget/", {"daily_budget": "8000"})
    assert read_live(None)[0].daily_budget_minor == 8_000
    assert "has used up" not in seller.browser.get("/ads/campaigns/").content.decode()
    assert "Enter a budget a day of ¥10.00" in _follow(
        seller, f"/ads/campaigns/{campaign_id}/budget/", {"daily_budget": "x"}
    )


def test_a_limit_for_all_campaigns(seller: Merchant) -> None:
    _make(seller)
    _do(seller, "/ads/campaigns/limit/", {"daily_limit": "¥300"})
    assert read_live(None)[0].shop_daily_limit_minor == 30_000
    assert "Enter a limit a day of ¥10.00" in _follow(seller, "/ads/campaigns/limit/", {"daily_limit": "1"})
    _do(seller, "/ads/campaigns/limit/", {"daily_limit": ""})
    assert AdvertiserLimit.objects.get().own_daily_minor is None


def test_a_shop_reaches_nothing_of_another(seller: Merchant, make_merchant) -> None:
    other = make_merchant("beta")
    theirs = _make(other)
    group_id = _group(other, theirs)
    before = read_live(None)
    pages = (f"/ads/campaigns/{theirs}/", f"/ads/campaigns/{theirs}/edit/", f"/ads/campaigns/groups/{group_id}/",
             f"/ads/campaigns/groups/{group_id}/words.csv", f"/ads/campaigns/groups/{group_id}/import/")  # fmt: skip
    assert [seller.browser.get(page).status_code for page in pages] == [404] * len(pages)
    ad_id = before[0].ads[0].ad_id
    deeds = {
        f"/ads/campaigns/{theirs}/switch/": {}, f"/ads/campaigns/{theirs}/budget/": {"daily_budget": "9000"},
        f"/ads/campaigns/{theirs}/exclude/": {"words": "二手"},
        f"/ads/campaigns/{theirs}/groups/": {"group_name": "x", "bid": "1"},
        f"/ads/campaigns/groups/{group_id}/change/": {"state": "paused"},
        f"/ads/campaigns/groups/{group_id}/words/": {"own_words": "茶"},
        f"/ads/campaigns/groups/{group_id}/words/change/": {"tick": "1", "set_state": "paused"},
        f"/ads/campaigns/groups/{group_id}/ads/{ad_id}/": {"state": "paused"},
    }  # fmt: skip
    assert {path: seller.browser.post(path, data).status_code for path, data in deeds.items()} == dict.fromkeys(
        deeds, 404
    )
    assert read_live(None) == before
    assert "周末的杯子" not in seller.browser.get("/ads/campaigns/").content.decode()


def test_pages_ask_a_few_statements(seller: Merchant) -> None:
    campaign_id = _make(seller)
    group_id = _group(seller, campaign_id)
    seller.browser.get("/ads/campaigns/")
    most = {"/ads/campaigns/": 20, f"/ads/campaigns/{campaign_id}/": 15, f"/ads/campaigns/groups/{group_id}/": 28}
    asked = {path: count_statements(seller.browser, path) for path in most}
    assert {path: number for path, number in asked.items() if number > most[path]} == {}


def _today() -> str:
    return timezone.localdate().isoformat()


def _sell(who: Merchant, *, sku: str = "MUG", title: str = "青釉杯") -> int:
    offer, _ = list_product(who.shop, sku=sku, price_minor=1_000, title=title)
    return offer.product_id


def _post(who: Merchant, data: dict):
    return who.browser.post("/ads/campaigns/new/", data)


def _go(who: Merchant, data: dict, step: str, go: str, *, status: int = 200) -> str:
    answer = _post(who, {**data, "step": step, "go": go})
    assert answer.status_code == status, answer.content.decode()[-3_000:]
    return answer.content.decode()


def _make(who: Merchant, *, go: str = "create") -> int:
    what = {"kind": "keyword", "product": [str(_sell(who))]}
    typed = {**what, **WHO, **MONEY, "starts_on": _today(), "key": "k" * 32, "step": "how", "go": go}
    answer = _post(who, typed)
    assert answer.status_code == 302, answer.content.decode()[-3_000:]
    return int(answer["Location"].split("/")[-2])


def _do(who: Merchant, path: str, data: dict) -> None:
    answer = who.browser.post(path, data)
    assert answer.status_code == 302, (path, answer.status_code)


def _follow(who: Merchant, path: str, data: dict) -> str:
    return who.browser.post(path, data, follow=True).content.decode()


def _upload(who: Merchant, path: str, content: str):
    return who.browser.post(path, {"file": SimpleUploadedFile("words.csv", content.encode())})


def _send_picture(who: Merchant, title: str, content: bytes):
    file = SimpleUploadedFile("cups.png", content, content_type="image/png")
    return who.browser.post("/ads/pictures/", {"picture": file, "title": title, "landing": f"/shop/{who.shop.slug}/"})


def _group(who: Merchant, campaign_id: int) -> int:
    (group,) = list_groups(shop_id=who.shop.shop_id, campaign_id=campaign_id)
    return group.group_id


def _words(who: Merchant, group_id: int):
    return {word.text: word for word in list_keywords(shop_id=who.shop.shop_id, group_id=group_id)}


def test_words_that_no_product_of_the_group_is_called_by_say_why_they_hardly_show(seller: Merchant) -> None:
    product_id = _sell(seller, title="手工拉坯马克杯")
    everything = {
        "kind": "keyword", "product": [str(product_id)], **WHO, "own_words": "茶壶\n绿茶", **MONEY, "step": "how",
        "starts_on": _today(), "key": "f" * 32, "go": "create",
    }  # fmt: skip
    assert _post(seller, everything).status_code == 302
    (live,) = read_live(None)
    path = f"/ads/campaigns/groups/{_group(seller, live.campaign_id)}/"
    rows = seller.browser.get(path).context["words"]
    hardly = "Hardly shown: only where somebody also asks for what your products are called"
    assert {row["word"].text for row in rows if hardly in row["hint"]} == {"茶壶", "绿茶"}, "绿茶马克杯 brings it"
    _do(seller, f"{path}words/", {"own_words": "礼物", "match": "exact"})
    rows = seller.browser.get(path).context["words"]
    never = "Never shown: too little of it stands in what your products are called"
    assert {row["word"].text for row in rows if never in row["hint"]} == {"礼物"}, "an exact word is asked alone"
    other = _sell(seller, sku="POT", title="紫砂茶壶")
    _do(seller, f"{path}ads/", {"product": [str(other)]})
    rows = seller.browser.get(path).context["words"]
    assert {row["word"].text for row in rows if hardly in row["hint"]} == {"绿茶"}, "one product is enough"
