"""What is said of a list, whoever owns it: titles, rule, and where it is shown. The faces add what is theirs."""

import re
from typing import Any  # Any: what Django hands to a form is open by nature

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from market.money import BadAmount, format_minor, parse_minor
from market.taxonomy.selectors import get_tree
from search.collections.contracts import (
    DISCOUNTS,
    LONGEST_TITLE,
    MOST_LEFT_OUT,
    MOST_PRODUCTS,
    BadRule,
    Collection,
    ListRule,
)
from search.listings.contracts import LONGEST_KEY, Sort
from tenants.catalog.contracts import Text

SORTS = (
    (Sort.NEWEST.value, _("Newest first")),
    (Sort.SALES.value, _("Most sold first")),
    (Sort.PRICE_UP.value, _("Cheapest first")),
    (Sort.PRICE_DOWN.value, _("Dearest first")),
    (Sort.RATING.value, _("Best rated first")),
)
_ITEM = re.compile(r"(?:.*item/)?(\d{1,18})(?:[/?#].*)?")
_BETWEEN = re.compile(r"[\s,，、]+")


class PriceField(forms.CharField):
    """A price as people type it, or nothing; cleaned to minor units, or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, required=False, **options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: object) -> int | None:
        """The price in minor units."""
        typed = str(super().clean(value)).strip().lstrip("¥")
        if not typed:
            return None
        try:
            return parse_minor(typed)
        except BadAmount as error:
            raise ValidationError(_("Enter a price such as 8 or 8.50.")) from error


class CollectionForm(forms.Form):
    """A list. A face adds `on_front`, in words for its front page, and the platform's adds `shop`."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=LONGEST_TITLE, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=LONGEST_TITLE, required=False)
    category = forms.TypedChoiceField(
        label=_("Category and all below it"), coerce=int, empty_value=None, required=False
    )
    brand = forms.CharField(label=_("Brand"), max_length=LONGEST_KEY, required=False)
    tag = forms.CharField(label=_("Tag"), max_length=LONGEST_KEY, required=False)
    price_from = PriceField(label=_("Price from (¥)"))
    price_to = PriceField(label=_("Price to (¥)"))
    discount = forms.TypedChoiceField(label=_("Reduced by at least"), coerce=int, empty_value=None, required=False)
    sort = forms.ChoiceField(label=_("Sorted"), choices=SORTS)
    most = forms.IntegerField(
        label=_("At most so many products"), min_value=1, max_value=MOST_PRODUCTS, initial=ListRule().most
    )
    in_stock = forms.BooleanField(label=pgettext_lazy("list", "In stock only"), required=False, initial=True)
    left_out = forms.CharField(
        label=_("Leave out"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Addresses of products as shoppers see them, with spaces between: item/123."),
    )
    is_shown = forms.BooleanField(label=_("Shoppers see it"), required=False, initial=True)
    place = forms.IntegerField(
        label=_("Place among the lists"),
        min_value=1,
        max_value=999,
        initial=10,
        help_text=_("The lowest comes first."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].choices = [("", _("All categories")), *_list_categories()]  # type: ignore[attr-defined]
        steps = [(step, f"{step}%") for step in DISCOUNTS]
        self.fields["discount"].choices = [("", _("Reduced or not")), *steps]  # type: ignore[attr-defined]

    def clean_left_out(self) -> tuple[int, ...]:
        """The listings' ids."""
        typed = [part for part in _BETWEEN.split(self.cleaned_data["left_out"]) if part]
        found = [_ITEM.fullmatch(part) for part in typed]
        wrong = next((part for part, match in zip(typed, found, strict=True) if match is None), None)
        if wrong is not None:
            raise ValidationError(_("“%(part)s” is no product: enter item/123 or 123.") % {"part": wrong[:40]})
        if len(found) > MOST_LEFT_OUT:
            raise ValidationError(_("At most %(most)s products can be left out.") % {"most": MOST_LEFT_OUT})
        return tuple(dict.fromkeys(int(match[1]) for match in found if match))

    def clean(self) -> dict[str, Any]:
        """The rule as a whole."""
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("title_zh") or data.get("title_en")):
            self.add_error("title_zh", _("Enter a title, in Chinese, in English or in both."))
        if not self.errors:
            try:
                data["rule"] = _make_rule(data)
            except BadRule as error:
                self._name_fault(error.field)
        return data

    def _name_fault(self, field: str) -> None:
        if field.startswith("price"):
            self.add_error("price_to", _("The highest price is below the lowest. Change one of them."))
        else:
            self.add_error(field if field in self.fields else None, _("This is beyond what a list can ask for."))

    def to_collection(self, owner_shop_id: int | None, collection_id: int = 0) -> Collection:
        """The list as it was typed, of this shop or the platform."""
        data = self.cleaned_data
        return Collection(
            collection_id=collection_id,
            owner_shop_id=owner_shop_id,
            slug="",
            title=Text(data["title_zh"], data["title_en"]),
            rule=data["rule"],
            left_out=data["left_out"],
            is_shown=data["is_shown"],
            on_front=data["on_front"],
            place=data["place"],
        )


def show_collection(collection: Collection) -> dict[str, object]:
    """A list as its form shows it."""
    rule = collection.rule
    return {
        "title_zh": collection.title.zh,
        "title_en": collection.title.en,
        "category": rule.category_id,
        "brand": rule.brand,
        "tag": rule.tag,
        "shop": rule.shop_id or "",
        "price_from": _show_price(rule.price_from_minor),
        "price_to": _show_price(rule.price_to_minor),
        "discount": rule.discount or "",
        "in_stock": rule.in_stock,
        "sort": rule.sort.value,
        "most": rule.most,
        "left_out": " ".join(f"item/{listing_id}" for listing_id in collection.left_out),
        "is_shown": collection.is_shown,
        "on_front": collection.on_front,
        "place": collection.place,
    }


def _make_rule(data: dict[str, Any]) -> ListRule:
    return ListRule(
        category_id=data["category"],
        brand=data["brand"],
        tag=data["tag"],
        shop_id=data.get("shop"),
        price_from_minor=data["price_from"],
        price_to_minor=data["price_to"],
        discount=data["discount"] or 0,
        in_stock=data["in_stock"],
        sort=Sort(data["sort"]),
        most=data["most"],
    )


def _show_price(minor: int | None) -> str:
    return "" if minor is None else format_minor(minor)


def _list_categories() -> list[tuple[int, str]]:
    tree, language = get_tree(), get_language() or "zh-hans"
    return [
        (node.category_id, " › ".join(above.name(language) for above in tree.list_line(node.category_id)))
        for node in tree.nodes.values()
    ]
