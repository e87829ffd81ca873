"""What goes with a product and what fits a person, through JSON."""

from market.shops.services import suspend_shop
from search.results.contracts import Bond
from search.signals.services import name_person, switch_interests
from tests.search.results.test_purchases import buy
from tests.search.results.test_related import tie


def test_related_goods_say_why(market, indexed):
    mug, tea = market.listing_ids
    tie(Bond.LOOKED, mug, [tea])
    body = market.visitor.get(f"listings/{mug}/related").json()
    (found,) = body["looked"]
    assert found["card"]["listing_id"] == tea
    assert found["reason"] == {"kind": "looked_together", "listing_id": mug, "about": None}
    assert (body["bought"], body["similar"]) == ([], [])


def test_related_goods_of_closed_shops_are_not_told(market, indexed, clock):
    mug, tea = market.listing_ids
    tie(Bond.BOUGHT, mug, [tea])
    suspend_shop(shop_id=market.shops[1].shop_id, actor_id=1, reason="-", now=clock.now)
    assert market.visitor.get(f"listings/{mug}/related").json()["bought"] == []
    assert market.visitor.get(f"listings/{tea}/related").status_code == 404


def test_without_a_token_a_shelf_is_everybodys_and_kept_nowhere(market, indexed):
    answer = market.visitor.get("for-you")
    assert answer.json()["is_cold"] is True
    assert answer["Cache-Control"] == "private, no-store"


def test_a_tokens_shelf_follows_its_persons_purchases_until_that_is_switched_off(market, indexed, clock):
    mug, tea = market.listing_ids
    tie(Bond.BOUGHT, mug, [tea])
    buy(clock.now, "P1", (1, "completed", [mug]), buyer_id=market.buyer.user_id)
    (found,) = market.buyer.api.get("for-you").json()["items"]
    assert (found["card"]["listing_id"], found["reason"]["kind"]) == (tea, "you_bought")
    switch_interests(person=name_person(user_id=market.buyer.user_id), is_on=False, now=clock.now)
    assert market.buyer.api.get("for-you").json()["is_cold"] is True
