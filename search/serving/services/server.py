"""One server of ads a process: its memory, and the thread that keeps it fresh.

The thread starts with the first page that asks, so that a worker that was forked has its own. Each round it stores
decisions, follows what changed, and looks after leases and paces. While the database is away pages are served from
memory, for at most half a minute: later than that nobody knows what is still paid for.
"""

import gc
import os
import threading
import time
from collections.abc import Mapping
from datetime import date, datetime
from multiprocessing.util import Finalize
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, connections
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone

from billing.settlement.services.days import business_date
from search.serving.contracts import ServingHealth
from search.serving.services.holding_out import note_exposures
from search.serving.services.lending import extend_shown, may_ask, read_held, start_day, take_wanted
from search.serving.services.pacing import move_paces, renew_budgets
from search.serving.services.refreshing import (
    ALL_GOODS_SECONDS,
    TABLES_SECONDS,
    follow_campaigns,
    follow_goods,
    load_all,
    read_tables,
)
from search.serving.services.state import ServerState
from search.serving.services.turnstile import Turnstile
from search.spending.contracts import StoredDecision
from search.spending.services import DECISIONS_AT_ONCE, get_salts, give_back_leases, store_decisions, tell_alive

log = structlog.get_logger(__name__)

ROUND_SECONDS = 0.5
REST_SECONDS = 0.003
WRITTEN_AT_ONCE, SHORT_REST_SECONDS = 5, 0.0002
FOLLOW_SECONDS = 1.5
LEASES_SECONDS = 1.0
TELL_SECONDS = 10.0
PACES_SECONDS = 2.0
STALE_SECONDS = 30.0
"""Without having read leases for so long, nothing is shown."""

MOST_BATCHES = 5
"""Of decisions that are stored in one round."""

END_SECONDS = 2.0
"""A process that ends stores decisions for no longer: it is killed after five seconds, and has leases to give back."""


