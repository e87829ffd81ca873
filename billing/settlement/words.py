"""What movements of money and accounts are called when a shop reads about them, on pages and on paper."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from billing.ledger.contracts import Code
from billing.settlement.contracts.statements import Span, StatementView

_REVERSAL = "reversal:"
_HOUR_OF_ADS = re.compile(r"ads:\d+:\d{4}-\d\d-\d\d:(\d{4}-\d\d-\d\dT\d\d):[a-z]+:\d+")
_DAY_OF_ADS = re.compile(r"ads-credit:\d+:(\d{4}-\d\d-\d\d):[a-z]+:\d+")

_KINDS: Mapping[str, str] = {
    "payment_captured": gettext_noop("Buyer's payment, held for the order"),
    "escrow_released": gettext_noop("Order released, less commission"),
    "refund_before_release": gettext_noop("Refund of an order that was held"),
    "refund_after_release": gettext_noop("Refund of a released order"),
    "custody_share_paid": gettext_noop("Buyer's payment"),
    "custody_subsidised": gettext_noop("The platform's coupon and points"),
    "custody_fee_taken": gettext_noop("Provider's fee"),
    "custody_fee_returned": gettext_noop("Provider's fee given back"),
    "custody_commission_split": gettext_noop("Commission"),
    "custody_released": gettext_noop("Paid into your account at the provider"),
    "refund_custody": gettext_noop("Refund to the buyer"),
    "refund_custody_commission": gettext_noop("Commission given back for a refund"),
    "refund_custody_taken_back": gettext_noop("Taken back from your account at the provider for a refund"),
    "refund_advanced": gettext_noop("Refund that the platform paid for you"),
    "cod_delivered": gettext_noop("Cash taken by the carrier"),
    "cod_remitted": gettext_noop("Carrier's fee for the cash"),
    "cod_kept_by_shop": gettext_noop("Commission on cash that you kept"),
    "payout_asked": gettext_noop("Payout set aside for the bank"),
    "payout_confirmed": gettext_noop("Payout paid by the bank"),
    "debt_moved": gettext_noop("Negative balance noted as owed"),
    "debt_netted": gettext_noop("What you owed, taken from the balance"),
    "debt_written_off": gettext_noop("What you owed, written off"),
    "dispute_opened": gettext_noop("Kept for a dispute"),
    "dispute_taken": gettext_noop("Dispute: taken by the provider"),
    "dispute_lost": gettext_noop("Dispute lost"),
    "dispute_won": gettext_noop("Dispute won"),
    "dispute_fee_passed_on": gettext_noop("Fee of a dispute"),
    "points_earned": gettext_noop("Points that you gave to buyers"),
    "ad_top_up_captured": gettext_noop("Advertising balance topped up"),
    "ad_top_up_from_sales": gettext_noop("Advertising balance topped up from sales"),
    "ad_clicks_charged": gettext_noop("Advertising: clicks"),
    "ad_views_charged": gettext_noop("Advertising: views"),
    "ad_clicks_credited": gettext_noop("Advertising: invalid clicks given back"),
    "ad_views_credited": gettext_noop("Advertising: invalid views given back"),
    "ad_bonus_granted": gettext_noop("Advertising bonus given"),
    "ad_bonus_used": gettext_noop("Advertising bonus used"),
    "ad_bonus_used_on_views": gettext_noop("Advertising bonus used on views"),
    "ad_bonus_returned": gettext_noop("Advertising bonus given back for invalid clicks"),
    "ad_bonus_returned_for_views": gettext_noop("Advertising bonus given back for invalid views"),
    "ad_bonus_expired": gettext_noop("Advertising bonus expired"),
    "ad_sale_charged": gettext_noop("Advertising: commission on a sale"),
    "ad_sale_owed": gettext_noop("Advertising: commission on a sale, owed"),
    "ad_sale_debt_paid": gettext_noop("Advertising: owed commission paid"),
    "ad_sale_credited": gettext_noop("Advertising: commission given back"),
    "ad_bonus_used_on_sales": gettext_noop("Advertising bonus used on sales"),
    "ad_bonus_returned_for_sales": gettext_noop("Advertising bonus given back for a commission"),
    "slot_won": gettext_noop("Advertising slot won"),
    "slot_day_delivered": gettext_noop("Advertising slot: a day shown"),
    "slot_day_cancelled": gettext_noop("Advertising slot: a day cancelled"),
    "plan_sold": gettext_noop("Plan bought"),
    "plan_month_earned": gettext_noop("Plan: a month used"),
}

_ACCOUNTS: Mapping[str, str] = {
    Code.PAYABLE: gettext_noop("Balance"),
    Code.CUSTODY_OWED: gettext_noop("Held by the payment provider"),
    Code.MERCHANT_RECEIVABLE: gettext_noop("Owed to the platform"),
    Code.PAYOUT_IN_TRANSIT: gettext_noop("On its way to your bank"),
    Code.ESCROW: gettext_noop("Held for the order"),
    Code.AD_WALLET_CASH: gettext_noop("Advertising balance"),
    Code.AD_WALLET_BONUS: gettext_noop("Advertising bonus"),
    Code.SLOT_DEFERRED: gettext_noop("Advertising slots to come"),
    Code.DEFERRED_PLAN: gettext_noop("Plan, not yet used"),
    Code.DISPUTE_HOLD: gettext_noop("Kept for disputes"),
    Code.MERCHANT_DEPOSIT: gettext_noop("Deposit"),
    Code.CUSTODY_AT_PSP: gettext_noop("Where the provider keeps it"),
    Code.PSP_RECEIVABLE: gettext_noop("The provider owes the platform"),
    Code.BANK: gettext_noop("The platform's bank"),
    Code.COD_RECEIVABLE: gettext_noop("Cash at the carrier"),
    Code.DISPUTE_RECEIVABLE: gettext_noop("Disputes at the provider"),
    Code.REFUND_PAYABLE: gettext_noop("Refund on its way to the buyer"),
    Code.POINTS_LIABILITY: gettext_noop("Points of buyers"),
    Code.VAT_PAYABLE: gettext_noop("VAT inside the commission"),
    Code.CUSTOMER_WALLET: gettext_noop("Balance of a buyer"),
    Code.COMMISSION: gettext_noop("Commission, without VAT"),
    Code.PLATFORM_COUPON: gettext_noop("Coupon paid by the platform"),
    Code.BAD_DEBT: gettext_noop("Loss of the platform"),
    Code.DISPUTE_FEE: gettext_noop("Dispute fees of the platform"),
}

_SPANS = {Span.MONTH: gettext_noop("Monthly statement"), Span.WEEK: gettext_noop("Weekly statement")}


def name_kind(kind: str) -> str:
    """What a movement is called; one that took another back names it."""
    original = kind.removeprefix(_REVERSAL)
    known = gettext(_KINDS[original]) if original in _KINDS else original.replace("_", " ")
    return gettext("Taken back: %(what)s") % {"what": known} if original != kind else known


def name_subject(subject: str) -> str:
    """What a movement is about: the hour or day of ads that was charged or given back, else the number as it is.

    Hours of charges are written in UTC (`ads:{shop}:{day}:{hour}:{kind}:{seq}`) and told in Beijing time.
    """
    if hour := _HOUR_OF_ADS.fullmatch(subject):
        begins = datetime.strptime(hour[1], "%Y-%m-%dT%H").replace(tzinfo=UTC)
        local = begins.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
        return f"{local:%Y-%m-%d %H}:00–{local.hour + 1:02}:00"
    day = _DAY_OF_ADS.fullmatch(subject)
    return day[1] if day else subject


def name_account(code: Code) -> str:
    """What an account is called; the platform's own are only named as such."""
    return gettext(_ACCOUNTS[code]) if code in _ACCOUNTS else gettext("The platform's books")


def place_account(code: Code) -> int:
    """Where an account stands among a shop's accounts: the balance first."""
    return next((place for place, known in enumerate(_ACCOUNTS) if known == code), len(_ACCOUNTS))


def name_span(span: Span) -> str:
    """How long a statement's period is."""
    return gettext(_SPANS[span])


def name_period(statement: StatementView) -> str:
    """Which business days a statement covers, the last one included."""
    from_day = local_day(statement.period.starts_at)
    to_day = local_day(statement.period.ends_at - timedelta(microseconds=1))
    return gettext("%(first)s to %(last)s") % {"first": from_day.isoformat(), "last": to_day.isoformat()}


def local_day(moment: datetime) -> date:
    """The business day that an instant is in."""
    return moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()


def list_kinds() -> list[str]:
    """Every kind that has a name, in the order of the page that offers them."""
    return list(_KINDS)
