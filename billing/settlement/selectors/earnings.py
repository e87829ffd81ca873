"""What orders earned: read from the books, a few statements for any number of orders."""

from collections.abc import Sequence

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import ShopTransaction
from billing.ledger.selectors.shop_transactions import find_way_out, list_order_transactions
from billing.settlement.contracts.earnings import ShareEarnings, WayOut
from billing.settlement.rules.earnings import add_up


def list_earnings(*, shop_id: int, share_nos: Sequence[str]) -> dict[str, ShareEarnings]:
    """What each of a shop's orders earned, by its number; also of those about which nothing is posted yet."""
    posted = list_order_transactions(shop_id=shop_id, share_nos=share_nos)
    return {share_no: add_up(share_no, posted[share_no]) for share_no in share_nos}


def read_earnings(*, shop_id: int, share_no: str) -> tuple[ShareEarnings, list[ShopTransaction]]:
    """What one order earned, with its postings, oldest first."""
    posted = list_order_transactions(shop_id=shop_id, share_nos=[share_no])[share_no]
    return add_up(share_no, posted), posted


def find_order_way_out(*, shop_id: int, posted: Sequence[ShopTransaction]) -> WayOut | None:
    """What took an order's money out of the shop's balance: the oldest money leaves first. None while it is there."""
    for one in posted:
        if any(leg.own and leg.account.code is Code.PAYABLE and leg.side == "C" for leg in one.legs):
            entry = find_way_out(shop_id=shop_id, transaction_id=one.transaction_id)
            return WayOut(entry.transaction_id, entry.kind, entry.subject, entry.created_at) if entry else None
    return None
