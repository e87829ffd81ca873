"""The platform's lists on the console: defined, tried, changed, removed and put back, with every refusal said."""

import re

import pytest
from django.urls import reverse

from market.accounts.contracts import StaffRole
from search.collections.contracts import MOST_OF_PLATFORM, ListRule
from search.collections.selectors import list_all
from search.collections.services import save_collection
from search.listings.contracts import Sort
from tests.fixtures.api import list_product
from tests.search.collections.test_collections import make

GIVEN = {
    "title_zh": "百元以下",
    "title_en": "Under 100",
    "sort": "price_up",
    "most": "50",
    "place": "3",
    "is_shown": "on",
}


def address(name: str, *args: object) -> str:
    return reverse(f"console:{name}", args=args, urlconf="config.urls.console")


def test_a_list_is_defined_changed_removed_and_put_back(db, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    given = {**GIVEN, "price_to": "99.99", "discount": "20", "tag": "手作", "left_out": "item/7/ 9, 7"}
    page = staff.client.post(address("add-list"), given, follow=True).content.decode()
    assert ("Shoppers see it with the next page" in page and "百元以下" in page) or "Under 100" in page
    (one,) = list_all(shop_id=None)
    rule = ListRule(price_to_minor=9_999, discount=20, tag="手作", in_stock=False, sort=Sort.PRICE_UP, most=50)
    assert (one.rule, one.left_out, one.slug, one.place) == (rule, (7, 9), "under-100", 3)
    form = staff.get(address("edit-list", one.collection_id)).content.decode()
    assert 'value="99.99"' in form and re.search(r"<textarea[^>]*>\s*item/7 item/9</textarea>", form)
    staff.client.post(address("edit-list", one.collection_id), {**given, "title_en": "Cheap", "in_stock": "on"})
    (one,) = list_all(shop_id=None)
    assert (one.title.en, one.slug, one.rule.in_stock) == ("Cheap", "under-100", True)
    trail = staff.get("/trail/").content.decode()
    assert "price to: 99.99" in trail and "order: Cheapest first" in trail and "price_to_minor" not in trail
    page = staff.client.post(address("remove-list", one.collection_id), follow=True).content.decode()
    assert address("put-back-list", one.collection_id) in page and list_all(shop_id=None) == []
    staff.client.post(address("put-back-list", one.collection_id))
    assert list_all(shop_id=None) == [one]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title_zh": "", "title_en": ""}, "Enter a title"),
        ({"price_from": "20", "price_to": "10"}, "highest price is below the lowest"),
        ({"price_to": "cheap"}, "Enter a price such as"),
        ({"left_out": "mug"}, "is no product"),
        ({"left_out": " ".join(map(str, range(1, 60)))}, "At most 50 products"),
        ({"most": "99999"}, "2400"),
        ({"shop": "nobody"}, "No one shop has this number"),
    ],
)
def test_what_cannot_be_is_said_and_kept_in_the_form(db, enter, changed, said) -> None:
    answer = enter().client.post(address("add-list"), {**GIVEN, **changed})
    assert answer.status_code == 422 and said in answer.content.decode() and list_all(shop_id=None) == []


def test_a_list_is_tried_before_it_is_saved(db, enter, make_shop) -> None:
    list_product(make_shop("alpha", owner_id=900_001), sku="MUG", price_minor=1_000, title="青釉杯")
    client = enter().client
    page = client.post(address("add-list"), {**GIVEN, "preview": "1"}).content.decode()
    assert "1 product now" in page and "青釉杯" in page and list_all(shop_id=None) == []
    page = client.post(address("add-list"), {**GIVEN, "preview": "1", "price_from": "11"}).content.decode()
    assert "0 products now" in page and "Nothing meets this rule now" in page


def test_a_list_of_a_shop_is_not_the_consoles(db, enter, shop_a, clock) -> None:
    theirs = save_collection(collection=make(shop=shop_a), actor_id=1, now=clock.now)
    staff = enter()
    assert staff.get(address("edit-list", theirs.collection_id)).status_code == 404
    staff.client.post(address("remove-list", theirs.collection_id))
    assert list_all(shop_id=shop_a.shop_id) == [theirs]
    assert "No lists yet" in staff.get(address("lists")).content.decode()


def test_there_is_an_end_to_lists(db, enter, clock) -> None:
    for _ in range(MOST_OF_PLATFORM):
        save_collection(collection=make(), actor_id=1, now=clock.now)
    answer = enter().client.post(address("add-list"), GIVEN)
    assert answer.status_code == 422 and "60 lists already" in answer.content.decode()


def test_who_may_not_decide_only_looks(db, enter, clock) -> None:
    one = save_collection(collection=make(), actor_id=1, now=clock.now)
    finance = enter(StaffRole.FINANCE)
    assert "Define a list" not in finance.get(address("lists")).content.decode()
    assert finance.client.post(address("add-list"), GIVEN).status_code == 403
    assert finance.client.post(address("remove-list", one.collection_id)).status_code == 403
    assert list_all(shop_id=None) == [one]
