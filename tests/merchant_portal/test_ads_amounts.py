"""Bids and budgets that cannot be: said at their field, in the three steps, on the pages of campaigns and in files."""

import re

import pytest
from django.utils import timezone

from tests.fixtures.api import forget_everything, list_product
from tests.merchant_portal.conftest import Merchant

NOBODY = "Nobody has asked for these words in 28 days"


@pytest.fixture
def seller(make_merchant, monkeypatch) -> Merchant:
    forget_everything(monkeypatch)
    return make_merchant("alpha")


@pytest.fixture
def typed(seller: Merchant) -> dict:
    """All that is typed until the last step, which works out a forecast."""
    offer, _ = list_product(seller.shop, sku="MUG", price_minor=1_000, title="青釉杯")
    return {
        "kind": "keyword", "product": [str(offer.product_id)], "word": ["马克杯"], "own_words": "", "match": "phrase",
        "from_hour": "0", "to_hour": "24", "name": "周末的杯子", "bid": "0.60", "daily_budget": "50",
        "total_budget": "", "pace": "even", "ends_on": "", "starts_on": timezone.localdate().isoformat(),
        "key": "k" * 32, "step": "how", "go": "how",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"bid": "-1"}, {"bid": "0.01"}, {"bid": "1000"}, {"daily_budget": "1"}])
def test_nothing_is_foretold_of_an_amount_that_cannot_be(seller: Merchant, typed: dict, wrong: dict) -> None:
    assert NOBODY in _go(seller, typed)
    page = _go(seller, {**typed, **wrong}, status=422)
    (name,) = wrong
    assert NOBODY not in page and "Mend what is wrong first" in page
    assert re.findall(r'<span class="wrong" id="([^"]*)"', page) == [f"id_{name}_wrong"]
    assert page.count('<a href="#id_') == 1


def _go(who: Merchant, data: dict, *, status: int = 200) -> str:
    answer = who.browser.post("/ads/campaigns/new/", data)
    assert answer.status_code == status, answer.content.decode()[-3_000:]
    return answer.content.decode()
