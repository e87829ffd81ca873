"""What a start refuses, with a sentence that says how to mend it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINT = "from config import settings; print(settings.DATA_CENTRE_NETWORKS)"


def start(networks: str) -> subprocess.CompletedProcess[str]:
    """Read the settings as a process does that has this list."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "JISHI_LOCAL_ONLY": "1"}
    environment["JISHI_DATA_CENTRE_NETWORKS"] = networks
    command = [sys.executable, "-c", PRINT]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_networks_of_data_centres_are_read_with_commas_between() -> None:
    assert start("198.51.100.0/24, 2001:db8::/32").stdout.strip() == "['198.51.100.0/24', '2001:db8::/32']"
    assert start("").stdout.strip() == "[]"


@pytest.mark.parametrize("wrong", ["198.51.100.7/24", "hosting", "198.51.100.0/24;203.0.113.0/24"])
def test_what_is_no_network_stops_the_start_before_a_click_fails_of_it(wrong: str) -> None:
    said = start(wrong).stderr
    assert "JISHI_DATA_CENTRE_NETWORKS" in said and "such as 198.51.100.0/24" in said
