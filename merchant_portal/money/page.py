"""What the pages of a shop's money show: accounts in words, movements with where they lead."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext, ngettext

from billing.ledger.contracts import Code, Side
from billing.ledger.contracts.shop_books import ShopAccount, ShopEntry, ShopLeg, ShopTransaction
from billing.ledger.rules import (
    EVENT_KINDS,
    AdBonusReturned,
    AdBonusReturnedForSales,
    AdBonusReturnedForViews,
    AdBonusUsedOnSales,
    AdClicksCredited,
    AdSaleCharged,
    AdSaleCredited,
    AdSaleOwed,
    AdViewsCredited,
    SlotDayCancelled,
    SlotDayDelivered,
    SlotWon,
)
from billing.ledger.rules.events import ShareEvent
from billing.settlement.contracts import ReserveView
from billing.settlement.contracts.earnings import EarningPart, MoneyPlace, ShareEarnings, WayOut
from billing.settlement.words import name_account, name_kind, name_subject
from billing.wallets.contracts import CreditView
from billing.wallets.selectors import map_credits
from merchant_portal.ads_reports.words import join_reasons
from merchant_portal.slots.words import name_span
from search.slots.selectors import map_lots
from web.shapes import SumRow

SHARE_KINDS = frozenset(kind for kind, event in EVENT_KINDS.items() if issubclass(event, ShareEvent))
"""Kinds of transaction whose number is an order's."""

CREDIT_KINDS = frozenset(
    event.kind for event in (AdClicksCredited, AdViewsCredited, AdBonusReturned, AdBonusReturnedForViews)
)
"""Kinds of transaction whose number is a credit's for invalid clicks."""

SALE_KINDS = frozenset(
    event.kind for event in (AdSaleCharged, AdSaleOwed, AdSaleCredited, AdBonusUsedOnSales, AdBonusReturnedForSales)
)
"""Kinds of transaction whose number is that of an order which an ad brought."""

LOT_KINDS = frozenset(event.kind for event in (SlotWon, SlotDayDelivered, SlotDayCancelled))
"""Kinds of transaction whose number is a lot's, of a fixed place and its time."""

_LOT = re.compile(r"LOT-(\d{1,18})")
_REVERSAL = "reversal:"
_WALLETS = (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.SLOT_DEFERRED, Code.DEFERRED_PLAN, Code.MERCHANT_DEPOSIT)


@dataclass(frozen=True, slots=True)
class Held:
    """Money that is the shop's and cannot be had yet: why, and until when."""

    reason: str
    until: str
    amount_minor: int
    share_no: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Balances:
    """Where a shop's money is, in one currency."""

    available_minor: int
    custody_minor: int
    escrow_minor: int
    escrow_orders: int
    put_aside_minor: int
    disputes_minor: int
    in_transit_minor: int
    owed_minor: int
    others: tuple[tuple[str, int], ...]

    @property
    def held_minor(self) -> int:
        return self.custody_minor + self.escrow_minor + self.put_aside_minor + self.disputes_minor

    @property
    def total_minor(self) -> int:
        return self.available_minor + self.held_minor + self.in_transit_minor - self.owed_minor


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the list of movements. `about` says what it is of in words or by its number, `href` opens that."""

    entry: ShopEntry
    name: str
    account: str
    about: str
    href: str = ""


def sort_balances(accounts: Sequence[ShopAccount], escrow: tuple[int, int]) -> Balances:
    """The accounts of a shop as a person asks for them. `escrow`: orders held, and their sum."""
    by_code = {one.account.code: one.balance for one in accounts}
    payable = by_code.get(Code.PAYABLE)

    def posted(code: Code) -> int:
        return by_code[code].posted_minor if code in by_code else 0

    return Balances(
        available_minor=payable.available_minor if payable else 0,
        custody_minor=posted(Code.CUSTODY_OWED),
        escrow_minor=escrow[1],
        escrow_orders=escrow[0],
        put_aside_minor=payable.held_minor if payable else 0,
        disputes_minor=posted(Code.DISPUTE_HOLD),
        in_transit_minor=posted(Code.PAYOUT_IN_TRANSIT),
        owed_minor=posted(Code.MERCHANT_RECEIVABLE),
        others=tuple((name_account(code), posted(code)) for code in _WALLETS if posted(code)),
    )


def sum_balances(balances: Balances) -> list[SumRow]:
    """What is the shop's, and where."""
    orders = ngettext("%(number)s order", "%(number)s orders", balances.escrow_orders)
    rows = [
        SumRow(gettext("Available for payout"), balances.available_minor),
        SumRow(name_account(Code.CUSTODY_OWED), balances.custody_minor, gettext("in your name, until receipt")),
        SumRow(
            gettext("Held by us for orders"),
            balances.escrow_minor,
            orders % {"number": balances.escrow_orders} if balances.escrow_orders else "",
        ),
        SumRow(gettext("In the reserve and put aside"), balances.put_aside_minor),
        SumRow(name_account(Code.PAYOUT_IN_TRANSIT), balances.in_transit_minor),
    ]
    if balances.disputes_minor:
        rows.append(SumRow(name_account(Code.DISPUTE_HOLD), balances.disputes_minor))
    if balances.owed_minor:
        rows.append(SumRow(gettext("You owe the platform"), -balances.owed_minor, kind="less"))
    return [*rows, SumRow(gettext("Yours in all"), balances.total_minor, kind="total")]


