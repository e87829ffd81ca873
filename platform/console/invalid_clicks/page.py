"""What the pages of findings show: rows, and the evidence of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, ngettext

from console.advertising.amounts import print_exact, print_micro
from console.invalid_clicks.words import GROUPS, STATES, TONES, join_reasons
from console.templatetags.console import lasting
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from search.auction.contracts import TokenKind
from search.campaigns.contracts import CampaignView
from search.campaigns.selectors import map_campaigns
from search.campaigns.words import name_page
from search.spending.contracts import AdEventView, FindingView
from search.spending.selectors import map_finding_campaigns
from web.charts import Chart, draw_bars

HOURS = 24
SHORT = 8
"""Of a hash, so many signs tell apart what stands on one page."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the names of what it is about. The amount is in yuan."""

    finding: FindingView
    reasons: str
    state: str
    tone: str
    group: str
    who: str
    amount: str
    shop: ShopContext | None
    campaigns: Sequence[CampaignView]


@dataclass(frozen=True, slots=True)
class Clue:
    """One number that the rules looked at, beside what is usual."""

    label: str
    figure: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """A view or click that is given back. `gap` is the time since the one before."""

    event: AdEventView
    campaign: str
    page: str
    gap: str
    price: str
    network: str
    person: str


def describe_findings(findings: Sequence[FindingView]) -> list[FindingRow]:
    """Rows of a list: three statements, however many rows."""
    shops = list_shops_by_ids({finding.shop_id for finding in findings})
    of_finding = map_finding_campaigns([finding.finding_id for finding in findings])
    campaigns = map_campaigns({pk for found in of_finding.values() for pk in found})
    return [
        FindingRow(
            finding=finding,
            reasons=join_reasons(finding),
            state=str(STATES[finding.state]),
            tone=TONES.get(finding.state, ""),
            group=str(GROUPS[finding.grouped_by]),
            who=finding.who.hex[:SHORT],
            amount=print_micro(finding.amount_micro),
            shop=shops.get(finding.shop_id),
            campaigns=[campaigns[pk] for pk in of_finding.get(finding.finding_id, ()) if pk in campaigns],
        )
        for finding in findings
    ]


def list_clues(finding: FindingView, events: Sequence[AdEventView]) -> list[Clue]:
    """What the rules looked at, over all shops, and how the paid clicks lie in time."""
    seen = finding.evidence
    clicks, views, usual_ppm = seen.get("clicks", 0), seen.get("views", 0), seen.get("usual_click_rate_ppm", 0)
    usual = gettext("usual on that day: %(rate)s") % {"rate": _print_rate(usual_ppm)}
    expected = gettext("%(number)s would be usual") % {"number": f"{views * usual_ppm / 1_000_000:.1f}"}
    clues = [
        Clue(gettext("Clicks in all shops"), str(clicks), expected if views else ""),
        Clue(gettext("Views in all shops"), str(views)),
        Clue(gettext("Clicks for each view"), _print_rate(clicks * 1_000_000 // views) if views else "–", usual),
    ]
    if seen.get("dwells"):
        note = gettext("of %(all)s that told how long they stayed") % {"all": seen["dwells"]}
        clues.append(Clue(gettext("Left within a second"), str(seen.get("short_dwells", 0)), note))
    clues.append(Clue(gettext("Devices"), str(seen.get("devices", 0))))
    if gaps := _measure_gaps([event.at for event in events if event.kind is TokenKind.CLICK]):
        clues.append(gaps)
    return clues


def describe_events(events: Sequence[AdEventView], campaigns: Mapping[int, CampaignView]) -> list[SeenEvent]:
    """Each view or click, with the time since the one before."""
    before: datetime | None = None
    rows = []
    for event in events:
        rows.append(
            SeenEvent(
                event=event,
                campaign=campaigns[event.campaign_id].name if event.campaign_id in campaigns else "",
                page=name_page(event.page),
                gap=_print_span((event.at - before).total_seconds()) if before else "",
                price=print_exact(event.billed_micro),
                network=event.network.hex[:SHORT] if event.network else "",
                person=event.person.hex[:SHORT] if event.person else "",
            )
        )
        before = event.at
    return rows


def draw_hours(events: Sequence[AdEventView]) -> Chart:
    """When they came, by the hour of the day they came on."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    counts = [0] * HOURS
    for event in events:
        counts[event.at.astimezone(zone).hour] += 1
    busiest = max(range(HOURS), key=counts.__getitem__)
    finding = ngettext(
        "%(count)s of them came between %(hour)s:00 and %(next)s:00, more than in any other hour.",
        "%(count)s of them came between %(hour)s:00 and %(next)s:00, more than in any other hour.",
        counts[busiest],
    ) % {"count": counts[busiest], "hour": f"{busiest:02}", "next": f"{busiest + 1:02}"}
    return draw_bars(
        finding=finding,
        labels=[f"{hour:02}" if hour % 6 == 0 else "" for hour in range(HOURS)],
        values=counts,
        texts=[str(count) for count in counts],
    )


def _measure_gaps(moments: Sequence[datetime]) -> Clue | None:
    """The gaps between clicks: their mean, and how far they lie from it (standard deviation over the mean)."""
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    if len(gaps) < 2 or not sum(gaps):
        return None
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5 / mean
    note = gettext("they differ by %(spread)s%% of it") % {"spread": f"{100 * spread:.0f}"}
    return Clue(gettext("Between two clicks, on average"), _print_span(mean), note)


def _print_rate(rate_ppm: int) -> str:
    return f"{rate_ppm / 10_000:.1f}%"


def _print_span(seconds: float) -> str:
    """In two units, as it is the last one that tells how regular gaps are."""
    if seconds < 60:
        return lasting(seconds)
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{gettext('%(count)s h') % {'count': hours}} {gettext('%(count)s min') % {'count': minutes}}"
    return f"{gettext('%(count)s min') % {'count': minutes}} {gettext('%(count)s s') % {'count': rest}}"
