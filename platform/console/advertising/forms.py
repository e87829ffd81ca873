"""What staff say of a fixed place."""

from typing import Any  # Any: what Django hands to a form is open by nature

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.settling.forms import AmountField
from market.money import format_minor
from search.campaigns.contracts import PageKind
from search.campaigns.words import name_page
from search.slots.contracts import LONGEST_KEY, LONGEST_NAME, LotUnit, SlotKind, SlotTerms, SlotView
from tenants.catalog.contracts import Text

UNITS = (
    (LotUnit.DAY.value, pgettext_lazy("unit of a lot", "Days")),
    (LotUnit.HOUR.value, pgettext_lazy("unit of a lot", "Hours")),
)
KINDS = ((SlotKind.CAROUSEL.value, _("Carousel")), (SlotKind.BANNER.value, _("Banner")))
FIELDS = {"reserve_minor": "reserve", "step_minor": "step", "name": "name_zh"}
"""Where a form has another name for a field of the terms."""


_NAMES = {
    "required": _("Enter a name: merchants read it."),
    "max_length": _("A name has at most %(limit_value)s letters. Shorten it."),
}
_NUMBERS = {
    "required": _("Enter a whole number."),
    "invalid": _("Enter a whole number."),
    "min_value": _("Enter %(limit_value)s or more."),
    "max_value": _("Enter %(limit_value)s at most."),
}
_CHOICES = {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}
_KEYS = {
    "required": _("Enter a key, such as home-banner-3."),
    "invalid": _("Use only the letters a to z, digits and -, such as home-banner-3."),
    "max_length": _("A key has at most %(limit_value)s signs. Shorten it."),
}


class FloorForm(forms.Form):
    """The least that is taken."""

    amount = AmountField(label=_("At least (CNY)"))


class PlaceForm(forms.Form):
    """A place as merchants may bid for it. Its address on a page stays once it is there."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=LONGEST_NAME, error_messages=_NAMES)
    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME, error_messages=_NAMES)
    position = forms.IntegerField(label=_("Position on the page"), min_value=1, max_value=99, error_messages=_NUMBERS)
    width = forms.IntegerField(
        label=_("Width of the picture (px)"), min_value=1, max_value=4_000, error_messages=_NUMBERS
    )
    height = forms.IntegerField(
        label=_("Height of the picture (px)"), min_value=1, max_value=4_000, error_messages=_NUMBERS
    )
    unit = forms.ChoiceField(label=_("A lot is counted in"), choices=UNITS, error_messages=_CHOICES)
    length = forms.IntegerField(label=_("So many of them a lot"), min_value=1, max_value=31, error_messages=_NUMBERS)
    days_ahead = forms.IntegerField(
        label=_("Open for bids so many days ahead"), min_value=1, max_value=30, error_messages=_NUMBERS
    )
    closes_minutes = forms.IntegerField(
        label=_("Bids end so many minutes before it begins"),
        min_value=0,
        max_value=7 * 24 * 60,
        error_messages=_NUMBERS,
    )
    reserve = AmountField(label=_("Lowest price of a lot (CNY)"))
    step = AmountField(label=_("Step (CNY)"))
    is_sold = forms.BooleanField(label=_("It is sold"), required=False)

    def to_terms(self, slot: SlotView) -> SlotTerms:
        """The terms as typed; key, page and kind are the place's."""
        return _make_terms(self.cleaned_data, slot.terms.key, slot.terms.page, slot.terms.kind)


class NewPlaceForm(PlaceForm):
    """A place that is not there yet."""

    key = forms.SlugField(
        label=pgettext_lazy("place", "Key"),
        max_length=LONGEST_KEY,
        help_text=_("Letters, digits and -, such as home-banner-3. It stays for ever."),
        error_messages=_KEYS,
    )
    page = forms.ChoiceField(label=_("Page"), error_messages=_CHOICES)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, error_messages=_CHOICES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["page"].choices = [(PageKind.HOME.value, name_page(PageKind.HOME.value))]  # type: ignore[attr-defined]

    def to_new_terms(self) -> SlotTerms:
        """The terms as typed."""
        data = self.cleaned_data
        return _make_terms(data, data["key"], PageKind(data["page"]), SlotKind(data["kind"]))


def show_place(slot: SlotView) -> dict[str, object]:
    """A place as its form shows it."""
    terms = slot.terms
    return {
        "name_zh": terms.name.zh,
        "name_en": terms.name.en,
        "position": terms.position,
        "width": terms.width,
        "height": terms.height,
        "unit": terms.unit.value,
        "length": terms.length,
        "days_ahead": terms.days_ahead,
        "closes_minutes": terms.closes_minutes,
        "reserve": format_minor(terms.reserve_minor),
        "step": format_minor(terms.step_minor),
        "is_sold": terms.is_sold,
    }


def _make_terms(data: dict[str, Any], key: str, page: PageKind, kind: SlotKind) -> SlotTerms:
    return SlotTerms(
        key=key,
        page=page,
        kind=kind,
        position=data["position"],
        width=data["width"],
        height=data["height"],
        unit=LotUnit(data["unit"]),
        length=data["length"],
        days_ahead=data["days_ahead"],
        closes_minutes=data["closes_minutes"],
        reserve_minor=data["reserve"],
        step_minor=data["step"],
        name=Text(data["name_zh"], data["name_en"]),
        is_sold=data["is_sold"],
    )
