"""Stripe's transfers and payouts as text: what is asked, how it is told apart from a repeat, what comes back. Pure.

Sources: docs.stripe.com/api/transfers (create, reversals), /api/payouts (create, object), /api/idempotent_requests,
and the encoding of requests (application/x-www-form-urlencoded with bracketed names). Nothing here calls anybody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from billing.settlement.contracts.payouts import CarryState

LONGEST_KEY = 255
LONGEST_DESCRIPTOR = 22
LONGEST_NAME, LONGEST_VALUE = 40, 500  # of metadata
LARGEST_AMOUNT_MINOR = 99_999_999  # eight digits in the currency's smallest unit
# A transfer needs one unit of the currency. A payout needs what banks of the country take at least.
LEAST_PAYOUT_MINOR: Mapping[str, int] = {"USD": 100, "EUR": 100, "GBP": 100, "HKD": 400, "SGD": 100, "CNY": 100}
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{14,32}")
_CHARGE = re.compile(r"(ch|py)_[A-Za-z0-9]{14,64}")
_TRANSFER = re.compile(r"tr_[A-Za-z0-9]{14,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DESCRIPTOR_REFUSED = re.compile(r"[<>\\'\"*]")
_PAYOUT_STATES: Mapping[str, CarryState] = {
    "pending": CarryState.CARRIED,
    "in_transit": CarryState.CARRIED,
    "paid": CarryState.ARRIVED,
    "failed": CarryState.FAILED,
    "canceled": CarryState.FAILED,
}
Json = Mapping[str, Any]  # a JSON object of Stripe's; what is read of it is checked where it is read


class StripeProblem(StrEnum):
    """Why something cannot be asked of Stripe, or an answer cannot be taken."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    DESTINATION = "destination"
    SOURCE = "source"
    METADATA = "metadata"
    DESCRIPTOR = "descriptor"
    TRANSFER = "transfer"
    REVERSAL_TOO_LARGE = "reversal_too_large"
    REVERSED_ALREADY = "reversed_already"
    BALANCE_SHORT = "balance_short"
    ANSWER = "answer"
    OTHER_ANSWER = "other_answer"


class BadStripeRequest(ValueError):
    """Something that Stripe would refuse, refused here without a call; or an answer that is not to what was asked."""

    def __init__(self, problem: StripeProblem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class StripeRequest:
    """A request ready to be sent: the body is form-encoded, the key makes a repeat the same request."""

    path: str
    body: str
    idempotency_key: str
    account: str = ""

    @property
    def headers(self) -> dict[str, str]:
        acting = {"Stripe-Account": self.account} if self.account else {}
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": self.idempotency_key,
            **acting,
        }


@dataclass(frozen=True, slots=True)
class StripeTransfer:
    """A transfer as Stripe tells it. What may still be reversed is `amount_minor - reversed_minor`."""

    transfer_id: str
    amount_minor: int
    reversed_minor: int
    currency: str
    destination: str
    group: str

    @property
    def left_minor(self) -> int:
        return self.amount_minor - self.reversed_minor


@dataclass(frozen=True, slots=True)
class StripePayout:
    """A payout of a connected account. `paid` may become `failed` within five business days."""

    payout_id: str
    amount_minor: int
    currency: str
    state: CarryState
    reason: str
    number: str


def write_transfer(
    *, number: str, account: str, amount_minor: int, currency: str, group: str, charge: str = ""
) -> StripeRequest:
    """Move money from our balance to a shop's. `charge`: out of this charge, before it is available.

    Raises `BadStripeRequest`.
    """
    _check_money(amount_minor, currency, least=1)
    _check_account(account)
    if charge and not _CHARGE.fullmatch(charge):
        raise BadStripeRequest(StripeProblem.SOURCE, charge[:40])
    fields: dict[str, str] = {
        "amount": str(amount_minor),
        "currency": currency.lower(),
        "destination": account,
        "transfer_group": group,
    }
    if charge:
        fields["source_transaction"] = charge
    body = _encode(fields, {"transfer": number, "group": group})
    return StripeRequest("/v1/transfers", body, make_key("transfer", number))


def write_payout(*, number: str, account: str, amount_minor: int, currency: str, descriptor: str = "") -> StripeRequest:
    """Pay a connected account's balance to its own bank, as that account. Raises `BadStripeRequest`."""
    if currency not in LEAST_PAYOUT_MINOR:
        raise BadStripeRequest(StripeProblem.CURRENCY, currency[:8])
    _check_money(amount_minor, currency, least=LEAST_PAYOUT_MINOR[currency])
    _check_account(account)
    if len(descriptor) > LONGEST_DESCRIPTOR or _DESCRIPTOR_REFUSED.search(descriptor):
        raise BadStripeRequest(StripeProblem.DESCRIPTOR, descriptor[:40])
    fields = {"amount": str(amount_minor), "currency": currency.lower(), "method": "standard"}
    if descriptor:
        fields["statement_descriptor"] = descriptor
    return StripeRequest("/v1/payouts", _encode(fields, {"payout": number}), make_key("payout", number), account)


