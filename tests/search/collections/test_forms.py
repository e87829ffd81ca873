"""What people type of a list, for whoever owns it."""

import pytest
from django.utils.translation import override

from search.collections.contracts import Collection, ListRule
from search.collections.forms import CollectionForm, show_collection
from search.listings.contracts import Sort
from tenants.catalog.contracts import Text

GIVEN = {"title_zh": "新品", "sort": "newest", "most": "50", "place": "3"}


class ListForm(CollectionForm):
    """A form as a face has it, without a front page."""

    def clean(self):
        return {**super().clean(), "on_front": False}


def read(**changed: str) -> ListForm:
    form = ListForm({**GIVEN, **changed})
    form.full_clean()
    return form


def read_error(field: str, typed: str) -> str:
    with override("en"):
        return str(read(**{field: typed}).errors[field])


def test_what_is_shown_and_sent_back_is_the_same_list(db) -> None:
    rule = ListRule(tag="手作", price_from_minor=0, price_to_minor=9_950, in_stock=False, sort=Sort.RATING, most=7)
    one = Collection(5, 41, "", Text("新品", "New"), rule, (7, 9), is_shown=False, on_front=False, place=3)
    shown = {name: str(value) for name, value in show_collection(one).items() if value not in (None, False)}
    form = ListForm(shown)
    assert form.is_valid(), form.errors
    assert form.to_collection(41, 5) == one


@pytest.mark.parametrize(
    ("typed", "price"), [("", None), ("0", 0), ("¥8", 800), ("1,234.5", 123_450), ("8.00", 800), (" 8 ", 800)]
)
def test_a_price_is_read_as_people_write_it(db, typed: str, price: int | None) -> None:
    form = read(price_to=typed)
    assert form.is_valid() and form.cleaned_data["price_to"] == price


@pytest.mark.parametrize("typed", ["cheap", "-1", "1.234", "9" * 39, "1e3"])
def test_a_price_that_is_none_is_said(db, typed: str) -> None:
    assert "such as 8 or 8.50" in read_error("price_from", typed)


def test_products_are_named_by_number_or_by_any_address_of_theirs(db) -> None:
    typed = "7, item/8 /item/9/、http://m.example/item/10?from=home，https://m.example/item/11#more 7"
    assert read(left_out=typed).cleaned_data["left_out"] == (7, 8, 9, 10, 11)


@pytest.mark.parametrize("typed", ["mug", "item/", "http://m.example/shop/7x", "7" * 19])
def test_what_names_no_product_is_said(db, typed: str) -> None:
    assert "is no product" in read_error("left_out", typed)
