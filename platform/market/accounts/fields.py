"""Text that is unreadable at rest, and the blind index by which it is still found."""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from django.db.models import Expression

    TextColumn = models.TextField[str, str]
else:
    TextColumn = models.TextField

INDEX_LENGTH = 64


def encrypt_text(plain: str) -> str:
    """Encrypt with the newest field key. Empty stays empty, so that "not given" can be asked for."""
    return _ciphers().encrypt(plain.encode()).decode() if plain else ""


def decrypt_text(stored: str) -> str:
    """Undo `encrypt_text` with whichever of the field keys fits; raises `InvalidToken` when none does."""
    return _ciphers().decrypt(stored.encode()).decode() if stored else ""


def rotate_text(stored: str) -> str:
    """The same secret under the newest field key."""
    return _ciphers().rotate(stored.encode()).decode() if stored else ""


def blind_index(plain: str, *, purpose: str) -> str:
    """A keyed digest to look a secret up by. Two purposes give two digests, so tables cannot be joined on it.

    Its key never rotates with the field keys: `FIELD_INDEX_KEY`, or the oldest field key where that is not set.
    """
    key = getattr(settings, "FIELD_INDEX_KEY", "") or settings.FIELD_KEYS[-1]
    return hmac.new(key.encode(), f"{purpose}\0{plain}".encode(), hashlib.sha256).hexdigest()


def _ciphers() -> MultiFernet:
    return _ciphers_of(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=8)
def _ciphers_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive_key(key)) for key in keys])


def _derive_key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"jishi encrypted field").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


class EncryptedTextField(TextColumn):
    """A text column that holds a Fernet token. It can be asked whether it is empty, and nothing else."""

    description = "Text, encrypted at rest"

    def get_lookup(self, lookup_name: str) -> "type[models.Lookup[str]] | None":
        if lookup_name not in ("exact", "isnull"):
            raise FieldError(f"{self.name} is encrypted: find it by its blind index, not by {lookup_name}.")
        return super().get_lookup(lookup_name)

    def from_db_value(self, value: str | None, expression: "Expression", connection: BaseDatabaseWrapper) -> str | None:
        return None if value is None else decrypt_text(value)

    def get_db_prep_save(self, value: object, connection: BaseDatabaseWrapper) -> object:
        """Saving encrypts; looking up does not come here, so that `phone=""` can be asked."""
        return encrypt_text(value) if isinstance(value, str) else super().get_db_prep_save(value, connection)
