"""Asking the guard: figures are gathered outside transactions, since a provider may be asked for one of them."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from billing.ledger.selectors import prove_ledger
from billing.payments.contracts import ProviderError
from billing.payments.selectors import list_merchant_accounts
from billing.payments.services import NoMerchantAccount
from billing.settlement.channels.wechatpay import WechatPayChannel
from billing.settlement.contracts.payouts import ChannelBalance, ChannelName
from billing.settlement.models.proofs import LedgerCheck
from billing.settlement.rules.guard import BooksProof, Custody, GuardFigures, GuardVerdict, judge_payout
from billing.settlement.selectors.guarding import find_last_ledger_check, read_shop_money
from billing.settlement.selectors.payouts import find_bank_account
from market.shops.selectors import get_shop

PROVE_EVERY = timedelta(hours=12)
MOST_FINDINGS = 20

log = structlog.get_logger(__name__)


class PayoutRefused(RuntimeError):
    """The guard has doubts; `verdict` says which."""

    def __init__(self, verdict: GuardVerdict) -> None:
        super().__init__(verdict.codes)
        self.verdict = verdict


def judge_shop(
    *, shop_id: int, channel: ChannelName, now: datetime, amount_minor: int = 0, account_id: int | None = None
) -> GuardVerdict:
    """What the guard says of paying a shop now. `account_id`: the bank account that a payout was asked for.

    May call the provider, so never inside a transaction. Raises `NoMerchantAccount` for a shop unknown there.
    """
    told = _ask_provider(shop_id) if channel is ChannelName.WECHATPAY else None
    money = read_shop_money(shop_id=shop_id, now=now)
    account = find_bank_account(shop_id) if channel is ChannelName.BANK else None
    figures = GuardFigures(
        now=now,
        channel=channel,
        shop_is_open=get_shop(shop_id).is_open,
        proof=find_last_ledger_check() or prove_books(now=now),
        books=money.books,
        account_usable_at=None if account is None else account.usable_at,
        account_is_current=account_id is None or (account is not None and account.account_id == account_id),
        custody=Custody(told, money.at_provider) if channel is ChannelName.WECHATPAY else None,
        amount_minor=amount_minor,
    )
    return judge_payout(figures)


def prove_due_books(*, now: datetime) -> int:
    """Recompute the ledger when the last time is half a day ago. Returns how many proofs were made."""
    last = find_last_ledger_check()
    if last is not None and last.taken_at > now - PROVE_EVERY:
        return 0
    prove_books(now=now)
    return 1


def prove_books(*, now: datetime) -> BooksProof:
    """Recompute the whole ledger and keep what came out. Reads all of the books."""
    proof = prove_ledger()
    findings = [*proof.unbalanced, *proof.wrong_accounts, *proof.broken_floors, *proof.wrong_holds]
    with transaction.atomic():
        LedgerCheck.objects.create(
            taken_at=now, sound=proof.sound, findings=findings[:MOST_FINDINGS], unposted=proof.unposted
        )
    if not proof.sound:
        log.error("ledger.unsound", findings=findings[:MOST_FINDINGS])
    return BooksProof(sound=proof.sound, taken_at=now)


def _ask_provider(shop_id: int) -> ChannelBalance | None:
    name = ChannelName.WECHATPAY.value
    account = list_merchant_accounts(shop_ids=[shop_id], gateway=name).get(shop_id)
    if account is None:
        raise NoMerchantAccount(f"{shop_id} at {name}")
    try:
        return WechatPayChannel().read_balance(account)
    except ProviderError as error:
        log.warning("payout.provider_silent", shop_id=shop_id, error=str(error)[:200])
        return None
