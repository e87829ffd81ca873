"""What states, codes and deeds are called on the console's pages, and the tone of their badges."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.checkout.contracts import PurchaseState
from billing.ledger.contracts import Book, Code
from billing.payments.contracts import PaymentState, RefundState, ReleaseStep
from billing.settlement.contracts import ChannelName, ClearingState, PayoutState, ReleaseState
from market.accounts.contracts import StaffRole
from market.jobs.contracts import JobState
from market.shops.contracts import Role, ShopStatus
from search.campaigns.contracts import CreativeState
from search.listings.contracts.explaining import MetIn
from search.moderation.contracts import BanReason
from tenants.orders.contracts import OrderState

Words = Mapping[str, str | Promise]

ROLES: Words = {
    StaffRole.ADMIN: _("Admin"),
    StaffRole.REVIEWER: _("Reviewer"),
    StaffRole.FINANCE: _("Finance"),
    StaffRole.SUPPORT: _("Support"),
}
SHOP_STATES: Words = {
    ShopStatus.APPLIED: _("To review"),
    ShopStatus.OPEN: pgettext_lazy("shop", "Open"),
    ShopStatus.SUSPENDED: _("Suspended"),
    ShopStatus.CLOSED: pgettext_lazy("shop", "Closed"),
}
TEAM_ROLES: Words = {
    Role.OWNER: _("Owner"),
    Role.MANAGER: _("Manager"),
    Role.GOODS: _("Goods editor"),
    Role.FULFILMENT: _("Fulfilment"),
}
PURCHASE_STATES: Words = {
    PurchaseState.WAITING: _("Waiting for money"),
    PurchaseState.PAID: _("Paid"),
    PurchaseState.AGREED: _("Cash on delivery"),
    PurchaseState.CLOSED: _("Closed unpaid"),
}
ORDER_STATES: Words = {
    OrderState.SUBMITTED: _("Submitted"),
    OrderState.PAID: _("To be sent"),
    OrderState.SHIPPED: _("On its way"),
    OrderState.DELIVERED: _("Delivered"),
    OrderState.COMPLETED: _("Completed"),
    OrderState.CANCELLED: _("Cancelled"),
    OrderState.REFUNDING: _("Being refunded"),
    OrderState.REFUNDED: _("Refunded"),
}
PAYMENT_STATES: Words = {
    PaymentState.OPENED: _("Opened here"),
    PaymentState.STARTED: _("Known to the provider"),
    PaymentState.CAPTURED: _("Captured"),
    PaymentState.CLOSED: pgettext_lazy("payment", "Closed"),
}
CUSTODY_STEPS: Words = {
    ReleaseStep.NONE: _("Held by the provider"),
    ReleaseStep.SPLIT_ASKED: _("Commission asked for"),
    ReleaseStep.SPLIT: _("Commission split off"),
    ReleaseStep.UNFROZEN: _("Released to the shop"),
}
REFUND_STATES: Words = {
    RefundState.ASKED: _("Asked"),
    RefundState.SENT: _("At the provider"),
    RefundState.SUCCEEDED: _("Given back"),
    RefundState.FAILED: _("Failed"),
}
RELEASE_STATES: Words = {
    ReleaseState.WAITING: _("Waiting"),
    ReleaseState.SPLITTING: _("Being split"),
    ReleaseState.RELEASED: _("Released"),
}
CLEARING_STATES: Words = {
    ClearingState.OVERDUE: _("To explain"),
    ClearingState.EXPLAINED: _("Explained"),
    ClearingState.YOUNG: _("Young"),
}
CLEARING_AGES: Words = {
    "day": _("less than a day"),
    "week": _("1 to 7 days"),
    "month": _("7 to 30 days"),
    "older": _("30 days and more"),
}
PAYOUT_STATES: Words = {
    PayoutState.ASKED: _("To approve"),
    PayoutState.APPROVED: pgettext_lazy("payout", "To send"),
    PayoutState.SENT: _("At the bank"),
    PayoutState.CONFIRMED: pgettext_lazy("payout", "Arrived"),
    PayoutState.FAILED: _("Failed"),
    PayoutState.CANCELLED: pgettext_lazy("payout", "Stopped"),
}
CREATIVE_STATES: Words = {
    CreativeState.WAITING: _("To review"),
    CreativeState.APPROVED: _("Approved"),
    CreativeState.REFUSED: _("Refused"),
}
CHANNELS: Words = {ChannelName.BANK: _("Bank transfer"), ChannelName.WECHATPAY: _("WeChat withdrawal")}
JOB_STATES: Words = {
    JobState.QUEUED: _("Queued"),
    JobState.RUNNING: _("Running"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Failed"),
    JobState.STOPPED: _("Stopped"),
}
METHODS: Words = {
    "wechatpay": _("WeChat Pay"),
    "wechatpay_own": _("WeChat Pay, our own sub-merchant"),
    "cod": _("Cash on delivery"),
}
BOOKS: Words = {
    Book.MAIN: _("Main book"),
    Book.CUSTODY: _("Custody"),
    Book.POINTS: _("Points"),
    Book.CREDITS: _("Credits"),
}
ACCOUNTS: Words = {
    Code.PSP_RECEIVABLE: _("Receivable from providers"),
    Code.BANK: _("Bank"),
    Code.COD_RECEIVABLE: _("Cash at carriers"),
    Code.MERCHANT_RECEIVABLE: _("Owed by shops"),
    Code.DISPUTE_RECEIVABLE: _("Disputes at providers"),
    Code.CUSTODY_AT_PSP: _("Held by providers"),
    Code.ESCROW: _("Escrow of orders"),
    Code.CUSTODY_OWED: _("Held for shops"),
    Code.PAYABLE: _("Payable to shops"),
    Code.PAYOUT_IN_TRANSIT: _("Payouts on their way"),
    Code.REFUND_PAYABLE: _("Refunds to buyers"),
    Code.AD_WALLET_CASH: _("Advertising balance"),
    Code.AD_WALLET_BONUS: _("Advertising bonus"),
    Code.SLOT_DEFERRED: _("Slots not yet shown"),
    Code.DEFERRED_PLAN: _("Plans not yet used"),
    Code.POINTS_LIABILITY: _("Points of shoppers"),
    Code.VAT_PAYABLE: _("VAT payable"),
    Code.CUSTOMER_WALLET: _("Balances of shoppers"),
    Code.DISPUTE_HOLD: _("Kept for disputes"),
    Code.MERCHANT_DEPOSIT: _("Deposits of shops"),
    Code.COMMISSION: _("Commission"),
    Code.ADS_CPC: _("Advertising by click"),
    Code.ADS_CPM: _("Advertising by view"),
    Code.ADS_SLOT: _("Advertising slots"),
    Code.ADS_SALE: _("Advertising paid per sale"),
    Code.ADS_PROMO: _("Advertising bonus used"),
    Code.PLAN: _("Plans"),
    Code.BREAKAGE: _("Expired points"),
    Code.PSP_FEE: _("Fees of providers"),
    Code.PLATFORM_COUPON: _("Platform coupons"),
    Code.POINTS: _("Points given"),
    Code.DISPUTE_FEE: _("Fees of disputes"),
    Code.BAD_DEBT: _("Bad debt"),
    Code.COD_FEE: _("Fees of carriers"),
    Code.ROUNDING: _("Rounding"),
    Code.SUSPENSE: _("Suspense"),
}
REASONS: Words = {
    "bad_signature": _("The signature is wrong: it was not sent by the provider, or changed on its way."),
    "missing_header": _("A signature header is missing: it was not sent by the provider."),
    "bad_timestamp": _("Its time cannot be read."),
    "old_timestamp": _("It is too old: perhaps an old message played back."),
    "bad_encryption": _("It cannot be decrypted with our key."),
    "foreign_merchant": _("It is meant for another merchant number."),
    "too_large": _("It is larger than any real message."),
    "unknown_event": _("We do not know this kind of message."),
    "unknown_order": _("We never opened this payment."),
    "unknown_refund": _("We never asked for this refund."),
    "unreadable": _("It cannot be read."),
    "wrong_amount": _("The amount is not what was agreed."),
    "wrong_currency": _("The currency is not what was agreed."),
    "wrong_shares": _("The shares are not those of the payment."),
    "wrong_account": _("The money went to another merchant account."),
    "no_transaction": _("It names no transaction of the provider."),
}
BAN_REASONS: Words = {
    BanReason.PROHIBITED: _("Prohibited goods"),
    BanReason.COUNTERFEIT: _("Counterfeit, or infringes a brand"),
    BanReason.MISLEADING: _("Misleading description or pictures"),
    BanReason.UNSAFE: _("Unsafe"),
    BanReason.OTHER: _("Another reason"),
}
MET_IN: Words = {
    MetIn.HEAD: _("what it is"),
    MetIn.BRAND: _("brand"),
    MetIn.TITLE: _("title"),
    MetIn.CATEGORY: _("category"),
    MetIn.ATTRIBUTES: _("attributes"),
    MetIn.TEXT: _("text"),
}
DEEDS: Words = {
    "shop.opened": _("Applied for a shop"),
    "shop.open": _("Let the shop be seen"),
    "shop.suspended": _("Suspended the shop"),
    "shop.closed": _("Turned down or closed the shop"),
    "shop.profile": _("Changed the shop's profile"),
    "product.banned": _("Took a product off the market"),
    "product.ban_lifted": _("Let a product back onto the market"),
    "search.synonyms_set": _("Set synonyms"),
    "search.synonyms_removed": _("Removed synonyms"),
    "search.hot_word_set": _("Set a hot word"),
    "search.hot_word_removed": _("Removed a hot word"),
    "search.word_blocked": _("Kept a word from becoming hot"),
    "search.word_unblocked": _("Let a word become hot again"),
    "list.saved": _("Defined or changed a list of goods"),
    "list.removed": _("Removed a list of goods"),
    "list.put_back": _("Put a list of goods back"),
    "search.placed": _("Pinned or buried products of a query"),
    "shop.enrolled": _("Applied for the shop's payment account"),
    "console.entered": _("Entered the console"),
    "cash.remitted": _("Recorded a carrier's remittance"),
    "provider.settled": _("Recorded a provider's settlement"),
    "commission.added": _("Added a commission rule"),
    "commission.changed": _("Changed a commission rule"),
    "commission.moved": _("Changed the order of commission rules"),
    "commission.switched_on": _("Switched a commission rule on"),
    "commission.switched_off": _("Switched a commission rule off"),
    "shop.terms": _("Agreed on a shop's terms of settlement"),
    "clearing.explained": _("Said why something has not cleared"),
    "debt.written_off": _("Gave a shop's debt up"),
    "wallet.bonus_granted": _("Gave a shop advertising bonus"),
    "wallet.order_set": _("Set whether cash or bonus pays a shop’s ads first"),
    "wallet.auto_set": _("Set when the advertising balance fills itself"),
    "creative.uploaded": _("Uploaded a picture for advertising"),
    "creative.approved": _("Let a merchant's picture be shown"),
    "creative.refused": _("Refused a merchant's picture"),
    "creative.removed": _("Removed a picture for advertising"),
    "campaign.made": _("Made a campaign"),
    "campaign.changed": _("Changed a campaign"),
    "campaign.running": _("Let a campaign run"),
    "campaign.paused": _("Paused a campaign"),
    "campaign.ended": _("Ended a campaign"),
    "campaign.group_made": _("Added a group to a campaign"),
    "campaign.group_changed": _("Changed a group of a campaign"),
    "campaign.group_restored": _("Put a group of a campaign back"),
    "campaign.ads_added": _("Added goods to a campaign"),
    "campaign.ad_changed": _("Changed an ad of a campaign"),
    "campaign.words_added": _("Added words to a campaign"),
    "campaign.words_changed": _("Changed words of a campaign"),
    "campaign.words_undone": _("Undid a change of words"),
    "campaign.negatives_added": _("Excluded words from a campaign"),
    "campaign.negative_removed": _("Let a campaign have an excluded word again"),
    "plan.made": _("Made a plan that is paid per sale"),
    "plan.changed": _("Changed a plan that is paid per sale"),
    "plan.running": _("Started a plan that is paid per sale"),
    "plan.paused": _("Stopped a plan that is paid per sale"),
    "plan.ended": _("Ended a plan that is paid per sale"),
    "plan.bounds_set": _("Set what commission on sales may be"),
    "slot.saved": _("Set up or changed a fixed place"),
    "slot.floor_set": _("Set the lowest price of a fixed place"),
    "lot.bid": _("Bid for a fixed place"),
    "lot.bid_withdrawn": _("Withdrew a bid for a fixed place"),
    "lot.creative_changed": _("Changed the picture of a bid"),
    "lot.closed": _("A lot of a fixed place closed"),
    "lot.cancelled": _("Took a lot of a fixed place away"),
    "floor.set": _("Set the lowest price of clicks or views"),
    "ad_finding.approved": _("Approved a credit for invalid clicks"),
    "ad_finding.refused": _("Refused a credit for invalid clicks"),
    "advertiser.own_limit": _("Set the shop's own daily limit for advertising"),
    "advertiser.limited": _("Limited a shop's advertising"),
    "advertiser.stopped": _("Stopped a shop's advertising"),
    "advertiser.let_run": _("Let a shop advertise again"),
    "statement.uploaded": _("Uploaded a provider's file"),
    "statement.asked": _("Had a provider's file fetched"),
    "finding.explained": _("Explained a difference with a provider"),
    "finding.suspended": _("Moved a difference into suspense"),
    "finding.cleared": _("Cleared a difference out of suspense"),
    "finding.resolved": _("Found a difference resolved"),
    "bank_account.set": _("Set where the shop is paid to"),
    "payout.asked": _("Asked for a payout"),
    "payout.cancelled": _("Called a payout off"),
    "payout.approved": _("Approved a payout"),
    "payout.rejected": _("Stopped a payout"),
    "payout.answered": _("Recorded the bank's answer"),
    "payout.confirmed": _("A payout arrived"),
    "payout.failed": _("A payout failed"),
    "payout.returned": _("Recorded that the bank sent a payout back"),
    "payout_batch.made": _("Made a file for the bank"),
    "payout_batch.fetched": _("Fetched a file for the bank"),
    "payout_batch.answered": _("Took the bank's answers"),
    "event.retried": _("Had a parked event delivered again"),
    "posting.retried": _("Had a parked posting tried again"),
    "ledger.floor_set": _("Set how low an account may go"),
    "books.taken": _("Took the books away as a file"),
    "books.proved": _("Had all of the books proved"),
    "share.shipped": _("Sent a parcel"),
    "share.refunded": _("Refunded an order"),
    "staff.appointed": _("Appointed staff"),
    "staff.dismissed": _("Dismissed staff"),
    "sessions.ended": _("Signed a person out everywhere"),
    "token.made": _("Made an API token"),
    "token.revoked": _("Revoked an API token"),
}
FACTS: Words = {
    "from": _("before"),
    "before": _("before"),
    "before_minor": _("before"),
    "after": _("afterwards"),
    "reason": _("reason"),
    "note": _("note"),
    "words": _("words"),
    "pinned": _("pinned"),
    "buried": _("buried"),
    "amount_minor": _("amount"),
    "fee_minor": _("fee"),
    "reference": _("reference"),
    "bank_account": _("bank account"),
    "until": _("up to and with"),
    "two_factor": _("two factors"),
    "rate_bps": _("rate, in hundredths of a percent"),
    "floor_minor": _("floor"),
    "cap_minor": _("cap"),
    "category": _("category"),
    "release_days": _("days until free"),
    "reserve_bps": _("reserve, in hundredths of a percent"),
    "reserve_days": _("days of the reserve"),
    "amount_micro": _("amount"),
    "events": _("views and clicks"),
    "daily_minor": _("limit a day"),
    "blocked": _("stopped"),
    "returned_minor": _("given back"),
    "is_sold": _("sold"),
    "reserve_minor": _("lowest price"),
    "step_minor": _("step"),
    "price_minor": _("price"),
    "bids": _("bids"),
    "creative": _("picture"),
    "state": _("state"),
    "group_id": _("group"),
    "is_shown": _("shown"),
    "is_on": _("switched on"),
    "expires_at": _("good until"),
    "least_bps": _("lowest rate, in hundredths of a percent"),
    "most_bps": _("highest rate, in hundredths of a percent"),
    "category_id": _("category"),
    "brand": _("brand"),
    "tag": _("tag"),
    "shop_id": _("shop"),
    "price_from_minor": _("price from"),
    "price_to_minor": _("price to"),
    "discount": _("reduced by at least, in percent"),
    "in_stock": _("only what is in stock"),
    "sort": _("order"),
    "most": _("at most"),
}
ACTORS: Words = {
    "shopper": _("Shopper"),
    "merchant": _("Merchant"),
    "staff": _("Staff"),
    "system": _("System"),
}

_TONES = {
    "good": {
        "open",
        "paid",
        "captured",
        "confirmed",
        "completed",
        "delivered",
        "released",
        "unfrozen",
        "succeeded",
        "done",
        "explained",
    },
    "warn": {
        "approved",
        "applied",
        "waiting",
        "suspended",
        "refunding",
        "splitting",
        "asked",
        "sent",
        "started",
        "queued",
    },
    "bad": {"failed", "overdue"},
    "choice": {"agreed", "shipped", "running", "submitted"},
}


def tone_of(state: str) -> str:
    """The badge's tone; a word always stands in it."""
    return next((tone for tone, states in _TONES.items() if state in states), "")


def name_role(role: str) -> str:
    """What a member of staff is called."""
    return str(ROLES.get(role, ""))
