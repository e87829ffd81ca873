"""People, their address books, and the small tables that guard the ways in."""

from datetime import datetime
from typing import Any, ClassVar  # Any: Django's managers and hashes are untyped

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from market.accounts.contracts import AttemptKind, EntryKind, Language, StaffRole
from market.accounts.fields import INDEX_LENGTH, EncryptedTextField


class UserManager(BaseUserManager["User"]):
    """Makes people; e-mail is kept in lower case, so that it is unique whatever was typed."""

    def create_user(self, *, email: str | None = None, password: str | None = None, **facts: Any) -> "User":
        """One new person. `facts` are other columns, as Django's own managers take them."""
        user = self.model(email=(email or "").strip().lower() or None, **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person: shopper, merchant and member of staff are one account with different doors open."""

    email = models.EmailField(null=True, blank=True)
    phone = EncryptedTextField(blank=True, default="")
    phone_index = models.CharField(max_length=INDEX_LENGTH, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    display_name = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(
        max_length=10,
        default=Language.CHINESE.value,
        choices=[(language.value, language.name) for language in Language],
    )
    staff_role = models.CharField(
        max_length=10, blank=True, default="", choices=[(role.value, role.name) for role in StaffRole]
    )
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | (models.Q(email=Lower("email")) & ~models.Q(email="")),
                name="user_email_lower_case",
            ),
            # A number that was typed but never proved must not lock its real owner out.
            models.UniqueConstraint(
                fields=["phone_index"], condition=models.Q(phone_verified=True), name="user_phone_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(phone="", phone_index__isnull=True, phone_verified=False)
                | (~models.Q(phone="") & models.Q(phone_index__isnull=False)),
                name="user_phone_indexed",
            ),
        ]
        indexes = [models.Index(fields=["phone_index"], name="user_phone_index")]

    def __str__(self) -> str:
        return f"user {self.pk}"

    @property
    def is_staff(self) -> bool:
        """Works for the platform. A staff member has a role; there is no other flag."""
        return bool(self.staff_role)

    def get_session_auth_hash(self) -> str:
        """Ends every session when the password changes or the epoch is raised ("sign out everywhere")."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Any:
        """The same under former secret keys; Django asks for these while SECRET_KEY is rotated."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("market.accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class Address(models.Model):
    """One entry of an address book. Orders keep a copy, never a reference."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    recipient = models.CharField(max_length=40)
    phone = EncryptedTextField()
    province_code = models.CharField(max_length=2)
    province = models.CharField(max_length=40)
    city_code = models.CharField(max_length=4)
    city = models.CharField(max_length=40)
    district_code = models.CharField(max_length=6)
    district = models.CharField(max_length=40)
    street = EncryptedTextField()
    postcode = models.CharField(max_length=6, blank=True, default="")
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_default=True), name="address_one_default_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    district_code__startswith=models.F("city_code"), city_code__startswith=models.F("province_code")
                ),
                name="address_codes_nest",
            ),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"


class Ticket(models.Model):
    """The way from the market host to another: used once, within seconds, for one person and one host."""

    token_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in EntryKind])
    next_path = models.CharField(max_length=500)
    two_factor = models.BooleanField()
    authenticated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="ticket_token_unique")]
        indexes = [models.Index(fields=["expires_at"], name="ticket_expiry")]

    def __str__(self) -> str:
        return f"ticket {self.pk}"

    def is_over(self, now: datetime) -> bool:
        """Half-open: at `expires_at` it is over."""
        return now >= self.expires_at


class Attempt(models.Model):
    """One code sent or one password refused, by blind index of whom it concerned."""

    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in AttemptKind])
    subject_index = models.CharField(max_length=INDEX_LENGTH)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_index", "at"], name="attempt_by_subject"),
            models.Index(fields=["at"], name="attempt_by_time"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
