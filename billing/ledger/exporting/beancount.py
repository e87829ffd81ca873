"""The books as a file of beancount 3 (beancount.github.io/docs, “Language Syntax”)."""

import re
from collections.abc import Sequence
from datetime import date

from billing.ledger.contracts import BookAccount, BookTransaction, Leg, Side
from billing.ledger.exporting.formats import list_books
from billing.ledger.exporting.names import format_amount, name_account
from market.money import CURRENCIES

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LINK = re.compile(r"[A-Za-z0-9\-_/.]+")


class BeancountWriter:
    """Our account, currency and kind become theirs; key, subject and instant are metadata."""

    def write_head(self, title: str) -> str:
        commodities = "".join(
            f"1970-01-01 commodity {currency.code}\n  precision: {currency.exponent}\n"
            for currency in CURRENCIES.values()
        )
        return f'option "title" {_quote(title)}\noption "operating_currency" "CNY"\n\n{commodities}\n'

    def write_account(self, name: str, accounts: Sequence[BookAccount], proven_on: date) -> str:
        opened_on = min(account.opened_on for account in accounts)
        currencies = ",".join(account.account.currency for account in accounts)
        lines = [f"{opened_on} open {name} {currencies}\n"]
        for account in accounts:
            # Without a tolerance of its own, an assertion would forgive a difference of one fen.
            amount, currency = format_amount(account.signed_minor, account.account.currency).split()
            lines.append(f"{proven_on} balance {name}  {amount} ~ 0 {currency}\n")
        return "".join(lines)

    def write_transaction(self, transaction: BookTransaction) -> str:
        link = f" ^{transaction.subject}" if _LINK.fullmatch(transaction.subject) else ""
        head = (
            f"\n{transaction.business_date} * {_quote(transaction.kind)} {_quote(transaction.subject)}"
            f" #{transaction.kind}{link}"
        )
        reverses = f"  reverses: {transaction.reverses_id}\n" if transaction.reverses_id is not None else ""
        facts = (
            f"  key: {_quote(transaction.key)}\n"
            f"  kind: {_quote(transaction.kind)}\n"
            f"  subject: {_quote(transaction.subject)}\n"
            f"  number: {transaction.transaction_id}\n"
            f"{reverses}"
            f"  posted: {_quote(transaction.created_at.isoformat())}\n"
        )
        return "".join(
            f"{head} #{book.value}\n{facts}{''.join(map(_write_leg, legs))}"
            for book, legs in list_books(transaction.legs)
        )


def _write_leg(leg: Leg) -> str:
    account = leg.account
    signed_minor = leg.amount_minor if leg.side is Side.DEBIT else -leg.amount_minor
    return f"  {name_account(account.code, account.owner)}  {format_amount(signed_minor, account.currency)}\n"


def _quote(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
