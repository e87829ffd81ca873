"""The books kept in plain dictionaries, and the story of money.md to post into them."""

from collections.abc import Iterable

from billing.ledger.contracts import AccountRef, Book, Code, Leg, Owner, Side
from billing.ledger.rules import (
    CHART,
    AccountState,
    AdBonusExpired,
    AdBonusGranted,
    AdBonusReturned,
    AdBonusReturnedForSales,
    AdBonusReturnedForViews,
    AdBonusUsed,
    AdBonusUsedOnSales,
    AdBonusUsedOnViews,
    AdClicksCharged,
    AdClicksCredited,
    AdSaleCharged,
    AdSaleCredited,
    AdSaleDebtPaid,
    AdSaleOwed,
    AdTopUpCaptured,
    AdTopUpFromSales,
    AdViewsCharged,
    AdViewsCredited,
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
    DebtMoved,
    DebtNetted,
    DebtWrittenOff,
    DisputeFeePassedOn,
    DisputeLost,
    DisputeOpened,
    DisputeTaken,
    DisputeWon,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PayoutAsked,
    PayoutConfirmed,
    PlanMonthEarned,
    PlanSold,
    PointsEarned,
    PointsExpired,
    PostingEvent,
    ProviderFeeCharged,
    ProviderFeeReturned,
    ProviderSettled,
    RefundAdvanced,
    RefundAfterRelease,
    RefundBeforeRelease,
    RefundConfirmed,
    SlotDayCancelled,
    SlotDayDelivered,
    SlotWon,
    SuspenseCleared,
    SuspenseExit,
    SuspenseRaised,
    settle_legs,
)

M1, M2, M3 = 1, 2, 3
STRIPE, WECHAT, CARRIER, BANK = "stripe", "wechatpay", "sf", "main"
OWN = "wechatpay_own"  # our own sub-merchant there

