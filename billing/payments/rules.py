"""Pure decisions about payments: what fits together, what the provider keeps, what is answered."""

import json
from datetime import timedelta

from billing.payments.contracts import PaymentOrder, ProviderReport, WebhookAnswer
from market.money import WHOLE_BPS, portion, split

MOST_SHARES = 50
MOST_REFUNDS = 50

# The part of each payment that a provider keeps (money.md §4: WeChat Pay 0.6 %, half up, per sub-order).
FEE_BPS = {"wechatpay": 60, "cod": 0}

# The part of a sub-order that a provider lets us split off (money.md §5: WeChat Pay 30 % unless agreed otherwise).
MOST_SPLIT_BPS = {"wechatpay": 3_000}

# A notification with one of these reasons was not sent by the provider; with any other it was, but is not true for us.
_UNSIGNED = frozenset({"bad_signature", "missing_header", "bad_timestamp", "old_timestamp"})
_SHORTEST_PAUSE_SECONDS = 5
_LONGEST_PAUSE_SECONDS = 3600


def provider_fee_minor(gateway: str, amount_minor: int) -> int:
    """The provider's fee on a share's amount. After a refund it is the fee on what is left."""
    return portion(amount_minor, FEE_BPS[gateway])


def most_commission_minor(gateway: str, amount_minor: int) -> int:
    """The highest commission that a provider lets us take of a share: whole minor units within its part."""
    bps = MOST_SPLIT_BPS.get(gateway, WHOLE_BPS)
    most = portion(amount_minor, bps)
    return most if most * WHOLE_BPS <= amount_minor * bps else most - 1


def commission_to_return(*, commission_minor: int, amount_minor: int, refunded_minor: int, promised_minor: int) -> int:
    """What of a split commission goes back with a refund, in minor units.

    In proportion to everything refunded so far, this refund included, less what was returned or promised before: so
    that all parts together return exactly the commission.
    """
    target = split(commission_minor, (refunded_minor, amount_minor - refunded_minor))[0]
    return max(0, target - promised_minor)


def find_mismatch(agreed: PaymentOrder, report: ProviderReport) -> str:
    """Why a report of a payment cannot be true of what was agreed, in one word; empty when it can."""
    if report.currency != agreed.currency:
        return "wrong_currency"
    told = {share.share_no: share for share in report.shares}
    if len(told) != len(report.shares) or told.keys() != {share.share_no for share in agreed.shares}:
        return "wrong_shares"
    for share in agreed.shares:
        if told[share.share_no].amount_minor != share.amount_minor:
            return "wrong_amount"
        if told[share.share_no].merchant_account != share.merchant_account:
            return "wrong_account"
        if not told[share.share_no].transaction_id:
            return "no_transaction"
    return ""


def name_own_psp(gateway: str) -> str:
    """Our own account at a provider in the ledger, beside the one that commission is split off to."""
    return f"{gateway}_own"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, doubling to an hour."""
    seconds = _SHORTEST_PAUSE_SECONDS * 2 ** min(attempts, 20)
    return timedelta(seconds=min(seconds, _LONGEST_PAUSE_SECONDS))


def split_no(share_no: str) -> str:
    """The number of a share's split at the provider."""
    return f"{share_no}-split"


def unfreeze_no(share_no: str) -> str:
    """The number of a share's release, of its own: one number is one request."""
    return f"{share_no}-free"


def answer_webhook(refusal: str = "") -> WebhookAnswer:
    """What WeChat Pay is told: 204, or FAIL with a reason, after which it tries again (doc/v3/partner/4012085801)."""
    if not refusal:
        return WebhookAnswer(status=204, body=b"")
    status = 401 if refusal in _UNSIGNED else 400
    return WebhookAnswer(status=status, body=json.dumps({"code": "FAIL", "message": refusal}).encode())
