"""Invalid clicks found later: every hour the days of the last 72 hours are looked at by network and by person.

A finding is what one shop paid for the clicks of one group. Small ones are approved at once, the others by staff.
Clicks on ads that are paid per sale are a finding of their own, which staff decide: they cost nothing, but what they
brought may.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction

from billing.settlement.services.days import business_date
from market.money import MICRO_PER_MINOR
from search.auction.contracts import InvalidRules, TokenKind
from search.auction.late_clicks import FINAL_AFTER_US, INVALID_RULES
from search.spending.contracts import FindingState, GroupedBy
from search.spending.models import Credit, Finding
from search.spending.rules.grouping import Group, Suspicion, find_usual_rate, suspect

FINAL_AFTER = timedelta(microseconds=FINAL_AFTER_US)
RULES_VERSION = max(INVALID_RULES)

_TOTALS = (
    "SELECT count(*) FILTER (WHERE kind <> 'view'), count(*) FILTER (WHERE kind = 'view')"
    " FROM spending_adevent WHERE day = %s AND reason = ''"
)
# A device is a rival's when it signs in for a shop that bid in the same auction. JSON of records has no spaces.
_GROUPS = {
    grouped_by: (
        f"SELECT e.{grouped_by.value}, array_agg(e.at) FILTER (WHERE e.kind <> 'view'),"  # noqa: S608 - our own names
        " count(*) FILTER (WHERE e.kind = 'view'),"
        " COALESCE(array_agg(e.dwell_ms) FILTER (WHERE e.kind <> 'view' AND e.dwell_ms IS NOT NULL), '{}'),"
        " count(DISTINCT e.person), count(DISTINCT e.person) FILTER (WHERE EXISTS (SELECT 1 FROM spending_decision AS d"
        " WHERE d.day = e.day AND d.decision_id = e.decision_id AND e.works_for_shop_id IS NOT NULL"
        " AND d.auction LIKE '%%\"merchant\":' || e.works_for_shop_id || ',%%'))"
        f" FROM spending_adevent AS e WHERE e.day = %s AND e.reason = '' AND e.{grouped_by.value} IS NOT NULL"
        f" GROUP BY e.{grouped_by.value}"
        " HAVING count(*) FILTER (WHERE e.kind <> 'view') >= %s OR count(*) FILTER (WHERE e.kind = 'view') > %s"
    )
    for grouped_by in GroupedBy
}
_EVENTS = {
    grouped_by: (
        "SELECT e.shop_id, e.token, e.kind, e.billed_micro FROM spending_adevent AS e"  # noqa: S608 - our own names
        f" WHERE e.day = %s AND e.{grouped_by.value} = %s AND e.reason = '' AND (e.billed_micro > 0 OR e.kind = 'sale')"
        " AND NOT e.freed AND e.at > %s AND (e.kind <> 'view' OR %s)"
        " AND NOT EXISTS (SELECT 1 FROM spending_credit AS c WHERE c.day = e.day AND c.token = e.token)"
    )
    for grouped_by in GroupedBy
}

log = structlog.get_logger(__name__)


def find_late_invalid(now: datetime) -> int:
    """Look at the clicks that are not final yet. Returns how many findings are new."""
    rules = INVALID_RULES[RULES_VERSION]
    today = business_date(now)
    days = [today - timedelta(days=number) for number in range(FINAL_AFTER.days + 1)]
    return sum(_look_at(day, grouped_by, rules, now) for day in reversed(days) for grouped_by in GroupedBy)


def _look_at(day: date, grouped_by: GroupedBy, rules: InvalidRules, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [day])
        clicks, views = cursor.fetchone()
    usual = find_usual_rate(clicks=clicks, views=views)
    found = 0
    for group in list(_read_groups(day, grouped_by, rules)):
        suspicion = suspect(group, usual_click_rate_ppm=usual, rules=rules)
        if suspicion is not None:
            found += _note(day, grouped_by, group, suspicion, now)
    return found


def _read_groups(day: date, grouped_by: GroupedBy, rules: InvalidRules) -> Iterator[Group]:
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS[grouped_by], [day, min(rules.fewest_clicks, rules.rival_clicks), rules.most_views_a_day])
        for who, clicked_at, views, dwells, devices, rivals in cursor.fetchall():
            yield Group(
                who=who,
                clicked_at=clicked_at or (),
                views=views,
                dwells_ms=dwells,
                devices=devices,
                rival_devices=rivals,
            )


@transaction.atomic(durable=True)
def _note(day: date, grouped_by: GroupedBy, group: Group, suspicion: Suspicion, now: datetime) -> int:
    """A finding for each shop that paid for the group and was not given it back yet, and one for each whose ads that
    are paid per sale it clicked. One looker at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ads late clicks'))")
        cursor.execute(_EVENTS[grouped_by], [day, group.who, now - FINAL_AFTER, suspicion.with_views])
        events = cursor.fetchall()
    by_shop = defaultdict(list)
    for shop_id, token, kind, billed_micro in events:
        credit = Credit(day=day, token=token, kind=TokenKind(kind).value, amount_micro=billed_micro)
        by_shop[(shop_id, kind == TokenKind.SALE.value)].append(credit)
    for (shop_id, is_sale), mine in sorted(by_shop.items()):
        amount_micro = sum(credit.amount_micro for credit in mine)
        is_small = not is_sale and amount_micro <= settings.ADVERTISING_AUTO_CREDIT_MINOR * MICRO_PER_MINOR
        finding = Finding.objects.create(
            shop_id=shop_id,
            day=day,
            grouped_by=grouped_by.value,
            who=group.who,
            reasons=[reason.value for reason in suspicion.reasons],
            rules_version=RULES_VERSION,
            evidence=dict(suspicion.evidence),
            events=len(mine),
            amount_micro=amount_micro,
            state=(FindingState.APPROVED if is_small else FindingState.FOUND).value,
            found_at=now,
            decided_at=now if is_small else None,
        )
        for credit in mine:
            credit.finding = finding
        Credit.objects.bulk_create(mine)
        log.info("ads.late_invalid", shop_id=shop_id, finding_id=finding.pk, reasons=finding.reasons)
    return len(by_shop)
