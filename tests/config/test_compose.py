"""What an operator sets in docker/.env reaches the processes: nothing that is documented is dropped on the way."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker" / "compose.yml").read_text()


def test_the_example_names_all_that_the_compose_file_takes() -> None:
    example = (ROOT / "docker" / "env.example").read_text()
    assert set(re.findall(r"^([A-Z][A-Z0-9_]*)=", example, re.MULTILINE)) == set(
        re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE)
    )


def test_what_the_readme_tells_operators_to_set_is_passed_on() -> None:
    told = set(re.findall(r"JISHI_[A-Z0-9_]+", (ROOT / "README.md").read_text()))
    assert "JISHI_DATA_CENTRE_NETWORKS" in told
    assert [name for name in sorted(told) if f"  {name}: ${{{name}:" not in COMPOSE] == []
