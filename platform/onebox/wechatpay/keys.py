"""The keys of both sides, made at the first start and kept in one folder, with the settings that a merchant needs."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

MERCHANT, PLATFORM, CERTIFIED = "merchant", "platform", "platform_certificate"
_LIFE = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything that signs, verifies and encrypts, loaded."""

    folder: Path
    sp_mchid: str
    sp_appid: str
    apiv3_key: str
    public_key_id: str
    merchant_serial: str
    certificate_serial: str
    merchant_public: rsa.RSAPublicKey
    platform: rsa.RSAPrivateKey
    certified: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def own_mchid(self) -> str:
        """The platform's own sub-merchant: what merchants pay the platform itself for goes there."""
        return f"15{self.sp_mchid[-8:]}"

    def signer(self, mode: str) -> tuple[str, rsa.RSAPrivateKey]:
        """The serial and the key of a mode: `public_key` or `certificate`."""
        if mode == "public_key":
            return self.public_key_id, self.platform
        return self.certificate_serial, self.certified


def load_or_make(folder: Path) -> Keys:
    """The keys of `folder`, made when it has none. The index is written last, so a killed start makes all anew."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "keys.json"
    if not index.exists():
        _make(folder, index)
    names = json.loads(index.read_text())
    certificate = x509.load_pem_x509_certificate((folder / f"{CERTIFIED}.pem").read_bytes())
    return Keys(
        folder=folder,
        merchant_public=_load_key(folder, MERCHANT).public_key(),
        platform=_load_key(folder, PLATFORM),
        certified=_load_key(folder, CERTIFIED),
        certificate=certificate,
        **names,
    )


def write_settings(keys: Keys, *, base_url: str, mode: str, notify_url: str) -> Path:
    """Write `wechatpay.env`, the WECHATPAY_* variables for this server, and return its path."""
    by_public_key = mode == "public_key"
    variables = {
        "WECHATPAY_BASE_URL": base_url,
        "WECHATPAY_SP_MCHID": keys.sp_mchid,
        "WECHATPAY_SP_APPID": keys.sp_appid,
        "WECHATPAY_OWN_MCHID": keys.own_mchid,
        "WECHATPAY_SERIAL_NO": keys.merchant_serial,
        "WECHATPAY_PRIVATE_KEY_FILE": str(keys.folder / f"{MERCHANT}_key.pem"),
        "WECHATPAY_APIV3_KEY": keys.apiv3_key,
        "WECHATPAY_PUBLIC_KEY_ID": keys.public_key_id if by_public_key else "",
        "WECHATPAY_PUBLIC_KEY_FILE": str(keys.folder / f"{PLATFORM}_public_key.pem") if by_public_key else "",
        "WECHATPAY_CERTIFICATE_DIR": "" if by_public_key else str(keys.folder / "certificates"),
    }
    if notify_url:
        variables["WECHATPAY_NOTIFY_URL"] = notify_url
    path = keys.folder / "wechatpay.env"
    _write(path, "".join(f"{name}={value}\n" for name, value in variables.items()).encode())
    return path


def _make(folder: Path, index: Path) -> None:
    made = {
        name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in (MERCHANT, PLATFORM, CERTIFIED)
    }
    for name, key in made.items():
        _write(folder / f"{name}_key.pem", _private_pem(key))
    _write(folder / f"{PLATFORM}_public_key.pem", _public_pem(made[PLATFORM]))
    merchant = _certify(made[MERCHANT], "Simulated merchant")
    platform = _certify(made[CERTIFIED], "Tenpay.com sign (simulated)")
    _write(folder / f"{MERCHANT}.pem", merchant.public_bytes(serialization.Encoding.PEM))
    _write(folder / f"{CERTIFIED}.pem", platform.public_bytes(serialization.Encoding.PEM))
    names = {
        "sp_mchid": "1900007" + _digits(3),
        "sp_appid": "wx" + secrets.token_hex(8),
        "apiv3_key": secrets.token_hex(16),
        "public_key_id": "PUB_KEY_ID_01" + _digits(26),
        "merchant_serial": f"{merchant.serial_number:X}",
        "certificate_serial": f"{platform.serial_number:X}",
    }
    _write(index, json.dumps(names, indent=2).encode())


def _certify(key: rsa.RSAPrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
    )
    return builder.sign(key, SHA256())


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _private_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _load_key(folder: Path, name: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key((folder / f"{name}_key.pem").read_bytes(), password=None)
    return cast(rsa.RSAPrivateKey, key)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner only."""
    scratch = path.with_name(path.name + ".part")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
