"""Celery: carries wake-ups to the workers. Rows carry the truth."""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import setup_logging
from django.utils import timezone
from django.utils.module_loading import import_string

from config.environment import load_local_environment

load_local_environment()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # a worker imports this module before Celery would do it; elsewhere it is done already

from config.subscriptions import SUBSCRIPTIONS, TIMERS  # noqa: E402
from market.outbox.relay import Relay  # noqa: E402

app = Celery("jishi")
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def _configure_logs(**_: Any) -> None:
    import_string("web.logs.configure_logs")()


def run_here(kind: str, name: str) -> None:
    """Do due work in this process: a consumer's deliveries, or a timer."""
    now = timezone.now()
    function = import_string(name)
    if kind == "timer":
        function(now)
        return
    deliver = import_string("market.outbox.services.deliver_due")
    while deliver(consumer=name, call=function, now=timezone.now()):
        pass


@app.task(name="jishi.wake")
def wake(kind: str, name: str) -> None:
    """A wake-up: look for work of this kind in the tables and do it."""
    run_here(kind, name)


def send_wake_up(kind: str, name: str) -> None:
    """Send a wake-up; raises when the broker cannot be reached."""
    wake.apply_async(args=(kind, name), expires=60, retry=False)


def build_relay() -> Relay:
    """The relay with this project's subscriptions and timers."""
    return Relay(
        subscriptions=SUBSCRIPTIONS,
        timers=TIMERS,
        wake=send_wake_up,
        run=run_here,
        clock=timezone.now,
    )