ROWS: dict[str, tuple[PostingEvent, str, str]] = {
    "A0": (PointsEarned(reference="P-0", amount_minor=500), "5030 500", "2090 500"),
    "A1": (
        PaymentCaptured(
            psp=STRIPE,
            reference="PAY-1",
            cash_minor=25500,
            coupon_minor=3000,
            points_minor=500,
            shares=(
                EscrowShare(M1, "S-1", 12000),
                EscrowShare(M2, "S-2", 9000),
                EscrowShare(M3, "S-3", 8000),
            ),
        ),
        "1010:stripe 25500; 5020 3000; 2090 500",
        "2010:1/S-1 12000; 2010:2/S-2 9000; 2010:3/S-3 8000",
    ),
    "A2": (ProviderFeeCharged(psp=STRIPE, reference="PAY-1", amount_minor=153), "5010 153", "1010:stripe 153"),
    "A3": (
        ProviderSettled(psp=STRIPE, reference="SET-1", bank_account=BANK, amount_minor=25347),
        "1020:main 25347",
        "1010:stripe 25347",
    ),
    "B": (
        EscrowReleased(shop_id=M1, share_no="S-1", amount_minor=12000, commission_minor=600, commission_vat_minor=34),
        "2010:1/S-1 12000",
        "4010 566; 2095 34; 2020:1 11400",
    ),
    "B3": (
        EscrowReleased(shop_id=M3, share_no="S-3", amount_minor=8000, commission_minor=400, commission_vat_minor=23),
        "2010:3/S-3 8000",
        "4010 377; 2095 23; 2020:3 7600",
    ),
    "C1": (PayoutAsked(shop_id=M1, reference="OUT-1", amount_minor=11400), "2020:1 11400", "2030:1 11400"),
    "C2": (
        PayoutConfirmed(shop_id=M1, reference="OUT-1", bank_account=BANK, amount_minor=11400),
        "2030:1 11400",
        "1020:main 11400",
    ),
    "D1": (
        RefundBeforeRelease(
            shop_id=M2,
            share_no="S-2",
            psp=STRIPE,
            refund_no="R-2",
            cash_minor=7914,
            coupon_minor=931,
            points_minor=155,
        ),
        "2010:2/S-2 9000",
        "2040:stripe 7914; 5020 931; 2090 155",
    ),
    "D2": (RefundConfirmed(psp=STRIPE, reference="R-2", amount_minor=7914), "2040:stripe 7914", "1010:stripe 7914"),
    "D3": (ProviderFeeReturned(psp=STRIPE, reference="R-2", amount_minor=47), "1010:stripe 47", "5010 47"),
    "E1": (
        RefundAfterRelease(
            shop_id=M1,
            share_no="S-1",
            psp=STRIPE,
            refund_no="R-1",
            cash_minor=2638,
            coupon_minor=310,
            points_minor=52,
            commission_minor=150,
            commission_vat_minor=8,
        ),
        "2020:1 2850; 4010 142; 2095 8",
        "2040:stripe 2638; 5020 310; 2090 52",
    ),
    "E1b": (RefundConfirmed(psp=STRIPE, reference="R-1", amount_minor=2638), "2040:stripe 2638", "1010:stripe 2638"),
    "E1b fee": (ProviderFeeReturned(psp=STRIPE, reference="R-1", amount_minor=16), "1010:stripe 16", "5010 16"),
    "E2": (DebtMoved(shop_id=M1, reference="DAY-1", amount_minor=2850), "1040:1 2850", "2020:1 2850"),
    "F1": (
        DisputeOpened(shop_id=M3, reference="DP-1", psp=STRIPE, amount_minor=7034),
        "2020:3 7034",
        "2110:3 7034",
    ),
    "F2": (
        DisputeTaken(shop_id=M3, reference="DP-1", psp=STRIPE, amount_minor=7034, fee_minor=1500),
        "1055:stripe 7034; 5040 1500",
        "1010:stripe 8534",
    ),
    "F3": (
        DisputeLost(shop_id=M3, reference="DP-1", psp=STRIPE, amount_minor=7034),
        "2110:3 7034",
        "1055:stripe 7034",
    ),
    "F3 won": (
        DisputeWon(shop_id=M3, reference="DP-2", psp=STRIPE, amount_minor=7034),
        "1010:stripe 7034; 2110:3 7034",
        "1055:stripe 7034; 2020:3 7034",
    ),
    "F4": (
        DisputeFeePassedOn(shop_id=M3, reference="DP-1", amount_minor=1500),
        "2020:3 566; 1040:3 934",
        "5040 1500",
    ),
    "F5": (
        ProviderSettled(psp=STRIPE, reference="SET-2", bank_account=BANK, amount_minor=-19023),
        "1010:stripe 19023",
        "1020:main 19023",
    ),
    "G1": (
        CodDelivered(shop_id=M1, share_no="S-9", carrier=CARRIER, amount_minor=5000),
        "1030:sf 5000",
        "2010:1/S-9 5000",
    ),
    "G2": (
        CodRemitted(shop_id=M1, share_no="S-9", carrier=CARRIER, bank_account=BANK, amount_minor=5000, fee_minor=200),
        "1020:main 4800; 2010:1/S-9 200",
        "1030:sf 5000",
    ),
    "G3": (
        EscrowReleased(shop_id=M1, share_no="S-9", amount_minor=4800, commission_minor=250, commission_vat_minor=14),
        "2010:1/S-9 4800",
        "4010 236; 2095 14; 2020:1 4550",
    ),
    "G4": (DebtNetted(shop_id=M1, reference="DAY-2", amount_minor=2850), "2020:1 2850", "1040:1 2850"),
    "G'": (
        CodKeptByShop(shop_id=M1, share_no="S-10", commission_minor=250, commission_vat_minor=14),
        "2020:1 250",
        "4010 236; 2095 14",
    ),
    "H1": (
        AdTopUpCaptured(shop_id=M1, reference="TU-1", psp=OWN, amount_minor=50000),
        "1010:wechatpay_own 50000",
        "2050:1 50000",
    ),
    "H2": (ProviderFeeCharged(psp=OWN, reference="TU-1", amount_minor=300), "5010 300", "1010:wechatpay_own 300"),
    "H3": (AdTopUpFromSales(shop_id=M1, reference="TU-2", amount_minor=1000), "2020:1 1000", "2050:1 1000"),
    "H4": (
        AdClicksCharged(shop_id=M1, reference="AD-1", amount_minor=4127, vat_minor=234),
        "2050:1 4127",
        "4020 3893; 2095 234",
    ),
    "H5": (
        AdViewsCharged(shop_id=M1, reference="AD-2", amount_minor=22838, vat_minor=1293),
        "2050:1 22838",
        "4021 21545; 2095 1293",
    ),
    "H6": (
        AdClicksCredited(shop_id=M1, reference="AD-1", amount_minor=322, vat_minor=18),
        "4020 304; 2095 18",
        "2050:1 322",
    ),
    "H7 granted": (AdBonusGranted(shop_id=M1, reference="BO-1", amount_minor=2000), "4029 2000", "2051:1 2000"),
    "H7 used": (AdBonusUsed(shop_id=M1, reference="BO-1", amount_minor=1500), "2051:1 1500", "4020 1500"),
    "H6 views": (
        AdViewsCredited(shop_id=M1, reference="AD-2", amount_minor=1000, vat_minor=57),
        "4021 943; 2095 57",
        "2050:1 1000",
    ),
    "H7 used on views": (
        AdBonusUsedOnViews(shop_id=M1, reference="BO-1", amount_minor=400),
        "2051:1 400",
        "4021 400",
    ),
    "H7 returned": (AdBonusReturned(shop_id=M1, reference="AD-1", amount_minor=100), "4020 100", "2051:1 100"),
    "H7 returned for views": (
        AdBonusReturnedForViews(shop_id=M1, reference="AD-2", amount_minor=50),
        "4021 50",
        "2051:1 50",
    ),
    "H7 expired": (AdBonusExpired(shop_id=M1, reference="BO-1", amount_minor=500), "2051:1 500", "4029 500"),
    "H8": (
        AdSaleCharged(shop_id=M1, reference="S-1", amount_minor=400, vat_minor=23),
        "2050:1 400",
        "4023 377; 2095 23",
    ),
    "H8 bonus": (AdBonusUsedOnSales(shop_id=M1, reference="S-1", amount_minor=200), "2051:1 200", "4023 200"),
    "H8 owed": (
        AdSaleOwed(shop_id=M1, reference="S-1", amount_minor=600, vat_minor=34),
        "1040:1 600",
        "4023 566; 2095 34",
    ),
    "H8 paid": (AdSaleDebtPaid(shop_id=M1, reference="SD-1", amount_minor=600), "2050:1 600", "1040:1 600"),
    "H9": (
        AdSaleCredited(shop_id=M1, reference="S-1", amount_minor=400, vat_minor=23),
        "4023 377; 2095 23",
        "2050:1 400",
    ),
    "H9 bonus": (
        AdBonusReturnedForSales(shop_id=M1, reference="S-1", amount_minor=100),
        "4023 100",
        "2051:1 100",
    ),
    "I1": (SlotWon(shop_id=M1, reference="LOT-1", amount_minor=21000), "2050:1 21000", "2070:1 21000"),
    "I2": (
        SlotDayDelivered(shop_id=M1, reference="LOT-1", amount_minor=7000, vat_minor=396),
        "2070:1 7000",
        "4022 6604; 2095 396",
    ),
    "I3": (SlotDayCancelled(shop_id=M1, reference="LOT-1", amount_minor=7000), "2070:1 7000", "2050:1 7000"),
    "J1": (
        PlanSold(shop_id=M1, reference="PLAN-1", psp=STRIPE, amount_minor=99900, vat_minor=5655),
        "1010:stripe 99900",
        "2080:1 94245; 2095 5655",
    ),
    "J2": (PlanMonthEarned(shop_id=M1, reference="PLAN-1", amount_minor=7853), "2080:1 7853", "4030 7853"),
    "K earned": (PointsEarned(reference="P-1", amount_minor=70), "5030 70", "2090 70"),
    "K funded by a shop": (
        PointsEarned(reference="P-2", amount_minor=70, funded_by_shop_id=M1),
        "2020:1 70",
        "2090 70",
    ),
    "K expired": (PointsExpired(reference="P-1", amount_minor=70), "2090 70", "4090 70"),
    "L1": (
        CustodySharePaid(shop_id=M1, share_no="S-20", psp=WECHAT, amount_minor=10552),
        "1060:1/wechatpay 10552",
        "2015:1 10552",
    ),
    "L2": (
        CustodySubsidised(
            shop_id=M1, share_no="S-20", psp=WECHAT, bank_account=BANK, coupon_minor=1241, points_minor=207
        ),
        "5020 1241; 2090 207; 1060:1/wechatpay 1448",
        "1020:main 1448; 2015:1 1448",
    ),
    "L3": (
        CustodyFeeTaken(shop_id=M1, share_no="S-20", psp=WECHAT, amount_minor=63),
        "2015:1 63",
        "1060:1/wechatpay 63",
    ),
    "L4": (
        CustodyCommissionSplit(shop_id=M1, share_no="S-20", psp=WECHAT, commission_minor=600, commission_vat_minor=34),
        "1010:wechatpay 600; 2015:1 600",
        "4010 566; 2095 34; 1060:1/wechatpay 600",
    ),
    "L5": (
        CustodyReleased(shop_id=M1, share_no="S-20", psp=WECHAT, amount_minor=11337),
        "2015:1 11337",
        "1060:1/wechatpay 11337",
    ),
    "L7": (
        ProviderSettled(psp=WECHAT, reference="SET-3", bank_account=BANK, amount_minor=600),
        "1020:main 600",
        "1010:wechatpay 600",
    ),
    "LR1": (
        CustodyRefunded(shop_id=M1, share_no="S-21", psp=WECHAT, refund_no="R-21", amount_minor=10552),
        "2015:1 10552",
        "1060:1/wechatpay 10552",
    ),
    "LR1 fee": (
        CustodyFeeReturned(shop_id=M1, share_no="S-21", psp=WECHAT, refund_no="R-21", amount_minor=63),
        "1060:1/wechatpay 63",
        "2015:1 63",
    ),
    "LR2": (
        CustodyCommissionReturned(
            shop_id=M1,
            share_no="S-20",
            psp=WECHAT,
            refund_no="R-20",
            commission_minor=600,
            commission_vat_minor=34,
        ),
        "4010 566; 2095 34; 1060:1/wechatpay 600",
        "1010:wechatpay 600; 2015:1 600",
    ),
    "LR2 taken back": (
        CustodyTakenBack(shop_id=M1, share_no="S-20", psp=WECHAT, refund_no="R-20", amount_minor=9889),
        "1060:1/wechatpay 9889",
        "2015:1 9889",
    ),
    "L6": (
        RefundAdvanced(shop_id=M1, reference="R-22", bank_account=BANK, amount_minor=2850),
        "1040:1 2850",
        "1020:main 2850",
    ),
    "L6 lost": (DebtWrittenOff(shop_id=M1, reference="R-22", amount_minor=2850), "5050 2850", "1040:1 2850"),
    "S raised": (
        SuspenseRaised(psp=WECHAT, reference="BILL-1/7", reason="no payment of ours", amount_minor=900),
        "1010:wechatpay 900",
        "9020:wechatpay 900",
    ),
    "S raised against us": (
        SuspenseRaised(psp=WECHAT, reference="BILL-1/8", reason="a fee too high", amount_minor=-15),
        "9020:wechatpay 15",
        "1010:wechatpay 15",
    ),
    "S reversed": (
        SuspenseCleared(psp=WECHAT, reference="BILL-1/7", reason="taken back by the provider", amount_minor=900),
        "9020:wechatpay 900",
        "1010:wechatpay 900",
    ),
    "S is a fee": (
        SuspenseCleared(
            psp=WECHAT, reference="BILL-1/8", reason="their fee", amount_minor=-15, exit=SuspenseExit.PSP_FEE
        ),
        "5010 15",
        "9020:wechatpay 15",
    ),
    "S is rounding": (
        SuspenseCleared(
            psp=WECHAT, reference="BILL-1/9", reason="their rounding", amount_minor=1, exit=SuspenseExit.ROUNDING
        ),
        "9020:wechatpay 1",
        "5070 1",
    ),
}
"""Every row of the posting rules: the event, its debits and its credits, as `code:owner amount; …`."""

