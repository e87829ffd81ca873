"""What one process holds in memory to serve: replaced or changed by its background thread, read by its pages."""

import os
import secrets
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import structlog

from search.auction.contracts import PaceState
from search.auction.versions import get_rules
from search.campaigns.contracts import Floors, Position
from search.listings.keeping import Memory
from search.serving.contracts import Goods, Product, QualityTable
from search.serving.rules.index import AdIndex
from search.serving.rules.scene import Budget
from search.serving.rules.scoring import Scores
from search.serving.services.answers import MOST_BYTES, Answer
from search.spending.contracts import LeaseView, StoredDecision

MOST_WAITING = 5_000
"""Decisions that wait for the database; the oldest are lost, and what they showed is free."""

NO_FLOORS = Floors({}, {})

WriteDecision = Callable[[], StoredDecision]
"""Writes a decision out. Its page does not wait for that: it is done by who stores it."""

log = structlog.get_logger(__name__)


def _name_worker() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class Reading:
    """How far the background thread has followed what it reads. None and zero: nothing was read yet.

    `changed_until`: campaigns that changed lately, and until when what was lent to them is looked at again.
    """

    position: Position | None = None
    change_no: int = 0
    shops_epoch: int = -1
    read_at: float = 0.0
    goods_at: float = 0.0
    tables_at: float = 0.0
    leases_at: float = 0.0
    paces_at: float = 0.0
    told_at: float = 0.0
    changed_until: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Money:
    """Leases of a business day by campaign, and campaigns that got none (until when they need not ask again)."""

    day: date | None = None
    leases: dict[int, LeaseView] = field(default_factory=dict)
    dry_until: dict[int, datetime] = field(default_factory=dict)
    paces: dict[int, PaceState] = field(default_factory=dict)
    kept: dict[int, PaceState] = field(default_factory=dict)
    asked: Counter[int] = field(default_factory=Counter)


class ServerState:
    """The memory of a process."""

    def __init__(self) -> None:
        self.worker = _name_worker()
        self.index = AdIndex()
        self.goods: dict[Product, Goods] = {}
        self.closed_shop_ids: frozenset[int] = frozenset()
        self.scores = Scores(QualityTable())
        self.reserves: Mapping[tuple[str, ...], int] = {}
        self.floors = NO_FLOORS
        self.budgets: Mapping[int, Budget] = {}
        self.answers: Memory[Answer] = Memory(MOST_BYTES, weigh=Answer.weigh)
        self.reading = Reading()
        self.money = Money()
        self.wanted: set[int] = set()
        self.asked: deque[tuple[int, ...]] = deque(maxlen=MOST_WAITING)
        self.shown: dict[int, datetime] = {}
        self.waiting: deque[WriteDecision] = deque()
        self.salts: Mapping[date, bytes] = {}
        self.lost = 0
        self.is_ready = False
        self.guard = threading.Lock()

    def list_made_by(self) -> tuple[object, ...]:
        """What questions are answered by at this moment, beside the index; each is replaced whole."""
        return self.budgets, self.floors, self.reserves, self.scores, get_rules()

    def forget_answers(self) -> None:
        """Remember no answer to any question."""
        self.answers.forget()
        self.index.forget_answers()

    def keep_decision(self, write: WriteDecision) -> None:
        """Keep a decision until it is written and stored; the oldest go when too many wait."""
        with self.guard:
            if len(self.waiting) >= MOST_WAITING:
                self.waiting.popleft()
                self.lost += 1
            self.waiting.append(write)

    def take_decisions(self, most: int, *, after_each: Callable[[], None] = lambda: None) -> list[StoredDecision]:
        """The oldest decisions, written out, to be stored."""
        with self.guard:
            taken = [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]
        decisions = []
        for write in taken:
            if decision := self._write(write):
                decisions.append(decision)
            after_each()
        return decisions

    def return_decisions(self, decisions: list[StoredDecision]) -> None:
        """Put decisions back that could not be stored, as far as there is room."""
        with self.guard:
            room = MOST_WAITING - len(self.waiting)
            kept = decisions[-room:] if room > 0 else []
            self.lost += len(decisions) - len(kept)
            self.waiting.extendleft(partial(_give_back, decision) for decision in reversed(kept))

    def _write(self, write: WriteDecision) -> StoredDecision | None:
        """None for one that cannot be written: what it showed is free, as that of any that is lost."""
        try:
            return write()
        except Exception:  # whatever is wrong with one, the others are stored
            log.exception("ads.decision_not_written")
            with self.guard:
                self.lost += 1
            return None


def _give_back(decision: StoredDecision) -> StoredDecision:
    return decision
