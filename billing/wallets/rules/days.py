"""How a day's money is divided between bonus and cash: put aside, charged, given back."""

from dataclasses import dataclass

from market.money import split


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount as cash and bonus, with the VAT inside the cash. Minor units."""

    cash_minor: int
    bonus_minor: int
    vat_minor: int = 0

    @property
    def amount_minor(self) -> int:
        return self.cash_minor + self.bonus_minor


class MoreThanCharged(ValueError):
    """More would be given back than was charged."""


def divide_payment(amount_minor: int, *, cash_minor: int, bonus_minor: int, cash_first: bool = False) -> Parts:
    """As much of an amount as there is: bonus first, or cash first as staff set it for a shop."""
    if cash_first:
        cash = min(amount_minor, cash_minor)
        return Parts(cash_minor=cash, bonus_minor=min(amount_minor - cash, bonus_minor))
    bonus = min(amount_minor, bonus_minor)
    return Parts(cash_minor=min(amount_minor - bonus, cash_minor), bonus_minor=bonus)


def divide_credit(amount_minor: int, *, charged: Parts, credited: Parts) -> Parts:
    """What of a credit is cash and what is bonus: all credits together in the proportion of all charges.

    The last fen to be given back is exactly the last that was charged, VAT included. Raises `MoreThanCharged`.
    """
    after = credited.amount_minor + amount_minor
    if amount_minor <= 0 or after > charged.amount_minor:
        raise MoreThanCharged(f"{amount_minor} of {charged.amount_minor - credited.amount_minor}")
    cash_left = charged.cash_minor - credited.cash_minor
    bonus_left = charged.bonus_minor - credited.bonus_minor
    target = _share(after, charged.cash_minor, charged.bonus_minor)
    cash = _clamp(target - credited.cash_minor, amount_minor - bonus_left, min(cash_left, amount_minor))
    vat_left = charged.vat_minor - credited.vat_minor
    net_left = cash_left - vat_left
    vat_target = _share(charged.vat_minor, credited.cash_minor + cash, cash_left - cash)
    vat = _clamp(vat_target - credited.vat_minor, cash - net_left, min(vat_left, cash))
    return Parts(cash_minor=cash, bonus_minor=amount_minor - cash, vat_minor=vat)


def _share(total_minor: int, part: int, rest: int) -> int:
    return split(total_minor, (part, rest))[0] if part or rest else 0


def _clamp(value: int, least: int, most: int) -> int:
    return max(0, least, min(value, most))
