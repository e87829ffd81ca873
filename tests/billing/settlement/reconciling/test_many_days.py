"""Seeded runs of several days with planted faults: each is reported once whatever the order of files, none invented."""

import os
import random
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from billing.settlement.contracts.reconciling import FindingKind, FindingState
from billing.settlement.selectors.reconciling import list_findings
from tests.billing.settlement.reconciling.bills import fundflow_bill, moved, paid, trade_bill
from tests.billing.settlement.reconciling.conftest import FLOW, TRADE, Day

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 11, 19)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]
SEEDS = range(int(os.environ.get("JISHI_RECONCILING_SEEDS", "6")))


def _moment(dice: random.Random, day: date) -> datetime:
    """A time of a day, every third one within minutes of its midnights."""
    start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if dice.random() < 0.34:
        edge = timedelta(seconds=dice.randrange(0, 1_200))
        return start + edge if dice.random() < 0.5 else start + timedelta(days=1) - timedelta(seconds=1) - edge
    return start + timedelta(seconds=dice.randrange(3_600, 82_800))


class Month:
    """What happened, what was posted of it, and what the files say, with faults."""

    def __init__(self, seed: int, day: Day) -> None:
        self.dice, self.day = random.Random(seed), day
        self.lines: dict[tuple[date, object], list[dict[str, str]]] = {(d, k): [] for d in DAYS for k in (TRADE, FLOW)}
        self.planted: Counter[tuple[str, str]] = Counter()
        for number in range(60):
            self._happen(number)

    def _happen(self, number: int) -> None:
        dice = self.dice
        on = dice.choice(DAYS[1:-1])
        at = _moment(dice, on)
        amount = dice.randrange(1_000, 90_000)
        booked = at + timedelta(seconds=dice.randrange(-60, 1_500))
        stamp = f"{at:%Y-%m-%d %H:%M:%S}"
        if dice.random() < 0.6:
            self.day.pay(f"P{number}", amount, amount * 6 // 1_000, shop_id=dice.choice((7, 8)), at=booked)
            line = paid(f"P{number}", amount, fee=amount * 6 // 1_000, at=stamp)
            self._write(self.lines[on, TRADE], line, f"P{number}", trade=True)
        else:
            self.day.split(f"P{number}", amount, shop_id=dice.choice((7, 8)), at=booked)
            self._write(
                self.lines[on, FLOW], moved(f"P{number}-split", amount, at=stamp), f"P{number}-split", trade=False
            )

    def _write(self, lines: list[dict[str, str]], line: dict[str, str], number: str, *, trade: bool) -> None:
        lines.append(line)
        if self.dice.random() > 0.25:
            return
        faults = [kind for kind in FindingKind if trade or kind is not FindingKind.CURRENCY]
        fault = self.dice.choice(faults)
        self.planted[fault.value, number if fault is not FindingKind.EXTRA else f"X{number}"] += 1
        if fault is FindingKind.MISSING:
            lines.pop()
        elif fault is FindingKind.DUPLICATE:
            lines.append(line)
        elif fault is FindingKind.CURRENCY:
            lines[-1] = {**line, "货币种类": "USD"}
        elif fault is FindingKind.EXTRA:
            name = "商户订单号" if trade else "业务凭证号"
            lines.append({**line, name: f"X{number}", "微信订单号" if trade else "资金流水单号": f"42X{number}"})
        else:
            column = "订单金额" if trade else "收支金额(元)"
            more = f"{int(line[column].replace('.', '')) + 500}"
            changed = f"{more[:-2]}.{more[-2:]}"
            lines[-1] = {**line, column: changed, **({"应结订单金额": changed} if trade else {})}

    def receive(self) -> None:
        """Every day's files, in any order, some of them twice."""
        files = list(self.lines.items())
        self.dice.shuffle(files)
        for (on, kind), lines in files + self.dice.sample(files, 3):
            content = trade_bill(lines) if kind is TRADE else fundflow_bill(lines)
            morning = datetime(on.year, on.month, on.day, 10, 30, tzinfo=SHANGHAI) + timedelta(days=1)
            self.day.receive(content, kind, day=on, now=morning)


@pytest.mark.parametrize("seed", SEEDS)
def test_days_with_planted_faults(day: Day, seed: int) -> None:
    month = Month(seed, day)
    month.receive()
    open_ones = list_findings(states=[FindingState.OPEN], limit=200)
    assert Counter((finding.kind.value, finding.number) for finding in open_ones) == month.planted
    assert all(finding.shop_id in (7, 8) for finding in open_ones if finding.kind is not FindingKind.EXTRA)
