"""Fetching yesterday's files from the providers, and trying again until they are there.

WeChat Pay makes a day's bills from nine o'clock of the next day on and asks to be asked from ten on
(doc/v3/merchant/4013071218). A day without a file is a day without movement, and is compared as such.
"""

from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from billing.payments.contracts import FetchedStatement, NoStatement, ProviderError, StatementNotReady
from billing.payments.services import fetch_statement
from billing.settlement.contracts.reconciling import STATEMENT_KINDS, BadStatement, StatementKind
from billing.settlement.models.reconciling import StatementFetch
from billing.settlement.rules.reconciling import UnknownStatement
from billing.settlement.selectors.reconciling_items import business_zone
from billing.settlement.services.reconciling_files import receive_empty_day, receive_statement
from market.audit.contracts import ActorKind
from market.audit.services import write_audit

log = structlog.get_logger(__name__)

FROM_HOUR = 10
NIGHTS = 3
"""Nights that are caught up with after we were away. Older files are fetched by hand, up to three months back."""
OLDEST = timedelta(days=90)
_LEASE = timedelta(minutes=10)
_NOT_READY = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(hours=6)


class DayOutOfReach(ValueError):
    """A day that is not over yet, or so long ago that the provider has no file of it any more."""


def plan_fetches(*, now: datetime) -> int:
    """From ten o'clock on, note yesterday's files as due, and those of nights we missed. Returns how many are new."""
    local = now.astimezone(business_zone())
    if local.hour < FROM_HOUR:
        return 0
    wanted = [
        StatementFetch(psp=psp, kind=kind.value, day=local.date() - timedelta(days=back), due_at=now)
        for psp in list_fetched_providers()
        for kind in STATEMENT_KINDS[psp]
        for back in range(1, NIGHTS + 1)
    ]
    known = set(
        StatementFetch.objects.filter(day__gte=local.date() - timedelta(days=NIGHTS)).values_list("psp", "kind", "day")
    )
    new = [row for row in wanted if (row.psp, row.kind, row.day) not in known]
    StatementFetch.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def fetch_due(*, now: datetime, limit: int = 4) -> int:
    """Fetch what is due. Calls providers, so never inside a transaction. Returns how many were tried."""
    due = StatementFetch.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("due_at", "pk")
    taken = [fetch_id for fetch_id in due.values_list("pk", flat=True)[:limit] if _claim(fetch_id, now)]
    for fetch_id in taken:
        _fetch(StatementFetch.objects.get(pk=fetch_id), now)
    return len(taken)


@transaction.atomic(durable=True)
def ask_for_fetch(*, psp: str, kind: StatementKind, day: date, actor_id: int, now: datetime) -> None:
    """Staff want a day's file now, or once more. Raises `UnknownStatement`, `DayOutOfReach`."""
    if psp not in list_fetched_providers() or kind not in STATEMENT_KINDS[psp]:
        raise UnknownStatement(f"{psp} {kind}")
    today = now.astimezone(business_zone()).date()
    if not today - OLDEST <= day < today:
        raise DayOutOfReach(str(day))
    StatementFetch.objects.update_or_create(
        psp=psp,
        kind=kind.value,
        day=day,
        defaults={"due_at": now, "done_at": None, "attempts": 0, "error": ""},
    )
    write_audit(
        action="statement.asked",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="statement",
        target_id=f"{psp}/{kind.value}/{day}",
        now=now,
    )


def fetch_now(*, psp: str, kind: StatementKind, day: date, now: datetime) -> int:
    """Fetch one file and compare it, at once: for the command line. Returns the file's id.

    Calls the provider. Raises what `billing.payments.services.fetch_statement` and `receive_statement` raise.
    """
    try:
        fetched = fetch_statement(gateway=psp, kind=kind.value, day=day)
    except NoStatement:
        return receive_empty_day(psp=psp, kind=kind, day=day, now=now)
    return _receive(psp, kind, day, fetched, now)


def list_fetched_providers() -> list[str]:
    """Providers that we are a merchant of and whose files can be fetched."""
    return ["wechatpay"] if settings.WECHATPAY.get("sp_mchid") else []


def _receive(psp: str, kind: StatementKind, day: date, fetched: FetchedStatement, now: datetime) -> int:
    return receive_statement(
        psp=psp,
        kind=kind,
        day=day,
        content=fetched.content,
        now=now,
        file_name=f"{psp}-{kind.value}-{day}.csv.gz",
        merchant=fetched.merchant,
        stated_sha1=fetched.sha1,
        keep_refused=True,
    )


def _fetch(fetch: StatementFetch, now: datetime) -> None:
    kind = StatementKind(fetch.kind)
    try:
        fetch_now(psp=fetch.psp, kind=kind, day=fetch.day, now=now)
    except StatementNotReady as error:
        _try_later(fetch, str(error), now + _NOT_READY)
    except (ProviderError, BadStatement) as error:
        log.warning("statement.failed", psp=fetch.psp, kind=fetch.kind, day=str(fetch.day), error=str(error)[:200])
        pause = min(timedelta(minutes=2 ** min(fetch.attempts, 10)), _LONGEST_PAUSE)
        _try_later(fetch, str(error), now + pause)
    else:
        StatementFetch.objects.filter(pk=fetch.pk).update(done_at=now, error="")


def _claim(fetch_id: int, now: datetime) -> bool:
    """Take one for some minutes, so that two workers do not fetch the same."""
    with transaction.atomic(durable=True):
        row = StatementFetch.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=fetch_id).first()
        if row is None or row.done_at is not None or row.due_at > now:
            return False
        row.attempts, row.due_at = row.attempts + 1, now + _LEASE
        row.save(update_fields=["attempts", "due_at"])
    return True


def _try_later(fetch: StatementFetch, error: str, due_at: datetime) -> None:
    StatementFetch.objects.filter(pk=fetch.pk).update(error=error[:300], due_at=due_at)
