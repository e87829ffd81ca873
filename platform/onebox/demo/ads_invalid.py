"""Clicks of the demo that the rules find invalid later: a network that clicks like a clock, and somebody who looks at
nothing. What is found of them stands on the staff's desk; one finding is given back, one refused, the rest wait.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.settlement.services.days import business_date
from onebox.demo.ads_visits import Visit
from search.signals.services import name_person
from search.spending.contracts import FindingFilter, FindingState
from search.spending.selectors import list_findings
from search.spending.services import approve_finding, find_late_invalid, post_credits, refuse_finding

CLOCK, BOUNCER = 900, 901
"""Numbers of their networks."""
CLOCK_QUERIES = ("马克杯", "茶", "台灯")
CLOCK_TIMES = 20
CLOCK_GAP = timedelta(minutes=13)
BOUNCER_QUERIES = (("台灯", 3), ("笔记本", 31), ("花瓶", 44), ("绿茶", 97), ("lamp", 140), ("茶", 188))
"""What is asked for, and how many minutes after the first."""
GLANCE_MS = 240


def list_frauds(now: datetime) -> Iterator[Visit]:
    """Yesterday: every 13 minutes somebody new out of one network, who clicks every ad; and one who leaves at once."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    morning = datetime.combine(business_date(now) - timedelta(days=1), time(10, 0), zone)
    for number in range(CLOCK_TIMES):
        person = name_person(guest_key=f"demo-clock-{number}")
        query = CLOCK_QUERIES[number % len(CLOCK_QUERIES)]
        yield Visit(morning + number * CLOCK_GAP, person, CLOCK, query, is_fraud=True)
    bouncer = name_person(guest_key="demo-bouncer")
    for query, minutes in BOUNCER_QUERIES:
        at = morning + timedelta(hours=1, minutes=minutes)
        yield Visit(at, bouncer, BOUNCER, query, is_fraud=True, dwell_ms=GLANCE_MS)


def judge_frauds(*, staff_id: int, now: datetime) -> int:
    """Let the rules find them, and staff decide on two of those that wait. Returns how many findings there are."""
    found = find_late_invalid(now)
    waiting = list_findings(FindingFilter(states=(FindingState.FOUND,)))
    if len(waiting) > 2:
        note = "同一网络每13分钟一次，不是买家。"
        approve_finding(finding_id=waiting[0].finding_id, note=note, actor_id=staff_id, now=now)
        reason = "展会现场的公用网络，已向商家核实。"
        refuse_finding(finding_id=waiting[1].finding_id, note=reason, actor_id=staff_id, now=now)
    post_credits(now)
    return found
