"""Which movements somebody asked for, read out of an address and written back into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, QueryDict
from django.utils.translation import gettext

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import EntryFilter
from billing.settlement.contracts import StatementView
from billing.settlement.selectors.statements import StatementNotFound, get_statement
from billing.settlement.words import list_kinds
from market.money import CURRENCIES, DEFAULT_CURRENCY


def _starting(*beginnings: str) -> tuple[str, ...]:
    return tuple(kind for kind in list_kinds() if kind.startswith(beginnings))


GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sales": ("payment_captured", "custody_share_paid", "custody_subsidised", "cod_delivered", "escrow_released"),
        "fees": (
            "custody_fee_taken",
            "custody_fee_returned",
            "custody_commission_split",
            "refund_custody_commission",
            "cod_remitted",
            "cod_kept_by_shop",
            "dispute_fee_passed_on",
        ),
        "refunds": (
            "refund_before_release",
            "refund_after_release",
            "refund_custody",
            "refund_custody_taken_back",
            "refund_advanced",
        ),
        "payouts": ("payout_asked", "payout_confirmed", "custody_released"),
        "ads": _starting("ad_", "slot_", "plan_", "points_"),
        "holds": ("dispute_opened", "dispute_taken", "dispute_lost", "dispute_won", *_starting("debt_")),
    }
)
FIRST_YEAR = 2000
MOST_NUMBER = 80


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """The filter as typed, and what is wrong with it: (link to the field, sentence)."""

    currency: str = DEFAULT_CURRENCY
    account: Code | None = None
    kind: str = ""
    number: str = ""
    from_day: date | None = None
    to_day: date | None = None
    statement: StatementView | None = None
    typed_from: str = ""
    typed_to: str = ""
    wrongs: tuple[tuple[str, str], ...] = ()

    @property
    def wanted(self) -> EntryFilter:
        """What the ledger is asked for."""
        return EntryFilter(
            codes=(self.account,) if self.account else (),
            kinds=list_group(self.kind),
            subject=self.number,
            since=_midnight(self.from_day) if self.from_day else self._period_bound(0),
            until=_midnight(self.to_day + timedelta(days=1)) if self.to_day else self._period_bound(1),
            versions=self._find_versions(),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.number or self.from_day or self.to_day or self.statement)

    @property
    def parts(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        parts = {
            "currency": "" if self.currency == DEFAULT_CURRENCY else self.currency,
            "account": self.account or "",
            "kind": self.kind,
            "number": self.number,
            "from": self.from_day.isoformat() if self.from_day else "",
            "to": self.to_day.isoformat() if self.to_day else "",
            "statement": self.statement.number if self.statement else "",
        }
        return {name: str(value) for name, value in parts.items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.parts)

    @property
    def scope(self) -> str:
        """What a cursor of this list is good for."""
        return self.address

    def _period_bound(self, which: int) -> datetime | None:
        """A whole statement is shown by its days; one account of it by the very versions it was made of."""
        if self.statement is None or self.account is not None:
            return None
        return (self.statement.period.starts_at, self.statement.period.ends_at)[which]

    def _find_versions(self) -> tuple[int, int] | None:
        if self.statement is None or self.account is None:
            return None
        found = next((one for one in self.statement.accounts if one.code is self.account), None)
        return (found.after_version, found.upto_version) if found else (0, 0)


def list_group(kind: str) -> tuple[str, ...]:
    """The kinds behind a word of the filter, with what takes them back; empty for no word."""
    if not kind:
        return ()
    kinds = GROUPS.get(kind)
    return (*kinds, *(f"reversal:{one}" for one in kinds)) if kinds else (kind,)


def name_groups() -> list[tuple[str, str]]:
    """What the filter offers."""
    return [
        ("sales", gettext("Sales of goods")),
        ("fees", gettext("Commission and fees")),
        ("refunds", gettext("Money given back")),
        ("payouts", gettext("Payouts and releases")),
        ("ads", gettext("Advertising and plans")),
        ("holds", gettext("Disputes and debts")),
    ]


def read_query(data: QueryDict, *, shop_id: int) -> EntryQuery:
    """The filter in an address. Raises `Http404` for an account, currency or statement that is not there."""
    currency = data.get("currency") or DEFAULT_CURRENCY
    if currency not in CURRENCIES:
        raise Http404
    wrongs: list[tuple[str, str]] = []
    from_day, to_day = (_read_day(data.get(name, ""), name, wrongs) for name in ("from", "to"))
    if from_day and to_day and from_day > to_day:
        wrongs.append(("#to", gettext("The last day lies before the first: swap them.")))
    return EntryQuery(
        currency=currency,
        account=_read_account(data.get("account", "")),
        kind=_read_kind(data.get("kind", "")),
        number="".join(sign for sign in data.get("number", "") if sign.isprintable()).strip()[:MOST_NUMBER],
        from_day=from_day,
        to_day=to_day,
        statement=_read_statement(data.get("statement", ""), shop_id),
        typed_from=data.get("from", "")[:10],
        typed_to=data.get("to", "")[:10],
        wrongs=tuple(wrongs),
    )


def _read_day(text: str, field: str, wrongs: list[tuple[str, str]]) -> date | None:
    if not text.strip():
        return None
    try:
        day = datetime.strptime(text.strip()[:10], "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year < 3 * FIRST_YEAR // 2:
        wrongs.append((f"#{field}", gettext("Enter a day such as 2026-11-22.")))
        return None
    return day


def _read_account(text: str) -> Code | None:
    if not text:
        return None
    try:
        return Code(text)
    except ValueError as error:
        raise Http404 from error


def _read_kind(text: str) -> str:
    if text and text not in GROUPS and text.removeprefix("reversal:") not in list_kinds():
        raise Http404
    return text


def _read_statement(number: str, shop_id: int) -> StatementView | None:
    if not number:
        return None
    try:
        return get_statement(shop_id=shop_id, number=number)
    except StatementNotFound as error:
        raise Http404 from error


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))
