"""Reading people and their address books."""

from collections.abc import Iterable

from django.utils.translation import gettext

from market.accounts.contracts import AddressView, Language, OwnAccount, PersonView, StaffRole
from market.accounts.fields import blind_index
from market.accounts.models import Address, User
from market.accounts.rules import BadPhone, mask_phone, normalize_phone


class PersonNotFound(LookupError):
    """Nobody has this id."""


def get_person(user_id: int) -> PersonView:
    """One person; raises `PersonNotFound`."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise PersonNotFound(user_id)
    return view_person(user)


def get_own_account(user_id: int) -> OwnAccount:
    """One's own account; raises `PersonNotFound`."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise PersonNotFound(user_id)
    return OwnAccount(
        user_id=user.pk,
        display_name=display_name(user),
        email=user.email,
        masked_phone=mask_phone(user.phone) if user.phone_verified else "",
        language=Language(user.language),
        staff_role=StaffRole(user.staff_role) if user.staff_role else None,
        has_password=user.has_usable_password(),
        created_at=user.created_at,
    )


def find_staff_role(user_id: int) -> StaffRole | None:
    """What a person is trusted with by the platform; None for everyone else."""
    role = User.objects.filter(pk=user_id).values_list("staff_role", flat=True).first()
    return StaffRole(role) if role else None


def list_people_by_ids(user_ids: Iterable[int]) -> dict[int, PersonView]:
    """The people among these ids who exist."""
    return {user.pk: view_person(user) for user in User.objects.filter(pk__in=set(user_ids))}


def find_person_by_email(email: str) -> PersonView | None:
    """Whose address this is, however it is written."""
    user = User.objects.filter(email=email.strip().lower()).first() if email.strip() else None
    return view_person(user) if user else None


def find_user_by_phone(phone: str) -> User | None:
    """Who has proved this number, as typed or in E.164."""
    try:
        index = phone_index_of(normalize_phone(phone))
    except BadPhone:
        return None
    return User.objects.filter(phone_index=index, phone_verified=True).first()


def find_address(*, user_id: int, address_id: int) -> AddressView | None:
    """One of this person's addresses."""
    address = Address.objects.filter(user_id=user_id, pk=address_id).first()
    return view_address(address) if address else None


def find_default_address(user_id: int) -> AddressView | None:
    """The address that checkout begins with."""
    address = Address.objects.filter(user_id=user_id, is_default=True).first()
    return view_address(address) if address else None


def list_addresses(user_id: int) -> list[AddressView]:
    """The address book: the default first, then the newest."""
    return [view_address(address) for address in Address.objects.filter(user_id=user_id).order_by("-is_default", "-pk")]


def display_name(user: User) -> str:
    """What a person is called on pages; never an e-mail address or a number."""
    return user.display_name or gettext("Shopper %(number)d") % {"number": user.pk}


def view_person(user: User) -> PersonView:
    """A person for other zones."""
    return PersonView(
        user_id=user.pk,
        display_name=display_name(user),
        language=Language(user.language),
        email=user.email,
        staff_role=StaffRole(user.staff_role) if user.staff_role else None,
    )


def view_address(address: Address) -> AddressView:
    """An address for other zones."""
    return AddressView(
        address_id=address.pk,
        recipient=address.recipient,
        phone=address.phone,
        province_code=address.province_code,
        province=address.province,
        city_code=address.city_code,
        city=address.city,
        district_code=address.district_code,
        district=address.district,
        street=address.street,
        postcode=address.postcode,
        is_default=address.is_default,
    )


def phone_index_of(phone: str) -> str:
    """The blind index of a number in E.164."""
    return blind_index(phone, purpose="user.phone")