STORY = [
    *("A0", "A1", "A2", "A3", "B", "B3", "C1", "C2", "D1", "D2", "D3", "E1", "E1b", "E1b fee", "E2"),
    *("F1", "F2", "F3", "F4", "F5", "G1", "G2", "G3", "G4"),
    *("L1", "L2", "L3", "L4", "L5", "L7"),
]
"""One story in order, after which nothing is left on any clearing account."""


def write_legs(legs: Iterable[Leg], side: Side) -> str:
    """Legs of one side the way `ROWS` writes them."""
    return "; ".join(write_leg(leg) for leg in legs if leg.side is side)


def write_leg(leg: Leg) -> str:
    owner = f":{leg.account.owner.id}" if leg.account.owner.id else ""
    return f"{leg.account.code}{owner} {leg.amount_minor}"


class PlainBooks:
    """Account states by reference, opened when first touched."""

    def __init__(self) -> None:
        self.states: dict[AccountRef, AccountState] = {}

    def state(self, ref: AccountRef) -> AccountState:
        if ref not in self.states:
            line = CHART[ref.code]
            floor = None if line.floor == "none" else 0
            number = len(self.states) + 1
            self.states[ref] = AccountState(number, ref, line.normal, floor, line.guarded, 0, 0, 0, 0, 0, None)
        return self.states[ref]

    def post(self, event: PostingEvent) -> None:
        legs = event.legs()
        for leg in legs:
            self.state(leg.account)
            if leg.spill is not None:
                self.state(leg.spill)
        settle_legs(event.kind, legs, self.states)

    def balance(self, code: Code, owner: Owner | None = None) -> int:
        ref = AccountRef(CHART[code].book, "CNY", code, owner or Owner.of_platform())
        return self.states[ref].balance_minor if ref in self.states else 0

    def sums(self) -> dict[Book, int]:
        totals = dict.fromkeys(Book, 0)
        for ref, state in self.states.items():
            totals[ref.book] += state.posted_debits_minor - state.posted_credits_minor
        return totals
