"""Bids and budgets that cannot be: said at their field, in the three steps, on the pages of campaigns and in files."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from search.campaigns.models import Campaign, Group, Keyword
from tests.fixtures.api import forget_everything
from tests.merchant_portal.ads import type_campaign
from tests.merchant_portal.conftest import Merchant

NOBODY = "Nobody has asked for these words in 28 days"


@pytest.fixture
def seller(make_merchant, monkeypatch) -> Merchant:
    forget_everything(monkeypatch)
    return make_merchant("alpha")


@pytest.fixture
def typed(seller: Merchant) -> dict:
    """All that is typed until the last step, which works out a forecast."""
    return type_campaign(seller.shop)


@pytest.mark.parametrize("wrong", [{"bid": "-1"}, {"bid": "0.01"}, {"bid": "1000"}, {"daily_budget": "1"}])
def test_nothing_is_foretold_of_an_amount_that_cannot_be(seller: Merchant, typed: dict, wrong: dict) -> None:
    assert NOBODY in _go(seller, typed)
    page = _go(seller, {**typed, **wrong}, status=422)
    (name,) = wrong
    assert NOBODY not in page and "Mend what is wrong first" in page
    assert re.findall(r'<span class="wrong" id="([^"]*)"', page) == [f"id_{name}_wrong"]
    assert page.count('<a href="#id_') == 1


@pytest.mark.parametrize("go", ["how", "create"])
def test_a_bid_above_the_budget_of_a_day_is_said_at_its_field(seller: Merchant, typed: dict, go: str) -> None:
    page = _go(seller, {**typed, "bid": "60", "go": go}, status=422)
    assert re.findall(r'<span class="wrong" id="([^"]*)"', page) == ["id_bid_wrong"]
    assert "A bid is not above the budget of a day, ¥50.00 here." in page and 'value="60"' in page
    assert not Campaign.objects.exists()
    _go(seller, {**typed, "bid": "50", "go": "create"}, status=302)


def test_a_view_costs_a_thousandth_so_its_bid_may_be_above_the_budget(seller: Merchant, typed: dict) -> None:
    views = {**typed, "kind": "display", "bid": "60", "charge": "mille", "go": "create"}
    assert "above the budget of a day" in _go(seller, {**views, "charge": "click"}, status=422)
    _go(seller, views, status=302)


def test_bids_stay_below_the_budget_wherever_they_are_changed(seller: Merchant, typed: dict) -> None:
    said = "A bid is not above the budget of a day, ¥50.00 here."
    campaign_id, group_id = _make(seller, typed)
    group = f"/ads/campaigns/groups/{group_id}/"
    ticks = [str(pk) for pk in Keyword.objects.values_list("pk", flat=True)]
    answers = [
        seller.browser.post(f"{group}change/", {"group_name": "杯子", "bid": "60"}),
        seller.browser.post(f"/ads/campaigns/{campaign_id}/groups/", {"group_name": "碗", "bid": "60"}),
        seller.browser.post(f"{group}words/change/", {"tick": ticks, "bid": "60", "set_bid": "1"}),
        seller.browser.post(
            f"{group}import/", {"file": SimpleUploadedFile("w.csv", "word,bid\n茶杯,1\n碗,60\n".encode())}
        ),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)
    assert [said in answer.content.decode() for answer in answers] == [True] * len(answers)
    file = answers[-1].content.decode()
    assert re.findall(r'<td class="num">(\d+)</td><td><code>(\w+)</code>', file) == [("3", "bid")]
    assert not Keyword.objects.exclude(bid_minor=None).exists()
    dear = Keyword.objects.filter(pk=ticks[0])
    dear.update(bid_minor=4_000)
    page = seller.browser.post(f"{group}words/change/", {"tick": ticks, "bid": "+50%", "set_bid": "1"}).content.decode()
    assert f"“马克杯” would bid 60.00. {said}" in page


def test_a_budget_is_not_lowered_below_a_bid(seller: Merchant, typed: dict) -> None:
    campaign_id, group_id = _make(seller, {**typed, "bid": "40"})
    pages = {"search": "100", "category": "100", "product": "100", "home": "100"}
    lower = {**typed, **pages, "daily_budget": "30"}
    answer = seller.browser.post(f"/ads/campaigns/{campaign_id}/edit/", lower)
    said = "¥40.00 is bid for a click in this campaign. Enter at least that, or lower the bid first."
    assert answer.status_code == 422 and said in answer.content.decode()
    seller.browser.post(f"/ads/campaigns/groups/{group_id}/change/", {"group_name": "杯子", "bid": "30"})
    assert seller.browser.post(f"/ads/campaigns/{campaign_id}/edit/", lower).status_code == 302
    assert Campaign.objects.get().daily_budget_minor == 3_000


def test_what_is_taken_back_bids_no_more_than_the_budget_either(seller: Merchant, typed: dict) -> None:
    campaign_id, group_id = _make(seller, {**typed, "bid": "40"})
    group = f"/ads/campaigns/groups/{group_id}/"
    seller.browser.post(f"{group}change/", {"state": "removed"})
    pages = {"search": "100", "category": "100", "product": "100", "home": "100"}
    lower = {**typed, **pages, "daily_budget": "30"}
    assert seller.browser.post(f"/ads/campaigns/{campaign_id}/edit/", lower).status_code == 302
    page = seller.browser.post(f"{group}restore/", follow=True).content.decode()
    assert "A bid is not above the budget of a day, ¥30.00 here." in page
    assert Group.objects.get(pk=group_id).state == "removed"


@pytest.mark.parametrize(
    ("wrong", "at", "sentence"),
    [
        ({"daily_budget": "1"}, "id_daily_budget", "Enter a budget a day of ¥10.00 to ¥1,000,000.00."),
        ({"daily_budget": "9" * 20}, "id_daily_budget", "Enter a budget a day of ¥10.00 to ¥1,000,000.00."),
        ({"total_budget": "20"}, "id_total_budget", "Enter a budget in all of ¥50.00, which is a day&#x27;s, to"),
        ({"bid": "9" * 20}, "id_bid", "Enter a bid of ¥0.05 to ¥999.99."),
        ({"starts_on": "2020-01-01"}, "id_starts_on", "The first day is over."),
        ({"starts_on": "soon"}, "id_starts_on", "Choose a day."),
        ({"own_words": f"茶杯\n{'茶' * 41}"}, "own_words", "Line 2, “"),
        ({"word": []}, "own_words", "Tick or type at least one word."),
        ({"product": []}, "products", "Tick at least one product to advertise."),
        ({"audience": ["56"]}, "audiences", "Choose more provinces or all"),
    ],
)
def test_a_sentence_names_its_field_and_stands_there(
    seller: Merchant, typed: dict, wrong: dict, at: str, sentence: str
) -> None:
    page = _go(seller, {**typed, **wrong, "go": "create"}, status=422)
    assert re.findall(r'<span class="wrong" id="([^"]*)"', page) == [f"{at}_wrong"]
    assert f'href="#{at}"' in page and f'id="{at}"' in page and sentence in page
    assert page.count('class="wrong-list"') == 1


def test_all_that_is_wrong_in_a_step_stands_in_one_list(seller: Merchant, typed: dict) -> None:
    wrong = {"own_words": "13812345678", "from_hour": "12", "to_hour": "9", "day_3": "25-26", "day_4": "x"}
    page = _go(seller, {**typed, **wrong, "step": "who"}, status=422)
    assert page.count('class="wrong-list"') == 1 and "4 things to mend" in page


def test_a_campaign_that_is_changed_says_everything_at_its_field(seller: Merchant, typed: dict) -> None:
    campaign_id, _ = _make(seller, typed)
    pages = {"search": "100", "category": "100", "product": "100", "home": "100"}
    path = f"/ads/campaigns/{campaign_id}/edit/"
    for wrong, at, sentence in (
        ({"daily_budget": "1"}, "id_daily_budget", "Enter a budget a day of ¥10.00 to"),
        ({"starts_on": "2020-01-01"}, "id_starts_on", "The first day is over."),
        ({"category": "10"}, "id_category", "Enter 50 to 600 percent for each page."),
        ({"search": "6OO"}, "id_search", "Enter 50 to 600 percent for each page."),
        ({"category": ""}, "id_category", "Enter 50 to 600 percent for each page."),
        ({"most_a_day": "0"}, "id_most_a_day", "Enter 1 to 1,000 times, or nothing for no limit."),
        ({"name": "名" * 61}, "id_name", "A name has at most 60 characters, this one 61."),
        ({f"day_{day}": "" for day in range(7)}, "hours", "Choose at least one day and one hour."),
    ):
        answer = seller.browser.post(path, {**typed, **pages, **wrong})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert re.findall(r'<span class="wrong" id="([^"]*)"', page) == [f"{at}_wrong"]
        assert f'href="#{at}"' in page and sentence in page and page.count('class="wrong-list"') == 1
    many = seller.browser.post(path, {**typed, **pages, "daily_budget": "1", "home": "10", "day_1": "x"})
    assert many.content.decode().count('class="wrong-list"') == 1


def _make(who: Merchant, typed: dict) -> tuple[int, int]:
    _go(who, {**typed, "go": "create"}, status=302)
    group = Group.objects.get()
    return group.campaign_id, group.pk


def _go(who: Merchant, data: dict, *, status: int = 200) -> str:
    answer = who.browser.post("/ads/campaigns/new/", data)
    assert answer.status_code == status, answer.content.decode()[-3_000:]
    return answer.content.decode()
