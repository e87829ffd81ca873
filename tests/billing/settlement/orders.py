"""Orders in every mode, as events of the ledger, drawn from a seed."""

from dataclasses import dataclass, field
from random import Random

from billing.ledger.rules import (
    CodDelivered,
    CodKeptByShop,
    CodRemitted,
    CustodyCommissionReturned,
    CustodyCommissionSplit,
    CustodyFeeReturned,
    CustodyFeeTaken,
    CustodyRefunded,
    CustodyReleased,
    CustodySharePaid,
    CustodySubsidised,
    CustodyTakenBack,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PostingEvent,
    RefundAfterRelease,
    RefundBeforeRelease,
)
from market.money import included_portion, portion


@dataclass
class DrawnOrder:
    """An order's events, and what a person with a pencil says that it earned."""

    share_no: str
    shop_id: int
    events: list[PostingEvent] = field(default_factory=list)
    earned_minor: int = 0
    commission_minor: int = 0
    refunded_minor: int = 0


def draw_order(random: Random, number: int, shop_id: int) -> DrawnOrder:
    """One order, anywhere on its way."""
    order = DrawnOrder(f"2611{number:05d}-1", shop_id)
    total = random.choice([1, 99, 1_000, 12_345, 999_999])
    random.choice([_custody, _agent, _cash, _own_delivery])(order, total, random)
    return order


def _fees(total: int) -> dict[str, int]:
    commission = portion(total, 500)
    return {"commission_minor": commission, "commission_vat_minor": included_portion(commission, 600)}


def _custody(order: DrawnOrder, total: int, random: Random) -> None:
    parts = {"psp": "wechatpay", "shop_id": order.shop_id, "share_no": order.share_no}
    coupon, points, fee = random.choice([0, 50]), random.choice([0, 7]), portion(total, 60)
    order.events.append(CustodySharePaid(**parts, amount_minor=total))
    if coupon or points:
        order.events.append(CustodySubsidised(**parts, bank_account="main", coupon_minor=coupon, points_minor=points))
    if fee:
        order.events.append(CustodyFeeTaken(**parts, amount_minor=fee))
    order.earned_minor = total + coupon + points - fee
    fees, step = _fees(total), random.randrange(5)
    if step >= 1 and fees["commission_minor"]:
        order.events.append(CustodyCommissionSplit(**parts, **fees))
        order.earned_minor -= fees["commission_minor"]
        order.commission_minor = fees["commission_minor"]
    if step in (2, 4) and order.earned_minor:
        order.events.append(CustodyReleased(**parts, amount_minor=order.earned_minor))
    if step >= 3:
        _refund_custody(order, total, fee, fees, released=step == 4)


def _refund_custody(order: DrawnOrder, total: int, fee: int, fees: dict[str, int], *, released: bool) -> None:
    """The commission goes back first; what was released comes out of the shop's own money."""
    parts = {"psp": "wechatpay", "shop_id": order.shop_id, "share_no": order.share_no}
    refund = {**parts, "refund_no": f"R-{order.share_no}"}
    if fees["commission_minor"]:
        order.events.append(CustodyCommissionReturned(**refund, **fees))
    taken_back = total - fees["commission_minor"] - fee
    if released and taken_back:
        order.events.append(CustodyTakenBack(**refund, amount_minor=taken_back))
    order.events.append(CustodyRefunded(**refund, amount_minor=total))
    if fee:
        order.events.append(CustodyFeeReturned(**refund, amount_minor=fee))
    order.earned_minor += fees["commission_minor"] + fee - total
    order.commission_minor, order.refunded_minor = 0, total


def _agent(order: DrawnOrder, total: int, random: Random) -> None:
    parts = {"shop_id": order.shop_id, "share_no": order.share_no}
    other = EscrowShare(order.shop_id + 1, f"{order.share_no}-of-another", 500)
    shares = (EscrowShare(order.shop_id, order.share_no, total), *random.choice([(), (other,)]))
    order.events.append(
        PaymentCaptured(
            psp="stripe",
            reference=f"PAY-{order.share_no}",
            cash_minor=sum(share.amount_minor for share in shares),
            shares=shares,
        )
    )
    order.earned_minor = total
    step, fees = random.randrange(4), _fees(total)
    refund = {"psp": "stripe", "refund_no": f"R-{order.share_no}", "cash_minor": total}
    if step == 1:
        order.events.append(RefundBeforeRelease(**parts, **refund))
        order.earned_minor, order.refunded_minor = 0, total
    if step >= 2:
        order.events.append(EscrowReleased(**parts, **fees, amount_minor=total))
        order.earned_minor, order.commission_minor = total - fees["commission_minor"], fees["commission_minor"]
    if step == 3:
        order.events.append(RefundAfterRelease(**parts, **refund, **fees))
        order.earned_minor, order.commission_minor, order.refunded_minor = 0, 0, total


def _cash(order: DrawnOrder, total: int, random: Random) -> None:
    parts = {"shop_id": order.shop_id, "share_no": order.share_no}
    order.events.append(CodDelivered(**parts, carrier="sf", amount_minor=total))
    order.earned_minor = total
    fee, fees = min(total, 30), _fees(total)
    if random.random() < 0.7:
        order.events.append(CodRemitted(**parts, carrier="sf", bank_account="main", amount_minor=total, fee_minor=fee))
        order.earned_minor -= fee
        if order.earned_minor > fees["commission_minor"]:
            order.events.append(EscrowReleased(**parts, **fees, amount_minor=order.earned_minor))
            order.earned_minor -= fees["commission_minor"]
            order.commission_minor = fees["commission_minor"]


def _own_delivery(order: DrawnOrder, total: int, random: Random) -> None:
    fees = _fees(max(total, 100))
    order.events.append(CodKeptByShop(shop_id=order.shop_id, share_no=order.share_no, **fees))
    order.earned_minor, order.commission_minor = -fees["commission_minor"], fees["commission_minor"]
