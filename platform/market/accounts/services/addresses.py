"""A person's address book. Every function takes the person's id, so that nobody reaches another's entries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from market.accounts.contracts import AddressView
from market.accounts.models import Address, User
from market.accounts.regions import UnknownRegion, get_region
from market.accounts.rules import ADDRESSES_A_PERSON, BadPhone, normalize_phone
from market.accounts.selectors import view_address

RECIPIENT_LENGTH, STREET_LENGTH = 40, 200
POSTCODE = re.compile(r"([0-9]{6})?")


class BadAddress(ValueError):
    """Fields that cannot be used: `problems` maps each to missing, long, unknown or digits."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {reason}" for field, reason in problems.items()))
        self.problems = problems


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
    problems = find_problems(draft)
    if problems:
        raise BadAddress(problems)
    region = get_region(draft.district_code)
    address.recipient, address.street = _plain(draft.recipient), _plain(draft.street)
    address.phone, address.postcode = normalize_phone(draft.phone), draft.postcode.strip()
    address.province_code, address.province = region.province.code, region.province.name
    address.city_code, address.city = region.city.code, region.city.name
    address.district_code, address.district = region.district.code, region.district.name


def find_problems(draft: AddressDraft) -> dict[str, str]:
    """Every field of a draft that cannot be used, and why: missing, long, unknown or digits."""
    found = {
        "recipient": _problem_of_text(draft.recipient, RECIPIENT_LENGTH),
        "phone": _problem_of_phone(draft.phone),
        "district_code": _problem_of_district(draft.district_code),
        "street": _problem_of_text(draft.street, STREET_LENGTH),
        "postcode": "" if POSTCODE.fullmatch(draft.postcode.strip()) else "digits",
    }
    return {field: reason for field, reason in found.items() if reason}


def _plain(typed: str) -> str:
    return " ".join(typed.split())


def _problem_of_text(typed: str, limit: int) -> str:
    text = _plain(typed)
    if not text:
        return "missing"
    if len(text) > limit:
        return "long"
    return "" if text.isprintable() else "unknown"


def _problem_of_phone(typed: str) -> str:
    if not typed.strip():
        return "missing"
    try:
        normalize_phone(typed)
    except BadPhone:
        return "unknown"
    return ""


def _problem_of_district(code: str) -> str:
    if not code:
        return "missing"
    try:
        get_region(code)
    except UnknownRegion:
        return "unknown"
    return ""
