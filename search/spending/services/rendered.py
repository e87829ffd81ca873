"""Which ads were seen to be rendered, and when: in Valkey for as long as a click may come.

While Valkey is away nothing is known to be rendered, and clicks are free: the merchant's side of the doubt.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from search.auction.ad_tokens import LIFE_SECONDS, BadToken, TokenExpired, read_token
from search.auction.contracts import ShownAd, TokenKind
from search.spending.rules.days import to_us
from search.spending.services.keys import get_key_ring

MOST_TOKENS = 200
_WAIT_SECONDS = 0.25
_LIFE_SECONDS = LIFE_SECONDS[TokenKind.CLICK]

log = structlog.get_logger(__name__)


def note_rendered(*, tokens: Sequence[str], now: datetime) -> int:
    """Ads that a page has drawn, by a token of either kind; the first time counts. Returns how many are ours."""
    shown = [ad for token in tokens[:MOST_TOKENS] if (ad := _read(token, now)) is not None]
    if not shown:
        return 0
    try:
        pipe = _client().pipeline(transaction=False)
        for ad in shown:
            pipe.set(name_rendered(ad), to_us(now), nx=True, ex=_LIFE_SECONDS)
        pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("ads.valkey_unreachable", error=type(error).__name__)
        return 0
    return len(shown)


def find_rendered(shown: Iterable[ShownAd]) -> dict[str, int]:
    """When ads were rendered, in microseconds, by `name_rendered`; what was not, or is not known of, is left out."""
    names = sorted({name_rendered(ad) for ad in shown})
    if not names:
        return {}
    try:
        found: Any = _client().mget(names)  # Any: redis' types know no server's answer
    except (RedisError, OSError) as error:
        log.warning("ads.valkey_unreachable", error=type(error).__name__)
        return {}
    return {name: int(value) for name, value in zip(names, found, strict=True) if value is not None}


def name_rendered(shown: ShownAd) -> str:
    """What a shown ad's rendering is kept under: its view and its click token are of one ad."""
    return f"ads:rendered:{shown.decision.hex}:{shown.place}"


def _read(token: str, now: datetime) -> ShownAd | None:
    try:
        return read_token(token, get_key_ring(), now_second=int(now.timestamp()))
    except (BadToken, TokenExpired):
        return None


@lru_cache(maxsize=1)
def _client() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=_WAIT_SECONDS, socket_timeout=_WAIT_SECONDS)
