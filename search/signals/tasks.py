"""What signals do when something happened elsewhere, and on the clock."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from billing.checkout.selectors import get_shop_share
from billing.settlement.services.days import business_date
from market.outbox.contracts import EventEnvelope
from search.listings.services import reconcile_shops, set_lifts
from search.signals.contracts import EventKind, Report, Sighting
from search.signals.selectors import is_known, map_lifts
from search.signals.services import count_audiences as add_to_audiences
from search.signals.services import count_events, name_person, note_reconciling, purge_old, record_reports
from search.signals.services.buffering import drop_entries, list_waiting

log = structlog.get_logger(__name__)

ROUNDS = 20
LIKED_WINDOW = timedelta(days=30)
MOST_REPORTS = 1_000
_WAIT_SECONDS = 2.0


def take_in(now: datetime) -> int:
    """Write what pages told since the last time. Returns how many reports; 0 too while Valkey is away."""
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=_WAIT_SECONDS, socket_timeout=_WAIT_SECONDS)
    try:
        return _take_in(client, now)
    except (RedisError, OSError) as error:
        log.warning("signals.valkey_unreachable", error=type(error).__name__)
        return 0
    finally:
        client.close()


def count(now: datetime) -> int:
    """Add what is new in the log to the counts. Returns how many events."""
    total = 0
    for _ in range(ROUNDS):
        done = count_events()
        total += done
        if not done:
            break
    return total


def count_audiences(now: datetime) -> int:
    """Add what is new in the log to the sizes of audiences. Returns how many events."""
    total = 0
    for _ in range(ROUNDS):
        done = add_to_audiences()
        total += done
        if not done:
            break
    return total


def reconcile_listings(now: datetime) -> int:
    """Mend listings that no event reached, and note how that ended for staff. Returns how many were wrong."""
    began = time.monotonic()
    outcome = reconcile_shops(now=now)
    note_reconciling(outcome=outcome, seconds=time.monotonic() - began, now=now)
    return len(outcome.lost) + len(outcome.stale) + len(outcome.ghosts)


def weigh_offers(now: datetime) -> int:
    """Tell listings how much each offer was liked in thirty days. Returns how many stand differently."""
    today = business_date(now)
    return set_lifts(map_lifts(since=today - LIKED_WINDOW, until=today), now=now)


def purge(now: datetime) -> int:
    """Forget what is older than it may be. Returns how many rows went."""
    return purge_old(now=now)


def on_share_completed(events: Sequence[EventEnvelope]) -> None:
    """What is finally bought, of buyers who are counted: of others nothing is known, and nothing is begun with this.

    A sale that was cancelled or sent back is never completed, so nothing bought has to be taken back here.
    """
    told = [report for event in events if (report := _report_sale(event)) is not None]
    record_reports(reports=told, now=timezone.now())


def _take_in(client: Redis, now: datetime) -> int:
    total = 0
    for _ in range(ROUNDS):
        entries = list_waiting(client, limit=MOST_REPORTS)
        record_reports(reports=[report for _, report in entries if report is not None], now=now)
        drop_entries(client, [entry_id for entry_id, _ in entries])
        total += len(entries)
        if len(entries) < MOST_REPORTS:
            break
    return total


def _report_sale(event: EventEnvelope) -> Report | None:
    assert event.shop_id is not None
    share = get_shop_share(share_no=str(event.payload["share_no"]), shop_id=event.shop_id)
    person = name_person(user_id=share.buyer_id)
    if not is_known(person):
        return None
    listing_ids = dict.fromkeys(int(str(line["listing_id"])) for line in share.lines if line.get("listing_id"))
    sightings = tuple(Sighting(EventKind.BOUGHT, listing_id) for listing_id in listing_ids)
    return Report(token=f"bought:{share.share_no}", at=share.placed_at, person=person, sightings=sightings)
