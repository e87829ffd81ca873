"""A person's address book. Every function takes the person's id, so that nobody reaches another's entries."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from market.accounts.contracts import AddressView
from market.accounts.models import Address, User
from market.accounts.regions import UnknownRegion, get_region
from market.accounts.rules import ADDRESSES_A_PERSON, BadPhone, normalize_phone
from market.accounts.selectors import view_address

RECIPIENT_LENGTH, STREET_LENGTH = 40, 200


class BadAddress(ValueError):
    """A field cannot be used; `field` says which, `reason` is missing, long, unknown or digits."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class TooManyAddresses(RuntimeError):
    """The address book is full (`ADDRESSES_A_PERSON`)."""


class AddressNotFound(LookupError):
    """This person has no such address."""


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address as typed; the district code names province and city as well."""

    recipient: str
    phone: str
    district_code: str
    street: str
    postcode: str = ""
    is_default: bool = False


@transaction.atomic
def add_address(*, user_id: int, draft: AddressDraft, now: datetime) -> AddressView:
    """One more entry; the first becomes the default. Raises `BadAddress`, `TooManyAddresses`."""
    _lock_book(user_id)
    count = Address.objects.filter(user_id=user_id).count()
    if count >= ADDRESSES_A_PERSON:
        raise TooManyAddresses(user_id)
    address = Address(user_id=user_id, created_at=now)
    _fill(address, draft)
    if draft.is_default or count == 0:
        _take_default(user_id, address)
    address.save()
    return view_address(address)


@transaction.atomic
def change_address(*, user_id: int, address_id: int, draft: AddressDraft) -> AddressView:
    """Replace an entry. The default stays the default. Raises `AddressNotFound`, `BadAddress`."""
    _lock_book(user_id)
    address = _get(user_id, address_id)
    _fill(address, draft)
    if draft.is_default:
        _take_default(user_id, address)
    address.save()
    return view_address(address)


@transaction.atomic
def make_default(*, user_id: int, address_id: int) -> None:
    """Let checkout begin with this address. Raises `AddressNotFound`."""
    _lock_book(user_id)
    address = _get(user_id, address_id)
    _take_default(user_id, address)
    address.save(update_fields=["is_default"])


@transaction.atomic
def remove_address(*, user_id: int, address_id: int) -> None:
    """Delete an entry; the newest other one becomes the default. Orders keep their copy. Raises `AddressNotFound`."""
    _lock_book(user_id)
    address = _get(user_id, address_id)
    was_default = address.is_default
    address.delete()
    heir = Address.objects.filter(user_id=user_id).order_by("-pk").first()
    if was_default and heir is not None:
        heir.is_default = True
        heir.save(update_fields=["is_default"])


def _lock_book(user_id: int) -> None:
    """One change of a person's book at a time, or two requests could pass the limit together."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)


def _get(user_id: int, address_id: int) -> Address:
    address = Address.objects.filter(user_id=user_id, pk=address_id).first()
    if address is None:
        raise AddressNotFound(address_id)
    return address


def _take_default(user_id: int, address: Address) -> None:
    Address.objects.filter(user_id=user_id, is_default=True).exclude(pk=address.pk).update(is_default=False)
    address.is_default = True


def _fill(address: Address, draft: AddressDraft) -> None:
    address.recipient = _clean("recipient", draft.recipient, RECIPIENT_LENGTH)
    address.street = _clean("street", draft.street, STREET_LENGTH)
    try:
        address.phone = normalize_phone(draft.phone)
    except BadPhone as error:
        raise BadAddress("phone", "missing" if not draft.phone.strip() else "unknown") from error
    address.postcode = draft.postcode.strip()
    if address.postcode and not (
        len(address.postcode) == 6 and address.postcode.isascii() and address.postcode.isdigit()
    ):
        raise BadAddress("postcode", "digits")
    try:
        region = get_region(draft.district_code)
    except UnknownRegion as error:
        raise BadAddress("district_code", "missing" if not draft.district_code else "unknown") from error
    address.province_code, address.province = region.province.code, region.province.name
    address.city_code, address.city = region.city.code, region.city.name
    address.district_code, address.district = region.district.code, region.district.name


def _clean(field: str, typed: str, limit: int) -> str:
    text = " ".join(typed.split())
    if not text:
        raise BadAddress(field, "missing")
    if len(text) > limit:
        raise BadAddress(field, "long")
    if not text.isprintable():
        raise BadAddress(field, "unknown")
    return text
