"""Structured logs of every process: one line of JSON each, or readable colours on a terminal.

Logs carry ids only: no names, addresses, numbers or amounts of persons.
"""

import logging
import os
import sys

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def configure_logs(level: str = "") -> None:
    """Set up structlog and the standard library's logging alike. Called once by config at the start of a process."""
    wanted = level or os.environ.get("JISHI_LOG_LEVEL", "INFO")
    plain = sys.stderr.isatty()
    renderer: Processor = structlog.dev.ConsoleRenderer() if plain else structlog.processors.JSONRenderer()
    shape: tuple[Processor, ...] = () if plain else (structlog.processors.format_exc_info,)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shape, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(wanted)
    for noisy in ("django.request", "django.server", "urllib3", "httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
