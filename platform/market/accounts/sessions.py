"""Sessions at rest: allauth keeps addresses and codes in them, so they are encrypted."""

import json

from market.accounts.fields import decrypt_text, encrypt_text


class EncryptedSessionSerializer:
    """`SESSION_SERIALIZER`: JSON inside a Fernet token. A session of a lost key reads as an empty one."""

    def dumps(self, obj: object) -> bytes:
        """Django's interface of session serializers."""
        return encrypt_text(json.dumps(obj, separators=(",", ":"))).encode()

    def loads(self, stored: bytes) -> object:
        """Django's interface of session serializers."""
        return json.loads(decrypt_text(stored.decode()))
