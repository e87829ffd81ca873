"""A shop's own money at a provider: how much there is, and taking it to the shop's bank. Rows belong to settlement."""

from billing.payments.contracts import MerchantBalance, WithdrawalOrder, WithdrawalReport
from billing.payments.gateways.registry import get_withdrawal_gateway
from billing.payments.models import MerchantAccount
from billing.payments.services.guards import demand_no_transaction, demand_transaction


class NoMerchantAccount(LookupError):
    """The shop has no account at this provider."""


def withdraw(*, gateway: str, order: WithdrawalOrder) -> WithdrawalReport:
    """Ask for a withdrawal; sending again is harmless, the number is the same.

    Calls the provider. Raises `NoCustody`, `ProviderError`.
    """
    demand_no_transaction()
    return get_withdrawal_gateway(gateway).withdraw(order)


def query_withdrawal(*, gateway: str, order: WithdrawalOrder) -> WithdrawalReport:
    """How a withdrawal stands. Calls the provider. Raises `NoCustody`, `ProviderError`."""
    demand_no_transaction()
    return get_withdrawal_gateway(gateway).query_withdrawal(order)


def read_merchant_balance(*, gateway: str, merchant_account: str) -> MerchantBalance:
    """What a shop has at the provider now. Calls the provider. Raises `NoCustody`, `ProviderError`."""
    demand_no_transaction()
    return get_withdrawal_gateway(gateway).read_balance(merchant_account)


def lock_merchant_account(*, shop_id: int, gateway: str) -> str:
    """Step: the shop's account, locked to the end of the transaction. Raises `NoMerchantAccount`."""
    demand_transaction()
    rows = MerchantAccount.objects.select_for_update(no_key=True).filter(shop_id=shop_id, gateway=gateway)
    account = rows.values_list("account", flat=True).first()
    if account is None:
        raise NoMerchantAccount(f"{shop_id} at {gateway}")
    return account
