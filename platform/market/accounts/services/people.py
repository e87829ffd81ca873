"""Who a person is: registering, telephone, profile, staff, second factor, sessions."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import IntegrityError, transaction
from django.db.models import F

from market.accounts.contracts import Language, PersonView, StaffRole
from market.accounts.models import User
from market.accounts.rules import normalize_mobile
from market.accounts.selectors import phone_index_of, view_person
from market.audit.contracts import ActorKind
from market.audit.services import write_audit

DISPLAY_NAME_LENGTH = 40


class AlreadyRegistered(ValueError):
    """The e-mail address or telephone belongs to somebody."""


class PhoneTaken(ValueError):
    """Somebody else has proved this number since."""


class BadDisplayName(ValueError):
    """Too long, or made of signs that are not shown."""


@transaction.atomic
def register_person(
    *,
    now: datetime,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    display_name: str = "",
    language: Language = Language.CHINESE,
) -> PersonView:
    """A new person whose e-mail and telephone count as proved: for demo data, invitations and tests.

    Who signs up by himself goes through the sign-up pages. Raises `AlreadyRegistered`, `BadPhone`.
    """
    number = normalize_mobile(phone) if phone else ""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email=email,
                password=password,
                phone=number,
                phone_index=phone_index_of(number) if number else None,
                phone_verified=bool(number),
                display_name=clean_display_name(display_name),
                language=language.value,
                created_at=now,
            )
            if user.email:
                EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    return view_person(user)


def suggest_phone(*, user: User, phone: str) -> None:
    """Note a number that a person typed and has not proved: it blocks nobody else."""
    user.phone, user.phone_index, user.phone_verified = phone, phone_index_of(phone), False
    user.save(update_fields=["phone", "phone_index", "phone_verified"])


def claim_phone(*, user: User, phone: str) -> None:
    """Make a proved number this person's; raises `PhoneTaken` when another proved it first."""
    user.phone, user.phone_index, user.phone_verified = phone, phone_index_of(phone), True
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_index", "phone_verified"])
    except IntegrityError as error:
        raise PhoneTaken from error


def change_profile(*, user_id: int, display_name: str, language: Language) -> None:
    """How a person is called and written to. Raises `BadDisplayName`."""
    User.objects.filter(pk=user_id).update(display_name=clean_display_name(display_name), language=language.value)


def clean_display_name(typed: str) -> str:
    """The name with single spaces; raises `BadDisplayName`."""
    name = " ".join(typed.split())
    if len(name) > DISPLAY_NAME_LENGTH or not name.isprintable():
        raise BadDisplayName
    return name


@transaction.atomic
def appoint_staff(*, user_id: int, role: StaffRole | None, actor_id: int | None, now: datetime) -> None:
    """Make a person a member of the platform's staff, or with None end it. Their sessions end."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    before, user.staff_role = user.staff_role, role.value if role else ""
    user.session_epoch += 1
    user.save(update_fields=["staff_role", "session_epoch"])
    write_audit(
        action="staff.appointed" if role else "staff.dismissed",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF if actor_id else ActorKind.SYSTEM,
        target_kind="user",
        target_id=str(user_id),
        detail={"before": before, "after": user.staff_role},
        now=now,
    )


@transaction.atomic
def set_totp_secret(*, user_id: int, secret: str) -> None:
    """Give a person an authenticator with a known secret (base32) and recovery codes: for the demo and tests."""
    Authenticator.objects.filter(user_id=user_id).delete()
    Authenticator.objects.create(
        user_id=user_id,
        type=Authenticator.Type.TOTP,
        data={"secret": get_mfa_adapter().encrypt(secret)},
    )
    RecoveryCodes.activate(User.objects.get(pk=user_id))


@transaction.atomic
def end_all_sessions(*, user_id: int, actor_id: int, now: datetime) -> None:
    """Sign a person out everywhere, on every host: each session carries a hash of the epoch."""
    User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)
    write_audit(
        action="sessions.ended",
        actor_id=actor_id,
        target_kind="user",
        target_id=str(user_id),
        now=now,
    )
