"""The books as a journal of hledger (hledger.org/hledger.html, “Journal format”)."""

import re
from collections.abc import Sequence
from datetime import date

from billing.ledger.contracts import BookAccount, BookTransaction, Leg, Side
from billing.ledger.exporting.formats import list_books
from billing.ledger.exporting.names import format_amount, name_account
from market.money import CURRENCIES

# A tag's value ends at a comma or at the end of its line.
_ENDS_TAG = re.compile(r"[%,\r\n]")


class HledgerWriter:
    """Strict: every account and currency is declared, every balance asserted to the last unit."""

    def write_head(self, title: str) -> str:
        samples = (f"commodity 1000.{'0' * currency.exponent} {currency.code}\n" for currency in CURRENCIES.values())
        return f"; {_tag_value(title)}\ndecimal-mark .\n{''.join(samples)}\n"

    def write_account(self, name: str, accounts: Sequence[BookAccount], proven_on: date) -> str:
        lines = [f"account {name}\n"]
        for account in accounts:
            nothing = format_amount(0, account.account.currency)
            balance = format_amount(account.signed_minor, account.account.currency)
            lines.append(f"{proven_on} * balance\n    {name}  {nothing} = {balance}\n")
        return "".join(lines)

    def write_transaction(self, transaction: BookTransaction) -> str:
        reverses = f"    ; reverses:{transaction.reverses_id}\n" if transaction.reverses_id is not None else ""
        facts = (
            f"    ; key:{_tag_value(transaction.key)}\n"
            f"    ; kind:{transaction.kind}\n"
            f"    ; subject:{_tag_value(transaction.subject)}\n"
            f"{reverses}"
            f"    ; posted:{transaction.created_at.isoformat()}\n"
        )
        return "".join(
            f"\n{transaction.business_date} * ({transaction.transaction_id}) {transaction.kind}\n{facts}"
            f"    ; book:{book.value}\n{''.join(map(_write_leg, legs))}"
            for book, legs in list_books(transaction.legs)
        )


def _write_leg(leg: Leg) -> str:
    account = leg.account
    signed_minor = leg.amount_minor if leg.side is Side.DEBIT else -leg.amount_minor
    return f"    {name_account(account.code, account.owner)}  {format_amount(signed_minor, account.currency)}\n"


def _tag_value(text: str) -> str:
    return _ENDS_TAG.sub(lambda found: f"%{ord(found[0]):02X}", text)
