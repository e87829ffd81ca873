"""A shop asks for its money, asks again after a failure, or thinks better of it."""

import secrets
from datetime import datetime
from typing import Any  # Any: columns of a row by name

from django.db import transaction

from billing.ledger.rules import FloorReached
from billing.payments.services import lock_merchant_account
from billing.settlement.contracts.payouts import ChannelName, PayoutState, PayoutView
from billing.settlement.models.payouts import Payout, ShopBankAccount
from billing.settlement.rules.payouts import hash_request, is_amount
from billing.settlement.selectors.guarding import read_shop_money
from billing.settlement.selectors.payouts import get_payout
from billing.settlement.services.guarding import PayoutRefused, judge_shop
from billing.settlement.services.payout_steps import (
    audit_payout,
    demand_state,
    lock_payout,
    move_payout,
    put_back,
    set_aside,
)
from market.money import DEFAULT_CURRENCY


class PayoutKeyReused(RuntimeError):
    """The key was used for another payout of this shop."""


class NotEnough(ValueError):
    """More than is free, or nothing is; `free_minor` is what is."""

    def __init__(self, free_minor: int) -> None:
        super().__init__(str(free_minor))
        self.free_minor = free_minor


class BadPayoutAmount(ValueError):
    """Too little or too much for one payout."""


class NotRetriable(RuntimeError):
    """Only a payout that failed is asked again, and only once."""


def ask_payout(
    *,
    shop_id: int,
    channel: ChannelName,
    amount_minor: int | None,
    actor_id: int,
    key: str,
    now: datetime,
    retry_of: str = "",
) -> PayoutView:
    """Ask for an amount, or for all that is free. The same key again is the same payout, whatever was asked since.

    May call the provider. Raises `BadPayoutAmount`, `PayoutRefused`, `NotEnough`, `PayoutKeyReused`, `NotRetriable`,
    and `NoMerchantAccount`; nothing is written then.
    """
    digest = hash_request(channel, amount_minor, DEFAULT_CURRENCY, retry_of)
    known = Payout.objects.filter(shop_id=shop_id, key=key).first()
    if known is not None:
        return get_payout(_check_repeat(known, digest))
    if amount_minor is not None and not is_amount(amount_minor):
        raise BadPayoutAmount(amount_minor)
    verdict = judge_shop(shop_id=shop_id, channel=channel, now=now, amount_minor=amount_minor or 0)
    if not verdict.allows:
        raise PayoutRefused(verdict)
    facts = {"shop_id": shop_id, "key": key, "payload_hash": digest, "channel": channel.value, "asked_by": actor_id}
    write = _ask_bank if channel is ChannelName.BANK else _ask_provider
    try:
        return get_payout(write(facts, amount_minor, retry_of, now))
    except NotEnough:
        known = Payout.objects.filter(shop_id=shop_id, key=key).first()
        if known is None:
            raise
        # The same call, a moment earlier, took what is missing now.
        return get_payout(_check_repeat(known, digest))


def retry_payout(*, shop_id: int, number: str, actor_id: int, now: datetime) -> PayoutView:
    """Ask for a failed payout again: a new one, to where the shop is paid now. Once for each.

    Raises as `ask_payout`, and `PayoutNotFound`.
    """
    failed = get_payout(number, shop_id=shop_id)
    if failed.state is not PayoutState.FAILED:
        raise NotRetriable(number)
    return ask_payout(
        shop_id=shop_id,
        channel=failed.channel,
        amount_minor=failed.amount_minor,
        actor_id=actor_id,
        key=f"retry:{failed.number}",
        now=now,
        retry_of=failed.number,
    )


@transaction.atomic(durable=True)
def cancel_payout(*, shop_id: int, number: str, actor_id: int, now: datetime) -> None:
    """The shop takes back what it asked for, before anybody approved it wholly. Raises `PayoutNotFound`, `WrongState`.

    A repeat changes nothing.
    """
    row = lock_payout(number, shop_id=shop_id)
    if row.state == PayoutState.CANCELLED.value:
        return
    demand_state(row, PayoutState.ASKED)  # once approved it may be in the bank's file next: only staff can stop it
    move_payout(row, PayoutState.CANCELLED, now=now)
    put_back(row, now)
    audit_payout(row, "payout.cancelled", actor_id=actor_id, now=now, staff=False)


@transaction.atomic(durable=True)
def _ask_bank(facts: dict[str, Any], amount_minor: int | None, retry_of: str, now: datetime) -> str:
    shop_id = facts["shop_id"]
    account = ShopBankAccount.objects.get(shop_id=shop_id, replaced_at=None)
    free_minor = read_shop_money(shop_id=shop_id, now=now).free_minor
    wanted = free_minor if amount_minor is None else amount_minor
    if not 0 < wanted <= free_minor:
        raise NotEnough(free_minor)
    facts |= {
        "account": account,
        "holder": account.holder,
        "bank": account.bank,
        "branch": account.branch,
        "cnaps": account.cnaps,
        "account_number": account.number,
        "last_four": account.last_four,
    }
    row, created = _create(facts, wanted, retry_of, now)
    if created:
        try:
            set_aside(row, now)
        except FloorReached as refused:
            raise NotEnough(free_minor) from refused
        audit_payout(row, "payout.asked", actor_id=row.asked_by, now=now, staff=False)
    return row.number


@transaction.atomic(durable=True)
def _ask_provider(facts: dict[str, Any], amount_minor: int | None, retry_of: str, now: datetime) -> str:
    """The account's row is the lock under which what is free is counted: two askers never count the same money."""
    shop_id = facts["shop_id"]
    facts["merchant_account"] = lock_merchant_account(shop_id=shop_id, gateway=facts["channel"])
    known = Payout.objects.filter(shop_id=shop_id, key=facts["key"]).first()
    if known is not None:
        return _check_repeat(known, facts["payload_hash"])
    free_minor = read_shop_money(shop_id=shop_id, now=now).free_at_provider_minor
    wanted = free_minor if amount_minor is None else amount_minor
    if not 0 < wanted <= free_minor:
        raise NotEnough(free_minor)
    row, created = _create(facts, wanted, retry_of, now)
    if created:
        audit_payout(row, "payout.asked", actor_id=row.asked_by, now=now, staff=False)
    return row.number


def _create(facts: dict[str, Any], amount_minor: int, retry_of: str, now: datetime) -> tuple[Payout, bool]:
    """The payout under its key, and whether it is new: somebody else may have used the key at this moment."""
    if not is_amount(amount_minor):
        raise BadPayoutAmount(amount_minor)
    first = _lock_failed(retry_of, facts["shop_id"]) if retry_of else None
    row, created = Payout.objects.get_or_create(
        shop_id=facts.pop("shop_id"),
        key=facts.pop("key"),
        defaults={
            **facts,
            "number": f"PO{now:%y%m%d%H%M%S}{secrets.token_hex(6).upper()}",
            "amount_minor": amount_minor,
            "currency": DEFAULT_CURRENCY,
            "retry_of": first,
            "asked_at": now,
        },
    )
    _check_repeat(row, facts["payload_hash"])
    return row, created


def _lock_failed(number: str, shop_id: int) -> Payout:
    row = lock_payout(number, shop_id=shop_id)
    if row.state != PayoutState.FAILED.value:
        raise NotRetriable(number)
    return row


def _check_repeat(known: Payout, digest: str) -> str:
    if known.payload_hash != digest:
        raise PayoutKeyReused(known.key)
    return known.number