def list_held(
    earnings: Sequence[ShareEarnings], escrows: Sequence[tuple[str, int]], reserves: Sequence[ReserveView]
) -> list[Held]:
    """What is held order by order, with its reason; reserves have their day."""
    days = settings.AUTO_CONFIRM_SECONDS // 86_400
    until = ngettext(
        "until receipt is confirmed, at the latest %(days)s day after delivery",
        "until receipt is confirmed, at the latest %(days)s days after delivery",
        days,
    ) % {"days": days}
    held = [
        Held(gettext("Held by the payment provider"), until, one.custody_minor, one.share_no, one.sold_at)
        for one in earnings
        if one.custody_minor > 0
    ]
    held += [
        Held(gettext("Held by us for the order"), gettext("until the sale is final"), amount, share_no)
        for share_no, amount in escrows
    ]
    for reserve in reserves:
        reason = gettext("Reserve: %(rate)s%% of the order") % {"rate": f"{reserve.rate_bps / 100:g}"}
        amount = reserve.held_minor or reserve.amount_minor
        held.append(Held(reason, "", amount, reserve.share_no, reserve.until))
    return held


def list_movements(entries: Sequence[ShopEntry], *, shop_id: int) -> list[Movement]:
    """Entries as the table shows them. One statement, where advertising was given back among them; two for places."""
    subjects = {entry.subject for entry in entries if entry.kind in CREDIT_KINDS}
    credits_by_key = map_credits(shop_id=shop_id, keys=subjects)
    abouts = name_lots((entry.kind, entry.subject) for entry in entries)
    return [_describe(entry, credits_by_key.get(entry.subject), abouts) for entry in entries]


def _describe(entry: ShopEntry, credit: CreditView | None, lots: Mapping[str, tuple[str, str]]) -> Movement:
    about, href = lots.get(entry.subject) or find_about(entry.kind, entry.subject)
    if credit:
        about = join_reasons(credit.reasons)
        href = f"{reverse('portal:ads-given-back')}?{urlencode({'day': credit.day.isoformat()})}"
    return Movement(entry, name_kind(entry.kind), name_account(entry.account.code), about, href)


