"""What accounts and amounts are called outside: names that beancount and hledger accept, one for each account."""

import re
from functools import lru_cache
from unicodedata import category

from billing.ledger.contracts import Code, Owner, OwnerKind
from billing.ledger.rules import CHART
from market.money import get_currency

_ROOTS = {"1": "Assets", "2": "Liabilities", "4": "Income", "5": "Expenses", "9": "Equity"}

# A hyphen before a `u` is written as an escape itself, so that every `-u…-` in a name is one: no two ids share a name.
_ESCAPED = re.compile(r"-(?=u)|[^-]")


@lru_cache(maxsize=100_000)
def name_account(code: Code, owner: Owner) -> str:
    """`Liabilities:Main:2020-payable:Shop-7`: root, book, code, owner; the same for every currency of it."""
    line = CHART[code]
    parts = [_ROOTS[code[0]], line.book.title(), f"{code}-{line.name.replace('_', '-')}", *_name_owner(owner)]
    return ":".join(parts)


def format_amount(amount_minor: int, currency: str) -> str:
    """`-1234.50 CNY`: every decimal of the currency and no grouping. `-1200 JPY` has none."""
    exponent = get_currency(currency).exponent
    digits = str(abs(amount_minor)).rjust(exponent + 1, "0")
    whole = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
    return f"{'-' if amount_minor < 0 else ''}{whole} {currency}"


def _name_owner(owner: Owner) -> list[str]:
    if owner.kind is OwnerKind.PLATFORM:
        return []
    if owner.kind in (OwnerKind.ORDER, OwnerKind.SHOP_PSP):
        shop, _, rest = owner.id.partition("/")
        kind = "Order" if owner.kind is OwnerKind.ORDER else "Psp"
        return [f"Shop-{_escape(shop)}", f"{kind}-{_escape(rest)}"]
    return [f"{owner.kind.title()}-{_escape(owner.id)}"]


def _escape(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    return _ESCAPED.sub(lambda found: _escape_one(found[0]), text)


def _escape_one(character: str) -> str:
    """Letters and digits of every script stay; anything else becomes `-u2f-`, its code point."""
    kind = category(character)
    return character if kind.startswith("L") or kind == "Nd" else f"-u{ord(character):x}-"
