"""What our processes do, once Django is loaded. The supervisor loads the product and forks them (`forks.py`)."""

import importlib
import logging

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from onebox.web_server import Serving, serve
from web.logs import configure_logs

CELERY = "config.celery"
WORKER = ("worker", "--pool=threads", "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")
ENTRIES = ("config.wsgi", "config.asgi", CELERY)


def load_product() -> None:
    """Import all that the processes have in common, connecting to nothing."""
    django.setup()
    for module in (*ENTRIES, *settings.URLCONFS.values()):
        importlib.import_module(module)
    connections.close_all()


def serve_pages(port: int, workers: int, threads: int) -> None:
    """Pages and the API; each worker's threads have a connection each."""
    _begin(connections_at_most=threads)
    serve(Serving(port=port, workers=workers, threads=threads))


def serve_streams(port: int) -> None:
    """WebSockets and streams."""
    _begin(connections_at_most=1)
    serve(Serving(port=port, streams=True))


def work(concurrency: int) -> None:
    """Celery: what wake-ups ask for."""
    _begin(connections_at_most=concurrency + 1)
    for chatty in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(logging.WARNING)  # two lines for each wake-up otherwise
    app = importlib.import_module(CELERY).app
    app.worker_main([*WORKER, f"--concurrency={concurrency}"])


def run_command(name: str, **options: object) -> None:
    """A management command that goes on until it is stopped."""
    _begin(connections_at_most=2)
    call_command(name, **options)


def _begin(*, connections_at_most: int) -> None:
    """Logs go to this process's own stream; the pool is made at the first query."""
    configure_logs()
    pool = connections.settings["default"]["OPTIONS"].get("pool")
    if pool:
        pool["max_size"] = connections_at_most
