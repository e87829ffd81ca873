"""How often somebody saw a campaign: counters in Valkey by window, and what was decided on in the last 30 seconds.

While Valkey is away nothing is known, and campaigns with frequency caps are not shown: a cap is a promise.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from search.auction.contracts import SeenCount, Window
from search.auction.contracts.units import SECOND_US
from search.auction.frequency import HOLD_US, LENGTH_US, number_window

WAIT_SECONDS = 0.01
"""A page asks for this within its own 30 ms."""

LIFE_SECONDS = 400 * 86_400
MOST_HELD = 20
_UNREACHABLE = (RedisError, OSError)

log = structlog.get_logger(__name__)


def name_viewer(*, person: str, network: str) -> str:
    """Whom caps are counted for: the member or guest, else the network. No address is kept, only its digest."""
    if person:
        return person
    key = settings.SECRET_KEY.encode()[:64]
    return f"n{blake2b(network.encode(), key=key, digest_size=12).hexdigest()}" if network else ""


def read_seen(*, viewer: str, campaign_ids: Collection[int], now: datetime) -> Mapping[int, SeenCount]:
    """What a viewer saw of these campaigns: one round trip. Campaigns are missing while Valkey is away."""
    if not viewer or not campaign_ids:
        return {}
    names = [(campaign, name) for campaign in campaign_ids for name in _list_names(viewer, campaign, now)]
    try:
        pipe = _client().pipeline(transaction=False)
        pipe.mget([name for _, name in names])
        for campaign in campaign_ids:
            pipe.lrange(_name_held(viewer, campaign), 0, MOST_HELD)
        counts, *held = pipe.execute()
    except _UNREACHABLE as error:
        log.warning("ads.valkey_unreachable", error=type(error).__name__)
        return {}
    numbers = iter([int(count or 0) for count in counts])
    return {
        campaign: SeenCount(next(numbers), next(numbers), next(numbers), tuple(int(at) for at in moments))
        for campaign, moments in zip(campaign_ids, held, strict=True)
    }


def hold_views(*, viewer: str, campaign_ids: Collection[int], now: datetime) -> None:
    """Note that ads of these campaigns were decided on: for 30 seconds they count as seen."""
    _run(viewer, campaign_ids, lambda pipe, campaign: _hold(pipe, _name_held(viewer, campaign), now))


def count_views(*, viewer: str, campaign_ids: Sequence[int], now: datetime) -> None:
    """Count viewable views; each takes one of the decisions that were held."""
    _run(viewer, campaign_ids, lambda pipe, campaign: _count(pipe, viewer, campaign, now))


# Any: a pipeline has no type that says what it was asked.
def _run(viewer: str, campaign_ids: Collection[int], add: Any) -> None:
    if not viewer or not campaign_ids:
        return
    try:
        pipe = _client().pipeline(transaction=False)
        for campaign in campaign_ids:
            add(pipe, campaign)
        pipe.execute()
    except _UNREACHABLE as error:
        log.warning("ads.valkey_unreachable", error=type(error).__name__)


def _hold(pipe: Any, name: str, now: datetime) -> None:
    pipe.rpush(name, _to_us(now))
    pipe.ltrim(name, -MOST_HELD, -1)
    pipe.expire(name, HOLD_US // SECOND_US)


def _count(pipe: Any, viewer: str, campaign: int, now: datetime) -> None:
    for window, name in zip(Window, _list_names(viewer, campaign, now), strict=True):
        pipe.incr(name)
        pipe.expire(name, LENGTH_US[window] // SECOND_US if window in LENGTH_US else LIFE_SECONDS)
    pipe.lpop(_name_held(viewer, campaign))


def _list_names(viewer: str, campaign: int, now: datetime) -> list[str]:
    ahead = now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).utcoffset()
    offset_us = int(ahead.total_seconds()) * SECOND_US if ahead else 0
    return [
        f"ads:seen:{viewer}:{campaign}:{window}:{number_window(window, _to_us(now), day_offset_us=offset_us)}"
        for window in Window
    ]


def _name_held(viewer: str, campaign: int) -> str:
    return f"ads:held:{viewer}:{campaign}"


def _to_us(moment: datetime) -> int:
    return int(moment.timestamp() * SECOND_US)


@lru_cache(maxsize=1)
def _client() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=WAIT_SECONDS, socket_timeout=WAIT_SECONDS)
