"""How much one visitor may ask for: token buckets in Valkey. Without Valkey nobody is held up."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from web.errors import render_error
from web.valkey import breaker, client

log = structlog.get_logger(__name__)
_SAFE = ("GET", "HEAD", "OPTIONS")
_SUGGESTIONS = ("/search/suggest", "/api/v1/suggestions")
_SIGN_IN = (
    "/accounts/login",
    "/accounts/signup",
    "/accounts/password",
    "/accounts/phone",
    "/accounts/confirm-email",
    "/accounts/two-factor",
    "/enter",
)

# One atomic step: fill up for the time gone by, take one. Returns 0, or the seconds until there is one again.
# Lua prints 14 digits of a number, too few for a time with its fractions: hence the format, and 0.999 for one.
_TAKE = """
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local size, per_second, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens = tonumber(bucket[1]) or size
local at = tonumber(bucket[2]) or now
tokens = math.min(size, tokens + math.max(0, now - at) * per_second)
local wait = 0
if tokens >= 0.999 then tokens = math.max(0, tokens - 1) else wait = math.ceil((1 - tokens) / per_second) end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(size / per_second) + 1)
return wait
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket: `burst` at once, refilled by `per_minute`."""

    name: str
    burst: int
    per_minute: int


READS = Limit("read", burst=600, per_minute=1800)
SUGGESTIONS = Limit("suggest", burst=120, per_minute=600)
WRITES = Limit("write", burst=60, per_minute=120)
SIGN_INS = Limit("sign-in", burst=10, per_minute=10)


REPORTS = Limit("report", burst=120, per_minute=240)


def choose_limit(request: HttpRequest) -> Limit:
    """Reads are generous, what a box asks with every letter less so, writes are not, sign-in least of all; what pages
    tell by themselves takes from none."""
    if request.method in _SAFE:
        return SUGGESTIONS if request.path in _SUGGESTIONS else READS
    if request.path in ("/seen/", "/ad/seen/"):
        return REPORTS
    return SIGN_INS if request.path.startswith(_SIGN_IN) else WRITES


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:24]


def find_address(request: HttpRequest) -> str:
    """The visitor's address: the peer, or the one that the outermost proxy of ours (settings.PROXIES) has seen."""
    proxies: int = settings.PROXIES
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return forwarded[-proxies] if proxies and len(forwarded) >= proxies else peer


def list_keys(request: HttpRequest, limit: Limit) -> list[str]:
    """The buckets of a request: its address (hashed), and for writes the account, so that neither hides the other."""
    keys = [f"limit:{limit.name}:ip:{_digest(find_address(request))}"]
    if limit not in (READS, SUGGESTIONS) and settings.SESSION_COOKIE_NAME in request.COOKIES:
        user_id = request.session.get("_auth_user_id")
        if user_id:
            keys.append(f"limit:{limit.name}:user:{user_id}")
    return keys


def take_token(keys: list[str], limit: Limit, *, now: float) -> int:
    """Take one token of each bucket. 0, or the seconds to wait; 0 too while Valkey is away."""

    def ask() -> int:
        take = client().register_script(_TAKE)
        return max(int(take(keys=[key], args=[limit.burst, limit.per_minute / 60, now])) for key in keys)

    return breaker.ask(ask, 0)


class LimitsMiddleware:
    """429 with Retry-After for who asks too much; `request.deadline` (time.monotonic) for whoever can stop early."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.deadline = time.monotonic() + settings.REQUEST_SECONDS  # type: ignore[attr-defined]
        if settings.RATE_LIMITS_ON and not request.path.startswith("/webhooks/"):
            limit = choose_limit(request)
            wait = take_token(list_keys(request, limit), limit, now=time.time())
            if wait:
                log.info("rate_limited", limit=limit.name, wait_seconds=wait)
                return render_error(request, 429, headers={"Retry-After": str(wait)}, retry_after=wait)
        return self._get_response(request)
