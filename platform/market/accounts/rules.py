"""Decisions about telephones, attempts and addresses that need neither database nor clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers

from market.accounts.contracts import AttemptKind

ADDRESSES_A_PERSON = 20
TICKET_SECONDS = 30
PROOF_SECONDS = 15 * 60


class BadPhone(ValueError):
    """Not a telephone number that can be reached."""


def normalize_phone(typed: str) -> str:
    """A number as typed, in E.164. Without a country code it is a Chinese one. Raises `BadPhone`."""
    if len(typed) > 30:
        raise BadPhone
    try:
        number = phonenumbers.parse(typed, "CN")
    except phonenumbers.NumberParseException as error:
        raise BadPhone from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalize_mobile(typed: str) -> str:
    """Like `normalize_phone`, and it can receive a text message."""
    phone = normalize_phone(typed)
    kind = phonenumbers.number_type(phonenumbers.parse(phone, None))
    if kind not in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE):
        raise BadPhone
    return phone


def show_phone(phone: str) -> str:
    """An E.164 number as its country writes it: a Chinese mobile number without +86."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    if number.country_code == 86:
        return str(number.national_number) if _is_mobile(number) else _format(number, national=True)
    return _format(number, national=False)


def mask_phone(phone: str) -> str:
    """Enough to know one's own number by: 138****8000."""
    shown = show_phone(phone)
    return f"{shown[:3]}****{shown[-4:]}" if len(shown) >= 9 else "****"


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    return bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE)


def _format(number: phonenumbers.PhoneNumber, *, national: bool) -> str:
    style = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """At most `count` attempts in any `window`."""

    count: int
    window: timedelta


# The database's own limits. allauth's are stricter and live in the cache; these hold when the cache is away.
ATTEMPT_LIMITS: dict[AttemptKind, tuple[AttemptLimit, ...]] = {
    AttemptKind.MAIL_CODE: (AttemptLimit(5, timedelta(minutes=30)), AttemptLimit(20, timedelta(days=1))),
    AttemptKind.SMS_CODE: (AttemptLimit(5, timedelta(minutes=30)), AttemptLimit(10, timedelta(days=1))),
    # Text messages cost money: one visitor's address cannot have them sent to number after number.
    AttemptKind.SMS_HOST: (AttemptLimit(60, timedelta(minutes=30)), AttemptLimit(300, timedelta(days=1))),
    AttemptKind.PASSWORD: (AttemptLimit(10, timedelta(minutes=15)),),
    AttemptKind.SECOND_FACTOR: (AttemptLimit(10, timedelta(minutes=15)),),
}
LONGEST_WINDOW = timedelta(days=1)


def next_allowed_at(kind: AttemptKind, earlier: Sequence[datetime], now: datetime) -> datetime | None:
    """When the next attempt is allowed, or None when it is allowed now."""
    waits = []
    for limit in ATTEMPT_LIMITS[kind]:
        recent = sorted(at for at in earlier if at > now - limit.window)
        if len(recent) >= limit.count:
            waits.append(recent[-limit.count] + limit.window)
    return max(waits, default=None)


def is_safe_path(path: str) -> bool:
    """A path on the same host, and nothing that a browser could read as another host."""
    return (
        path.startswith("/")
        and not path.startswith("//")
        and len(path) <= 500
        and not any(character in "\\\r\n\t" or ord(character) < 32 for character in path)
    )
