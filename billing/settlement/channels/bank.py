"""Our bank, reached by files: payouts are submitted into one, and asked for in the one that comes back."""

from collections.abc import Sequence

from billing.settlement.contracts.payouts import BankAnswer, CarryReport, CarryState, ChannelName, PayoutOrder
from billing.settlement.rules.bank_file import BankFile, write_bank_file


class BankFileChannel:
    """`PayoutChannel` by file. `answers` are what the bank said of the file, once it did."""

    name = ChannelName.BANK

    def __init__(self, *, batch_no: str, currency: str, answers: Sequence[BankAnswer] = ()) -> None:
        self._batch_no = batch_no
        self._currency = currency
        self._orders: list[PayoutOrder] = []
        self._answers = {answer.number: answer for answer in answers}

    def submit(self, order: PayoutOrder) -> CarryReport:
        """One more row. A repeat is the same row."""
        if all(known.number != order.number for known in self._orders):
            self._orders.append(order)
        return CarryReport(order.number, CarryState.CARRIED)

    def query(self, order: PayoutOrder) -> CarryReport:
        """What the bank's file says of a payout; carried while it says nothing."""
        answer = self._answers.get(order.number)
        if answer is None:
            return CarryReport(order.number, CarryState.CARRIED)
        state = CarryState.ARRIVED if answer.arrived else CarryState.FAILED
        return CarryReport(order.number, state, answer.reference, answer.reason)

    def write(self) -> BankFile:
        """The file of what was submitted. Raises ValueError for none or too many."""
        return write_bank_file(self._batch_no, self._orders, self._currency)
