"""Forms of the account and the address book."""

from typing import Any  # Any: Django's forms take data and options of any kind

from django import forms
from django.utils.translation import gettext_lazy as _

from market.accounts.contracts import AddressView, Language
from market.accounts.regions import Division, list_cities, list_districts, list_provinces
from market.accounts.rules import show_phone
from market.accounts.services import AddressDraft, find_problems

SENTENCES = {
    ("recipient", "missing"): _("Enter who receives the parcel."),
    ("recipient", "long"): _("A name has at most 40 characters. Shorten it."),
    ("phone", "missing"): _("Enter a number the courier can call."),
    ("phone", "unknown"): _("No telephone number looks like this. Enter all digits, abroad with + and country code."),
    ("district_code", "missing"): _("Choose the district."),
    ("district_code", "unknown"): _("Choose the district."),
    ("street", "missing"): _("Enter street, building and door."),
    ("street", "long"): _("Street, building and door have at most 200 characters. Shorten them."),
    ("postcode", "digits"): _("A postcode has 6 digits. Enter all of them or none."),
}
STRANGE = _("There is a sign in here that cannot be printed. Type it again.")
FIELDS = {"district_code": "district"}
MISSING = {
    "recipient": SENTENCES["recipient", "missing"],
    "phone": SENTENCES["phone", "missing"],
    "province": _("Choose the province."),
    "city": _("Choose the city."),
    "district": SENTENCES["district_code", "missing"],
    "street": SENTENCES["street", "missing"],
}


class ProfileForm(forms.Form):
    """How a person is called and written to."""

    display_name = forms.CharField(label=_("Name shown to others"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=[(Language.CHINESE.value, "简体中文"), (Language.ENGLISH.value, "English")],
    )


class AddressForm(forms.Form):
    """An address. Cities follow the province, districts the city: with a script at once, without by a button."""

    recipient = forms.CharField(label=_("Recipient"), max_length=200)
    phone = forms.CharField(label=_("Telephone"), max_length=40)
    province = forms.ChoiceField(label=_("Province"))
    city = forms.ChoiceField(label=_("City"))
    district = forms.ChoiceField(label=_("District"))
    street = forms.CharField(label=_("Street, building, door"), max_length=1000)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    is_default = forms.BooleanField(label=_("Begin checkout with this address"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, sentence in MISSING.items():
            self.fields[name].error_messages.update({"required": sentence, "invalid_choice": sentence})
        autocomplete = {"recipient": "name", "phone": "tel", "street": "street-address", "postcode": "postal-code"}
        for name, value in autocomplete.items():
            self.fields[name].widget.attrs["autocomplete"] = value
        self.fields["phone"].widget.attrs.update({"type": "tel", "inputmode": "tel"})
        self.fields["postcode"].widget.attrs["inputmode"] = "numeric"
        self._offer_regions()

    def _offer_regions(self) -> None:
        province, city = self._chosen("province"), self._chosen("city")
        city = city if city.startswith(province) else ""
        self._offer("province", _("Choose the province"), list_provinces())
        self._offer("city", _("Choose the city"), list_cities(province))
        self._offer("district", _("Choose the district"), list_districts(city))

    def _chosen(self, name: str) -> str:
        source = self.data if self.is_bound else self.initial
        return str(source.get(name) or "")

    def _offer(self, name: str, invitation: Any, divisions: list[Division]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", invitation), *((division.code, division.name) for division in divisions)]

    def clean(self) -> dict[str, Any]:
        """All faults at once; of province, city and district only the first that is missing."""
        cleaned = super().clean() or self.cleaned_data
        missing = [level for level in ("province", "city", "district") if level in self.errors]
        for level in missing[1:]:
            del self.errors[level]
        for field, reason in find_problems(self.draft()).items():
            if FIELDS.get(field, field) not in self.errors and not (missing and field == "district_code"):
                self.add_error(FIELDS.get(field, field), SENTENCES.get((field, reason), STRANGE))
        return cleaned

    def draft(self) -> AddressDraft:
        """What was typed, for the service."""
        typed = self.cleaned_data
        return AddressDraft(
            recipient=typed.get("recipient", ""),
            phone=typed.get("phone", ""),
            district_code=typed.get("district", ""),
            street=typed.get("street", ""),
            postcode=typed.get("postcode", ""),
            is_default=typed.get("is_default", False),
        )


def initial_of(address: AddressView) -> dict[str, object]:
    """An address as the form shows it."""
    return {
        "recipient": address.recipient,
        "phone": show_phone(address.phone),
        "province": address.province_code,
        "city": address.city_code,
        "district": address.district_code,
        "street": address.street,
        "postcode": address.postcode,
        "is_default": address.is_default,
    }


def draft_of(address: AddressView) -> AddressDraft:
    """An address as it was typed."""
    return AddressDraft(
        recipient=address.recipient,
        phone=address.phone,
        district_code=address.district_code,
        street=address.street,
        postcode=address.postcode,
        is_default=address.is_default,
    )
