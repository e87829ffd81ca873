"""A month drawn from a seed: what shops sold and what became of it, in agent mode, in custody and by cash on delivery.

Each order is a list of deeds for the books and of lines that the provider will write, all known beforehand. Nothing of
settlement is used here: what a month must come to is worked out by itself.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from billing.ledger.rules import (
    CodDelivered,
    CodKeptByShop,
    CodRemitted,
    CustodyCommissionSplit,
    CustodyFeeReturned,
    CustodyFeeTaken,
    CustodyRefunded,
    CustodyReleased,
    CustodySharePaid,
    CustodySubsidised,
    DisputeFeePassedOn,
    DisputeLost,
    DisputeOpened,
    DisputeTaken,
    DisputeWon,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PostingEvent,
    ProviderFeeCharged,
    RefundAfterRelease,
    RefundBeforeRelease,
    RefundConfirmed,
)
from billing.settlement.contracts.reconciling import LineKind, StatementKind
from market.money import included_portion, portion, split

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 11, 1, tzinfo=SHANGHAI)
SELLING_DAYS = 20
DAYS = 37
SHOPS = (1, 2, 3, 4)
BANK, STRIPE, WECHAT, CARRIER = "main", "stripe", "wechatpay", "sf"
STRIPE_FILE = (STRIPE, StatementKind.BALANCE)
TRADE_FILE = (WECHAT, StatementKind.TRADE)
FLOW_FILE = (WECHAT, StatementKind.FUNDFLOW)
FILES = (STRIPE_FILE, TRADE_FILE, FLOW_FILE)
File = tuple[str, StatementKind]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something for the books."""

    at: datetime
    key: str
    event: PostingEvent


@dataclass(frozen=True, slots=True)
class Line:
    """Something that a provider knows and will write. Signed fen: positive came in."""

    file: File
    at: datetime
    kind: LineKind
    number: str
    order_no: str
    amount: int
    fee: int = 0
    currency: str = "CNY"

    @property
    def net(self) -> int:
        return self.amount - self.fee


@dataclass
class Month:
    """Deeds in no order, and true lines."""

    seed: int
    deeds: list[Deed] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    commission_minor: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def add(self, at: datetime, event: PostingEvent, note: str = "") -> None:
        self.deeds.append(Deed(at, f"{event.kind}:{event.subject}{note}", event))

    def tell(self, file: File, at: datetime, kind: LineKind, number: str, amount: int, **more: object) -> None:
        """The provider's clock is up to twenty minutes behind or before ours."""
        written = at + timedelta(seconds=self.random.randint(-1_200, 1_200))
        self.lines.append(Line(file, written, kind, number, str(more.pop("order_no", number)), amount, **more))

    def moment(self, day: int) -> datetime:
        """Some instant of a day; midnight is as likely as noon, but for the first: no file of the day before tells."""
        seconds = self.random.randrange(86_400)
        return FIRST + timedelta(days=day, seconds=seconds if day else max(seconds, 3_600))


def draw_month(seed: int, *, orders: int = 60) -> Month:
    """A month with this many purchases."""
    month = Month(seed)
    for number in range(orders):
        at = month.moment(month.random.randrange(SELLING_DAYS))
        month.random.choice([_sell_by_card, _sell_by_card, _sell_in_custody, _sell_in_custody, _sell_for_cash])(
            month, f"{seed:04d}{number:04d}", at
        )
    return month


# ---- Agent mode -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Share:
    shop_id: int
    share_no: str
    cash: int
    coupon: int
    points: int

    @property
    def total(self) -> int:
        return self.cash + self.coupon + self.points

    @property
    def names(self) -> dict[str, object]:
        return {"shop_id": self.shop_id, "share_no": self.share_no}


