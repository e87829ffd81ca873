"""What was spent on each day, as a line."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import pgettext

from console.advertising.amounts import print_micro
from market.money import MICRO_PER_MINOR, round_micro
from web.charts import Chart, draw_line
from web.figures import cut_price


def draw_spent(spent_micro: Mapping[date, int], *, since: date, days: int, finding: str) -> Chart:
    """`finding` is a sentence with %(total)s and %(days)s in it."""
    wanted = [since + timedelta(days=number) for number in range(days)]
    spent = [spent_micro.get(day, 0) for day in wanted]
    total = cut_price(round_micro(sum(spent))).whole
    return draw_line(
        finding=finding % {"total": total, "days": days},
        labels=[day.strftime("%m-%d") for day in wanted],
        values=[amount / MICRO_PER_MINOR / 100 for amount in spent],
        texts=[print_micro(amount) for amount in spent],
        names=(pgettext("ads revenue", "Spent"), ""),
    )
