"""WeChat Pay: a shop's own balance there, taken to the bank that the shop named to the provider."""

from billing.payments.contracts import WithdrawalOrder, WithdrawalReport, WithdrawalState
from billing.payments.services import query_withdrawal, read_merchant_balance, withdraw
from billing.settlement.contracts.payouts import CarryReport, CarryState, ChannelBalance, ChannelName, PayoutOrder

_REMARK, _MEMO = "集市货款提现", "集市货款"  # stand on the shop's bill and bank statement, which are Chinese
_STATES = {
    WithdrawalState.UNKNOWN: CarryState.UNKNOWN,
    WithdrawalState.CREATED: CarryState.BEGUN,
    WithdrawalState.ACCEPTED: CarryState.CARRIED,
    WithdrawalState.SUCCEEDED: CarryState.ARRIVED,
    WithdrawalState.FAILED: CarryState.FAILED,
    WithdrawalState.RETURNED: CarryState.FAILED,
}


class WechatPayChannel:
    """`PayoutChannel` by withdrawal."""

    name = ChannelName.WECHATPAY

    def submit(self, order: PayoutOrder) -> CarryReport:
        return _to_report(withdraw(gateway=self.name.value, order=_to_withdrawal(order)))

    def query(self, order: PayoutOrder) -> CarryReport:
        return _to_report(query_withdrawal(gateway=self.name.value, order=_to_withdrawal(order)))

    def read_balance(self, merchant_account: str) -> ChannelBalance:
        """What the shop has there now. Raises `ProviderError`."""
        told = read_merchant_balance(gateway=self.name.value, merchant_account=merchant_account)
        return ChannelBalance(told.available_minor, told.frozen_minor)


def _to_withdrawal(order: PayoutOrder) -> WithdrawalOrder:
    return WithdrawalOrder(
        withdrawal_no=order.number,
        merchant_account=order.destination.merchant_account,
        amount_minor=order.amount_minor,
        currency=order.currency,
        remark=_REMARK,
        bank_memo=_MEMO,
    )


def _to_report(report: WithdrawalReport) -> CarryReport:
    return CarryReport(report.withdrawal_no, _STATES[report.state], report.reference, report.reason)
