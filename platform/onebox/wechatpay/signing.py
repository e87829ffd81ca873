"""The cryptography of API v3: SHA256-RSA2048 signatures and AEAD_AES_256_GCM (doc/v3/partner/4012365870)."""

import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_PAIR = re.compile(r'(\w+)="([^"]*)"')


def sign(key: RSAPrivateKey, *parts: str) -> str:
    """The signature over the parts, each ended by a line feed, in base64."""
    message = "".join(f"{part}\n" for part in parts).encode()
    return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, signature: str, *parts: str) -> bool:
    """Whether `signature` was made over these parts by the owner of the key."""
    message = "".join(f"{part}\n" for part in parts).encode()
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, Base64Error):
        return False
    return True


def parse_authorization(header: str) -> dict[str, str]:
    """The fields of an Authorization header; empty when it is of another scheme."""
    scheme, _, rest = header.partition(" ")
    return dict(_PAIR.findall(rest)) if scheme == SCHEME else {}


def encrypt_resource(apiv3_key: str, plain: str, associated: str) -> dict[str, str]:
    """The `resource` of a notification or of a platform certificate."""
    nonce = secrets.token_hex(6)
    sealed = AESGCM(apiv3_key.encode()).encrypt(nonce.encode(), plain.encode(), associated.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": b64encode(sealed).decode(),
        "associated_data": associated,
        "nonce": nonce,
    }


def decrypt_field(key: RSAPrivateKey, sealed: str) -> str:
    """A sensitive field that the merchant encrypted with the platform's public key. Raises ValueError."""
    padding = OAEP(mgf=MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)  # noqa: S303 - the protocol says SHA-1
    return key.decrypt(b64decode(sealed, validate=True), padding).decode()
