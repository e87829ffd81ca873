"""One line of JSON per event, for our own loggers and for everybody else's."""

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from web.logs import configure_logs
configure_logs()
structlog.contextvars.bind_contextvars(request_id="abc")
structlog.get_logger("web.access").info("request", path="/x", ms=1.5)
logging.getLogger("celery").warning("lost %s", "broker")
logging.getLogger("django.request").info("not worth a line")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("x").exception("failed")
"""


def test_every_line_is_json_with_the_request_it_belongs_to() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["request", "lost broker", "failed"]
    assert {line["request_id"] for line in lines} == {"abc"}
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert lines[0]["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert done.stdout == ""
