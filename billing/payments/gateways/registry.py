"""The gateways that are configured, by name."""

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from billing.payments.contracts import CustodyGateway, Gateway, StatementGateway, WithdrawalGateway
from billing.payments.gateways.cod import CashOnDeliveryGateway
from billing.payments.gateways.wechatpay import WechatPayGateway
from billing.payments.gateways.wechatpay_client import WechatPayConfig

NAMES = (WechatPayGateway.name, CashOnDeliveryGateway.name)


class UnknownGateway(LookupError):
    """There is no gateway of this name."""


class NoCustody(LookupError):
    """This gateway does not hold money for shops, so there is nothing to enrol, split or release."""


class NoOwnAccount(LookupError):
    """The platform has no account of its own at this provider, so nothing can be paid to it there."""


class NoStatements(LookupError):
    """This gateway makes no files of what moved, so there is nothing to fetch."""


def get_gateway(name: str) -> Gateway:
    """The gateway of this name, made from settings at its first use. Raises UnknownGateway."""
    if name == WechatPayGateway.name:
        return _wechatpay(WechatPayConfig(**settings.WECHATPAY))
    if name == CashOnDeliveryGateway.name:
        return CashOnDeliveryGateway()
    raise UnknownGateway(name)


def get_custody_gateway(name: str) -> CustodyGateway:
    """The same for what only providers with custody can do. Raises NoCustody."""
    gateway = get_gateway(name)
    if not isinstance(gateway, CustodyGateway):
        raise NoCustody(name)
    return gateway


def get_withdrawal_gateway(name: str) -> WithdrawalGateway:
    """The same for providers with a balance of the shop's own. Raises NoCustody."""
    gateway = get_gateway(name)
    if not isinstance(gateway, WithdrawalGateway):
        raise NoCustody(name)
    return gateway


def get_own_account(name: str) -> str:
    """The platform's own account at a provider. Raises NoOwnAccount."""
    account = settings.WECHATPAY.get("own_mchid", "") if name == WechatPayGateway.name else ""
    if not account:
        raise NoOwnAccount(name)
    return str(account)


def get_statement_gateway(name: str) -> StatementGateway:
    """The same for providers that make a file of each day. Raises NoStatements."""
    gateway = get_gateway(name)
    if not isinstance(gateway, StatementGateway):
        raise NoStatements(name)
    return gateway


@lru_cache(maxsize=8)
def _wechatpay(config: WechatPayConfig) -> WechatPayGateway:
    """One client per configuration: its keys are read once, and tests that change settings get another."""
    missing = [
        name
        for name in ("sp_mchid", "sp_appid", "serial_no", "private_key_file", "apiv3_key")
        if not getattr(config, name)
    ]
    if missing:
        names = ", ".join(f"WECHATPAY_{name.upper()}" for name in missing)
        raise ImproperlyConfigured(
            f"WeChat Pay cannot be used: {names} not set. `./run demo` sets them for the simulator."
        )
    if not (config.public_key_id or config.certificate_dir):
        raise ImproperlyConfigured(
            "Set WECHATPAY_PUBLIC_KEY_ID and _FILE, or WECHATPAY_CERTIFICATE_DIR for certificate mode."
        )
    return WechatPayGateway(config)
