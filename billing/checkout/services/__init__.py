"""Use cases of cart, purchase and share. Each opens its own transaction and may be called again."""

from billing.checkout.services.cancelling import cancel_share_as_buyer, refund_share_as_shop, settle_refund
from billing.checkout.services.carts import (
    BadQuantity,
    CartFull,
    LineNotFound,
    add_line,
    merge_guest_cart,
    refresh_offers,
    remove_lines,
    set_quantity,
    tick_lines,
    tick_only,
)
from billing.checkout.services.closing import (
    AlreadyPaid,
    cancel_unpaid_purchase,
    close_due_purchases,
    close_purchase,
)
from billing.checkout.services.fulfilling import (
    confirm_due_receipts,
    confirm_receipt,
    mark_share_delivered,
    ship_share,
)
from billing.checkout.services.paying import check_payment, settle_report, start_paying, take_notification
from billing.checkout.services.placing import (
    CannotBePaid,
    NothingToPlace,
    PlaceRequest,
    QuoteChanged,
    SeveralCells,
    TooManyShops,
    place_purchase,
)
from billing.checkout.services.quoting import quote_cart

__all__ = [
    "AlreadyPaid",
    "BadQuantity",
    "CannotBePaid",
    "CartFull",
    "LineNotFound",
    "NothingToPlace",
    "PlaceRequest",
    "QuoteChanged",
    "SeveralCells",
    "TooManyShops",
    "add_line",
    "cancel_share_as_buyer",
    "cancel_unpaid_purchase",
    "check_payment",
    "close_due_purchases",
    "close_purchase",
    "confirm_due_receipts",
    "confirm_receipt",
    "mark_share_delivered",
    "merge_guest_cart",
    "place_purchase",
    "quote_cart",
    "refresh_offers",
    "refund_share_as_shop",
    "remove_lines",
    "set_quantity",
    "settle_refund",
    "settle_report",
    "ship_share",
    "start_paying",
    "take_notification",
    "tick_lines",
    "tick_only",
]