def write_reversal(*, number: str, transfer: StripeTransfer, amount_minor: int, available_minor: int) -> StripeRequest:
    """Take part or all of a transfer back. Fails when the shop's own balance is short: then it owes us (1040).

    `available_minor` is what the shop has free at Stripe. Raises `BadStripeRequest`.
    """
    if not _TRANSFER.fullmatch(transfer.transfer_id):
        raise BadStripeRequest(StripeProblem.TRANSFER, transfer.transfer_id[:40])
    if transfer.left_minor == 0:
        raise BadStripeRequest(StripeProblem.REVERSED_ALREADY, transfer.transfer_id)
    _check_money(amount_minor, transfer.currency, least=1)
    if amount_minor > transfer.left_minor:
        raise BadStripeRequest(StripeProblem.REVERSAL_TOO_LARGE, f"{amount_minor} of {transfer.left_minor}")
    if amount_minor > available_minor:
        raise BadStripeRequest(StripeProblem.BALANCE_SHORT, f"{amount_minor} of {available_minor}")
    body = _encode({"amount": str(amount_minor)}, {"reversal": number})
    return StripeRequest(f"/v1/transfers/{transfer.transfer_id}/reversals", body, make_key("reversal", number))


def make_key(deed: str, number: str) -> str:
    """The idempotency key: one deed under one number of ours, for ever the same. Stripe keeps it 24 hours or more."""
    key = f"jishi:{deed}:{number}"
    if not number or len(key) > LONGEST_KEY or not key.isascii():
        raise BadStripeRequest(StripeProblem.METADATA, "a key is ASCII and at most 255 signs")
    return key


def read_transfer(answer: Json, *, asked_minor: int, currency: str, account: str) -> StripeTransfer:
    """A transfer, proven to be the one that was asked for. Raises `BadStripeRequest`."""
    try:
        transfer = StripeTransfer(
            transfer_id=str(answer["id"]),
            amount_minor=_whole(answer["amount"]),
            reversed_minor=_whole(answer["amount_reversed"]),
            currency=str(answer["currency"]).upper(),
            destination=str(answer["destination"]),
            group=str(answer.get("transfer_group") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadStripeRequest(StripeProblem.ANSWER, str(error)[:80]) from error
    if answer.get("object") != "transfer" or not _TRANSFER.fullmatch(transfer.transfer_id):
        raise BadStripeRequest(StripeProblem.ANSWER, transfer.transfer_id[:40])
    if (transfer.amount_minor, transfer.currency, transfer.destination) != (asked_minor, currency, account):
        raise BadStripeRequest(StripeProblem.OTHER_ANSWER, transfer.transfer_id)
    if not 0 <= transfer.reversed_minor <= transfer.amount_minor:
        raise BadStripeRequest(StripeProblem.ANSWER, "more reversed than transferred")
    return transfer


def read_payout(answer: Json, *, number: str, asked_minor: int, currency: str) -> StripePayout:
    """A payout, proven to be the one that was asked for. Raises `BadStripeRequest`."""
    try:
        payout = StripePayout(
            payout_id=str(answer["id"]),
            amount_minor=_whole(answer["amount"]),
            currency=str(answer["currency"]).upper(),
            state=_PAYOUT_STATES[str(answer["status"])],
            reason=str(answer.get("failure_message") or answer.get("failure_code") or "")[:200],
            number=str(answer["metadata"]["payout"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadStripeRequest(StripeProblem.ANSWER, str(error)[:80]) from error
    if answer.get("object") != "payout" or not payout.payout_id.startswith("po_"):
        raise BadStripeRequest(StripeProblem.ANSWER, payout.payout_id[:40])
    if (payout.number, payout.amount_minor, payout.currency) != (number, asked_minor, currency):
        raise BadStripeRequest(StripeProblem.OTHER_ANSWER, payout.payout_id)
    return payout


def _check_money(amount_minor: int, currency: str, *, least: int) -> None:
    if not _CURRENCY.fullmatch(currency):
        raise BadStripeRequest(StripeProblem.CURRENCY, currency[:8])
    if type(amount_minor) is not int or not least <= amount_minor <= LARGEST_AMOUNT_MINOR:
        raise BadStripeRequest(StripeProblem.AMOUNT, f"{amount_minor} is not from {least} to {LARGEST_AMOUNT_MINOR}")


def _check_account(account: str) -> None:
    if not _ACCOUNT.fullmatch(account):
        raise BadStripeRequest(StripeProblem.DESTINATION, account[:40])


def _encode(fields: Mapping[str, str], metadata: Mapping[str, str]) -> str:
    """Fields and metadata as a body, always in one order: the same request is the same bytes."""
    for name, value in metadata.items():
        if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE or not value:
            raise BadStripeRequest(StripeProblem.METADATA, name)
    return urlencode([*fields.items(), *((f"metadata[{name}]", value) for name, value in metadata.items())])


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("an amount that is no whole number")
    return value