class AdServer:
    """The memory of a process and the thread that keeps it."""

    def __init__(self) -> None:
        self.state = ServerState()
        self.turnstile = Turnstile()
        self.pid = os.getpid()
        self._starting = threading.Lock()
        self._refreshing = threading.Lock()
        self._woken = threading.Event()
        self._lent = threading.Event()
        self._waiting = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._written = 0

    @property
    def is_fresh(self) -> bool:
        """Whether what is in memory may be served by."""
        return self.state.is_ready and time.monotonic() - self.state.reading.leases_at < STALE_SECONDS

    def start(self) -> None:
        """Start the thread, once; nothing where processes are told to have none."""
        if self._thread is not None or not settings.ADS_BACKGROUND:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ads", daemon=True)
                self._thread.start()
                Finalize(None, self.stop, exitpriority=0)  # a forked process ends without atexit's

    def stop(self, *, wait_seconds: float = 2.0) -> None:
        """End the thread after its round, store what was decided on since, and give money back."""
        if self.pid != os.getpid() or self._thread is None or self._stopped.is_set():
            return
        self._stopped.set()
        self._woken.set()
        self._thread.join(wait_seconds)
        self._end()

    def want(self, campaign_ids: set[int], now: datetime, *, wait_seconds: float) -> bool:
        """Ask for leases. One page at a time waits a moment for them; says whether some came."""
        wanted = {pk for pk in campaign_ids if may_ask(self.state, pk, now)}
        if not wanted:
            return False
        self.state.wanted |= wanted
        self._lent.clear()
        self._woken.set()
        if self._thread is None or wait_seconds <= 0 or not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._lent.wait(wait_seconds)
        finally:
            self._waiting.release()

    def refresh(self, now: datetime, *, everything: bool = True) -> None:
        """One round. With `everything` whatever its time is, as tests and a first start want it."""
        with self._refreshing:
            self._refresh(now, everything)

    def get_health(self) -> ServingHealth:
        """For staff: what this process holds."""
        campaigns, ads, words = self.state.index.count()
        read_at = self.state.reading.leases_at
        return ServingHealth(
            campaigns=campaigns,
            ads=ads,
            words=words,
            leases=len(self.state.money.leases),
            decisions_waiting=len(self.state.waiting),
            decisions_lost=self.state.lost,
            refreshed_seconds_ago=time.monotonic() - read_at if read_at else None,
        )

    def _refresh(self, now: datetime, everything: bool) -> None:
        state, reading, moment = self.state, self.state.reading, time.monotonic()
        if state.is_ready and state.wanted and state.money.day == business_date(now):
            self._lend_wanted(now)  # before all else: a page may be waiting for it
        self._store()
        if reading.position is None:
            load_all(state)
            reading.read_at = reading.goods_at = reading.tables_at = moment
        elif everything or moment - reading.read_at >= FOLLOW_SECONDS:
            follow_campaigns(state)
            all_goods = everything or moment - reading.goods_at >= ALL_GOODS_SECONDS
            follow_goods(state, everything=all_goods)
            reading.read_at = moment
            reading.goods_at = moment if all_goods else reading.goods_at
        if everything or moment - reading.tables_at >= TABLES_SECONDS:
            read_tables(state)
            reading.tables_at = moment
        self._look_after_money(now, everything, moment)
        state.is_ready = True

    def _look_after_money(self, now: datetime, everything: bool, moment: float) -> None:
        state, reading = self.state, self.state.reading
        renewed = start_day(state, now)
        if everything or moment - reading.told_at >= TELL_SECONDS:
            tell_alive(worker=state.worker, now=now)
            reading.told_at = moment
        if state.wanted:
            renewed = take_wanted(state, now) > 0 or renewed
        if everything or moment - reading.leases_at >= LEASES_SECONDS:
            extend_shown(state, now)
            read_held(state)
            reading.leases_at, renewed = moment, True
        if everything or moment - reading.paces_at >= PACES_SECONDS:
            renewed = move_paces(state, now) > 0 or renewed
            reading.paces_at = moment
        if renewed:
            renew_budgets(state, now)
            self._lent.set()

    def _lend_wanted(self, now: datetime) -> None:
        if take_wanted(self.state, now):
            renew_budgets(self.state, now)
            self._lent.set()

    def _store(self) -> None:
        """Write the decisions that wait and store them, so many at a time as one statement takes."""
        stored: list[StoredDecision] = []
        try:
            for _ in range(MOST_BATCHES):
                if not self.state.waiting:
                    break
                decisions = self.state.take_decisions(DECISIONS_AT_ONCE, after_each=self._rest_between)
                stored += decisions
                salts = self._find_salts({one.day for one in decisions})
                store_decisions(decisions, salts=salts, after_each=self._rest_between)
            note_exposures(stored)
        except Exception:
            self.state.return_decisions(stored)
            raise

    def _rest_between(self) -> None:
        """After every few decisions, let the pages of this process have it for a moment: without that a page would wait
        for all that are stored in one statement."""
        self._written += 1
        if self._written % WRITTEN_AT_ONCE == 0 and self._may_rest:
            time.sleep(SHORT_REST_SECONDS)

    @property
    def _may_rest(self) -> bool:
        """Not while a page waits for a lease or for the first ads, nor when the process ends."""
        return self.state.is_ready and not self.state.wanted and not self._stopped.is_set()

    def _find_salts(self, days: set[date]) -> Mapping[date, bytes]:
        """Those of the days that decisions come of, kept until the next day begins."""
        salts = self.state.salts
        if not days <= salts.keys():
            salts = self.state.salts = get_salts(days)
        return salts

    def _run(self) -> None:
        while not self._stopped.is_set():
            was_ready = self.state.is_ready
            try:
                with connection.execute_wrapper(self._rest_after):
                    self.refresh(timezone.now(), everything=False)
                if self.state.is_ready and not was_ready:
                    gc.freeze()  # else each full collection goes through all campaigns, and pages wait for it
            except (DatabaseError, InterfaceError, OSError) as error:
                log.warning("ads.database_unreachable", error=type(error).__name__)
            except Exception:  # the edge of a thread: logged, and the next round is tried
                log.exception("ads.round_failed")
            finally:
                connections.close_all()
            self._woken.wait(ROUND_SECONDS)
            self._woken.clear()

    def _rest_after(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run a statement, then let the pages of this process have all of it for a moment: one that is drawn during a
        round would wait for this thread a little after each of its own statements. Not with locks in hand. (Any: as
        Django hands a statement on.)"""
        result = execute(sql, params, many, context)
        if self._may_rest and not context["connection"].in_atomic_block:
            time.sleep(REST_SECONDS)
        return result

    def _end(self) -> None:
        until = time.monotonic() + END_SECONDS
        try:
            while self.state.waiting and time.monotonic() < until:
                self._store()
            give_back_leases(worker=self.state.worker, now=timezone.now())
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("ads.database_unreachable", error=type(error).__name__)
        if self.state.waiting:
            log.error("ads.decisions_lost", number=len(self.state.waiting))


_making = threading.Lock()
_servers: dict[int, AdServer] = {}


def get_server() -> AdServer:
    """The server of this process: a fork has its own."""
    server = _servers.get(os.getpid())
    if server is None:
        with _making:
            server = _servers.setdefault(os.getpid(), AdServer())
    return server


def forget_server() -> None:
    """Begin anew, between tests: their databases repeat ids."""
    for server in _servers.values():
        server.stop()
    _servers.clear()