def _sell_by_card(month: Month, number: str, at: datetime) -> None:
    random = month.random
    shops = random.sample(SHOPS, random.randint(1, 3))
    prices = [random.randint(500, 60_000) for _ in shops]
    coupon, points = (random.randrange(min(prices) // 4) if random.random() < 0.4 else 0 for _ in range(2))
    cash = sum(prices) - coupon - points
    parts = (split(cash, prices), split(coupon, prices), split(points, prices))
    shares = [_Share(shop, f"S{number}-{shop}", *(part[n] for part in parts)) for n, shop in enumerate(shops)]
    payment_no, fee = f"PAY{number}", portion(cash, 60)
    captured = PaymentCaptured(
        psp=STRIPE,
        reference=payment_no,
        cash_minor=cash,
        coupon_minor=coupon,
        points_minor=points,
        shares=tuple(EscrowShare(share.shop_id, share.share_no, share.total) for share in shares),
    )
    month.add(at, captured)
    month.add(at, ProviderFeeCharged(psp=STRIPE, reference=payment_no, amount_minor=fee))
    month.tell(STRIPE_FILE, at, LineKind.PAYMENT, payment_no, cash, fee=fee)
    for share in shares:
        fates = (_release, _release, _refund_whole, _refund_part, _refund_later, _dispute)
        random.choice(fates)(month, share, at + timedelta(days=random.uniform(3, 6)))


def _release(month: Month, share: _Share, at: datetime, left: int | None = None) -> int:
    """Returns the commission."""
    amount = share.total if left is None else left
    commission = portion(amount, 500)
    month.commission_minor += commission
    month.add(at, EscrowReleased(**share.names, amount_minor=amount, **_fees(commission)))
    return commission


def _refund_whole(month: Month, share: _Share, at: datetime) -> None:
    _refund_before(month, share, at, (share.cash, share.coupon, share.points))


def _refund_part(month: Month, share: _Share, at: datetime) -> None:
    back = _draw_part(month.random, share)
    _refund_before(month, share, at, back)
    if share.total > sum(back):
        _release(month, share, at + timedelta(hours=5), share.total - sum(back))


def _refund_before(month: Month, share: _Share, at: datetime, back: tuple[int, int, int]) -> None:
    refund_no = f"RF{share.share_no}"
    month.add(at, RefundBeforeRelease(**share.names, **_gives_back(refund_no, back)))
    _confirm(month, refund_no, back[0], at + timedelta(hours=month.random.uniform(0.1, 30)))


def _refund_later(month: Month, share: _Share, at: datetime) -> None:
    commission = _release(month, share, at)
    back, refund_no = _draw_part(month.random, share), f"RF{share.share_no}"
    returned = commission * sum(back) // share.total
    month.commission_minor -= returned
    later = at + timedelta(days=month.random.uniform(0.1, 5))
    month.add(later, RefundAfterRelease(**share.names, **_gives_back(refund_no, back), **_fees(returned)))
    _confirm(month, refund_no, back[0], later + timedelta(hours=month.random.uniform(0.1, 30)))


def _dispute(month: Month, share: _Share, at: datetime) -> None:
    _release(month, share, at)
    if not share.cash:
        return
    taken = at + timedelta(days=month.random.uniform(0.5, 3))
    decided = taken + timedelta(days=month.random.uniform(1, 6))
    about = {"shop_id": share.shop_id, "reference": f"DP{share.share_no}", "psp": STRIPE, "amount_minor": share.cash}
    number, fee = f"DP{share.share_no}", 1_500
    month.add(taken - timedelta(minutes=1), DisputeOpened(**about))
    month.add(taken, DisputeTaken(**about, fee_minor=fee))
    month.tell(STRIPE_FILE, taken, LineKind.CHARGEBACK, number, -share.cash, fee=fee)
    if month.random.random() < 0.5:
        month.add(decided, DisputeWon(**about))
        month.tell(STRIPE_FILE, decided, LineKind.CHARGEBACK, number, share.cash)
    else:
        month.add(decided, DisputeLost(**about))
        month.add(decided, DisputeFeePassedOn(shop_id=share.shop_id, reference=number, amount_minor=fee))


def _confirm(month: Month, refund_no: str, cash: int, at: datetime) -> None:
    if cash:
        month.add(at, RefundConfirmed(psp=STRIPE, reference=refund_no, amount_minor=cash))
        month.tell(STRIPE_FILE, at, LineKind.REFUND, refund_no, -cash)


def _draw_part(random: Random, share: _Share) -> tuple[int, int, int]:
    """A part of the cash, coupon and points, in proportion; at least a fen of cash."""
    percent = random.choice([10, 25, 50, 100])
    return max(1, share.cash * percent // 100), share.coupon * percent // 100, share.points * percent // 100


def _gives_back(refund_no: str, back: tuple[int, int, int]) -> dict[str, object]:
    cash, coupon, points = back
    return {
        "psp": STRIPE,
        "refund_no": refund_no,
        "cash_minor": cash,
        "coupon_minor": coupon,
        "points_minor": points,
    }


# ---- Custody ----------------------------------------------------------------------------------


def _sell_in_custody(month: Month, number: str, at: datetime) -> None:
    random = month.random
    for shop_id in random.sample(SHOPS, random.randint(1, 2)):
        share_no, paid = f"S{number}-{shop_id}", random.randint(500, 60_000)
        names = {"psp": WECHAT, "shop_id": shop_id, "share_no": share_no}
        fee, subsidy = portion(paid, 60), random.choice([0, 0, random.randint(1, 900)])
        month.add(at, CustodySharePaid(**names, amount_minor=paid))
        month.add(at, CustodyFeeTaken(**names, amount_minor=fee))
        month.tell(TRADE_FILE, at, LineKind.PAYMENT, share_no, paid, fee=fee)
        if subsidy:
            month.add(at, CustodySubsidised(**names, bank_account=BANK, coupon_minor=subsidy))
        back = random.choice([0, 0, 0, paid // 4, paid])
        left, refunded_at = paid + subsidy - fee, at + timedelta(days=random.uniform(0.2, 3))
        if back:
            left -= _refund_in_custody(month, names, back, fee * back // paid, refunded_at)
        if back < paid:
            _split(month, names, portion(paid - back, 500), left, refunded_at + timedelta(days=random.uniform(1, 4)))
        elif left:
            month.add(refunded_at + timedelta(days=1), CustodyReleased(**names, amount_minor=left))


def _refund_in_custody(month: Month, names: dict[str, object], back: int, fee_back: int, at: datetime) -> int:
    """Returns what left custody."""
    refund_no = f"RF{names['share_no']}"
    month.add(at, CustodyRefunded(**names, refund_no=refund_no, amount_minor=back))
    if fee_back:
        month.add(at, CustodyFeeReturned(**names, refund_no=refund_no, amount_minor=fee_back))
    share_no = str(names["share_no"])
    month.tell(TRADE_FILE, at, LineKind.REFUND, refund_no, -back, fee=-fee_back, order_no=share_no)
    return back - fee_back


def _split(month: Month, names: dict[str, object], commission: int, left: int, at: datetime) -> None:
    month.add(at, CustodyCommissionSplit(**names, **_fees(commission)))
    month.tell(FLOW_FILE, at, LineKind.SPLIT, f"{names['share_no']}-split", commission)
    month.commission_minor += commission
    month.add(at + timedelta(seconds=1), CustodyReleased(**names, amount_minor=left - commission))


# ---- Cash on delivery -------------------------------------------------------------------------


def _sell_for_cash(month: Month, number: str, at: datetime) -> None:
    shop_id, total = month.random.choice(SHOPS), month.random.randint(500, 40_000)
    names = {"shop_id": shop_id, "share_no": f"S{number}-{shop_id}"}
    commission = portion(total, 500)
    month.commission_minor += commission
    if month.random.random() < 0.3:
        month.add(at, CodKeptByShop(**names, **_fees(commission)))
        return
    remitted, fee = at + timedelta(days=month.random.uniform(1, 5)), 200
    month.add(at, CodDelivered(**names, carrier=CARRIER, amount_minor=total))
    month.add(remitted, CodRemitted(**names, carrier=CARRIER, bank_account=BANK, amount_minor=total, fee_minor=fee))
    month.add(remitted + timedelta(days=1), EscrowReleased(**names, amount_minor=total - fee, **_fees(commission)))


def _fees(commission: int) -> dict[str, int]:
    return {"commission_minor": commission, "commission_vat_minor": included_portion(commission, 600)}


def shift(line: Line, **change: object) -> Line:
    """The line as somebody else would write it."""
    return replace(line, **change)
