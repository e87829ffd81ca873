"""What other zones may know of people and their addresses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Language(StrEnum):
    """The languages a person can be written to in; values are Django's language codes."""

    CHINESE = "zh-hans"
    ENGLISH = "en"


class StaffRole(StrEnum):
    """What a member of the platform's own staff is trusted with. Everyone else has none."""

    ADMIN = "admin"
    REVIEWER = "reviewer"
    FINANCE = "finance"
    SUPPORT = "support"


class AttemptKind(StrEnum):
    """What is counted in the database, so that limits hold while the cache is away."""

    MAIL_CODE = "mail_code"
    SMS_CODE = "sms_code"
    SMS_HOST = "sms_host"
    PASSWORD = "password"  # noqa: S105 - the name of a counter
    SECOND_FACTOR = "second"


class EntryKind(StrEnum):
    """The hosts that are entered with a one-time ticket."""

    PORTAL = "portal"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as others may show them: no telephone, no address."""

    user_id: int
    display_name: str
    language: Language
    email: str | None
    staff_role: StaffRole | None


@dataclass(frozen=True, slots=True)
class AddressView:
    """One entry of an address book, readable: whoever stores it encrypts it again."""

    address_id: int
    recipient: str
    phone: str
    province_code: str
    province: str
    city_code: str
    city: str
    district_code: str
    district: str
    street: str
    postcode: str
    is_default: bool

    @property
    def region(self) -> str:
        """Province, city and district as one line; a municipality is not named twice."""
        parts = [self.province, self.city, self.district]
        return " ".join(part for part in parts if part not in ("市辖区", "县", ""))


@dataclass(frozen=True, slots=True)
class Entry:
    """Who comes in with a redeemed ticket, and how much was proved on the market host."""

    user_id: int
    kind: EntryKind
    next_path: str
    two_factor: bool
    authenticated_at: datetime


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account, as only its owner sees it. The telephone is masked even here: shoulders are looked over."""

    user_id: int
    display_name: str
    email: str | None
    masked_phone: str
    language: Language
    staff_role: StaffRole | None
    has_password: bool
    created_at: datetime
