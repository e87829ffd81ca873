"""What a web process of its own does: its first page asks for money, it serves on, and ends or is killed."""

import time
from dataclasses import replace
from functools import partial
from uuid import uuid4

from django.utils import timezone

from search.serving.services import get_server
from search.spending.contracts import StoredDecision

PATIENCE_SECONDS = 60


def serve(campaign_id: int, seconds: float = 0) -> str:
    """Hold a lease, and go on for so long. The name of the worker."""
    server, until = get_server(), time.monotonic() + PATIENCE_SECONDS
    server.start()
    while not server.state.money.leases and time.monotonic() < until:
        server.want({campaign_id}, timezone.now(), wait_seconds=1.0)
    time.sleep(seconds)
    return server.state.worker


def decide(decision: StoredDecision, many: int) -> None:
    """End with so many decisions that nobody has stored yet."""
    server = get_server()
    server.start()
    for _ in range(many):
        server.state.keep_decision(partial(replace, decision, decision_id=uuid4()))