def name_lots(numbers: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """By the numbers of lots among (kind, number): the place with its time, and the lot's page. Two statements."""
    found = {
        number: int(match[1])
        for kind, number in numbers
        if kind.removeprefix(_REVERSAL) in LOT_KINDS and (match := _LOT.fullmatch(number))
    }
    lots, now, language = map_lots(found.values()), timezone.now(), get_language() or "zh-hans"
    return {
        number: (
            f"{lots[lot_id].slot.terms.name.best(language)} · {name_span(lots[lot_id], now=now)}",
            reverse("portal:lot", args=[lot_id]),
        )
        for number, lot_id in found.items()
        if lot_id in lots
    }


def find_share_no(kind: str, subject: str) -> str:
    """The order that a movement is about; empty when it is about something else."""
    return subject if kind.removeprefix(_REVERSAL) in SHARE_KINDS else ""


def find_about(kind: str, subject: str) -> tuple[str, str]:
    """What a movement is about, and where that is shown; "" where there is nothing to open."""
    if share_no := find_share_no(kind, subject):
        return share_no, reverse("portal:order-earnings", args=[share_no])
    if kind.removeprefix(_REVERSAL) in SALE_KINDS:
        return subject, reverse("portal:plan-sale", args=[subject])
    return name_subject(subject), ""


def describe_legs(legs: Sequence[ShopLeg]) -> list[dict[str, object]]:
    """The entries of a transaction, the shop's own first: what went in and out where."""
    return [
        {
            "leg": leg,
            "own": is_own(leg),
            "account": name_account(leg.account.code),
            "change_minor": leg.amount_minor if leg.side is Side.CREDIT else -leg.amount_minor,
            "sentence": say_leg(leg),
        }
        for leg in sorted(legs, key=lambda leg: not is_own(leg))
    ]


def is_own(leg: ShopLeg) -> bool:
    """Whether it changes what the shop has. Where the provider keeps it only mirrors what it holds for the shop."""
    return leg.own and leg.account.code is not Code.CUSTODY_AT_PSP


def say_leg(leg: ShopLeg) -> str:
    """What an entry means, in words."""
    raised = leg.side is leg.normal
    if leg.own and leg.normal is Side.DEBIT and leg.account.code is Code.MERCHANT_RECEIVABLE:
        return gettext("You owe more by it.") if raised else gettext("You owe less by it.")
    if leg.own and leg.account.code is Code.CUSTODY_AT_PSP:
        return gettext("It came in at the provider.") if raised else gettext("It left the provider's custody.")
    if leg.own:
        return gettext("It came in.") if raised else gettext("It went out.")
    return gettext("On the platform's side.")


def sum_parts(earned: ShareEarnings, kept_minor: int = 0) -> dict[str, int]:
    """The columns of the table of orders, signed as the parts are. `kept_minor`: cash that the shop took itself."""
    return {
        "paid": earned.part(EarningPart.PAID) + kept_minor,
        "discounts": earned.part(EarningPart.COUPON) + earned.part(EarningPart.POINTS),
        "commission": earned.part(EarningPart.COMMISSION),
        "fees": earned.part(EarningPart.PROVIDER_FEE) + earned.part(EarningPart.CASH_FEE),
        "refund": earned.part(EarningPart.REFUND) + earned.part(EarningPart.OTHER),
    }


def name_place(place: MoneyPlace) -> str:
    """Where an order's money is, in a word or two."""
    return {
        MoneyPlace.NOWHERE: gettext("Nothing posted yet"),
        MoneyPlace.CUSTODY: gettext("Held by the payment provider"),
        MoneyPlace.ESCROW: gettext("Held by us for the order"),
        MoneyPlace.BALANCE: gettext("In your balance"),
        MoneyPlace.PROVIDER_WALLET: gettext("In your account at the provider"),
        MoneyPlace.GIVEN_BACK: gettext("Given back to the buyer"),
    }[place]


def tone_of_place(place: MoneyPlace) -> str:
    """The badge's tone; a word always stands in it."""
    return {
        MoneyPlace.CUSTODY: "warn",
        MoneyPlace.ESCROW: "warn",
        MoneyPlace.BALANCE: "good",
        MoneyPlace.PROVIDER_WALLET: "good",
    }.get(place, "")


def say_way_out(way_out: WayOut) -> str:
    """What took an order's money out of the balance."""
    if way_out.kind == "payout_asked":
        return gettext("Paid out with %(payout)s") % {"payout": way_out.subject}
    return gettext("Used up by: %(what)s") % {"what": name_kind(way_out.kind)}


def describe_postings(posted: Sequence[ShopTransaction]) -> list[dict[str, object]]:
    """The postings of an order, newest first, each with what it changed for the shop."""
    return [
        {
            "posting": one,
            "name": name_kind(one.kind),
            "change_minor": sum(
                leg.amount_minor if leg.side is Side.CREDIT else -leg.amount_minor for leg in one.legs if is_own(leg)
            ),
        }
        for one in reversed(posted)
    ]
