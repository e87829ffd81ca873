"""What every part of the simulator is given: its store, its keys and how fast its time runs."""

import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from onebox.wechatpay.keys import Keys
from onebox.wechatpay.store import Store

BEIJING = timezone(timedelta(hours=8))
FEE_BPS = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """Waiting times in seconds; the real ones are minutes and hours."""

    retry_scale: float = 0.02
    refund_seconds: float = 0.2
    split_after_seconds: float = 0.0
    split_seconds: float = 0.0
    withdrawal_seconds: float = 0.2
    behind_seconds: float = 0.0
    """How far the provider's day is behind the real one. What is signed carries the real time all the same."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """One running provider."""

    store: Store
    keys: Keys
    base_url: str
    pace: Pace = field(default_factory=Pace)

    def now(self) -> float:
        """The time of its business, in seconds since 1970."""
        return time.time() - self.pace.behind_seconds

    @staticmethod
    def signed_at() -> int:
        """The time that goes under a signature and that one is checked by, in seconds since 1970."""
        return int(time.time())


def digest(body: object) -> str:
    """Tells whether a repeated request is the same request."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def stamp(at: float) -> str:
    """RFC 3339 in Beijing time, as the provider writes it."""
    return datetime.fromtimestamp(at, BEIJING).isoformat(timespec="seconds")


def number(prefix: str, at: float) -> str:
    """A number in the provider's style: a prefix, the day and random digits; 28 characters with a prefix of four."""
    day = datetime.fromtimestamp(at, BEIJING).strftime("%Y%m%d")
    return prefix + day + f"{secrets.randbelow(10**16):016d}"


def fee_of(amount: int) -> int:
    """The provider's fee of 0.6 %, half up."""
    return (amount * FEE_BPS + 5_000) // 10_000
