"""Asking the guard: figures are gathered outside transactions, since a provider may be asked for one of them."""

from datetime import datetime

import structlog

from billing.ledger.selectors import get_last_proof
from billing.ledger.services import prove_and_store
from billing.payments.contracts import ProviderError
from billing.payments.selectors import list_merchant_accounts
from billing.payments.services import NoMerchantAccount
from billing.settlement.channels.wechatpay import WechatPayChannel
from billing.settlement.contracts.payouts import ChannelBalance, ChannelName
from billing.settlement.rules.guard import BooksProof, Custody, GuardFigures, GuardVerdict, judge_payout
from billing.settlement.selectors.guarding import read_shop_money
from billing.settlement.selectors.payouts import find_bank_account
from billing.settlement.selectors.reconciling import count_open_findings
from market.shops.selectors import get_shop

PROVIDERS = ("wechatpay", "stripe")  # whose statements are compared with the books

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
        proof=_find_proof(now),
        books=money.books,
        open_findings=sum(count_open_findings(psp, shop_id) for psp in PROVIDERS),
        account_usable_at=None if account is None else account.usable_at,
        account_is_current=account_id is None or (account is not None and account.account_id == account_id),
        custody=Custody(told, money.at_provider) if channel is ChannelName.WECHATPAY else None,
        amount_minor=amount_minor,
    )
    return judge_payout(figures)


def _find_proof(now: datetime) -> BooksProof:
    """The last night's. Before the first night of all, the books are few enough to be proven here."""
    stored = get_last_proof() or prove_and_store(now)
    return BooksProof(sound=stored.sound, taken_at=stored.proven_at)


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
