"""Leaks that are planted on purpose are caught by the walk: it can fail."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.leaks import traces
from tests.leaks.plants import PLANTS, Plant
from tests.leaks.stage import Stage
from tests.leaks.walk import Finding, walk


@pytest.fixture(autouse=True)
def clean(stage: Stage) -> Iterator[None]:
    """Each plant finds the stage as it was set, and leaves nothing of its own."""
    traces.forget_memories()
    yield
    traces.forget_memories()
    cache.delete("leaks-team")
    stage.publish()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name.replace(" ", "-"))
def test_a_planted_leak_is_caught(plant: Plant, stage: Stage) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant.make(patch, stage)
        stage.publish()
        findings = look(plant, stage)
    assert any(plant.expects in finding.what for finding in findings), "\n".join(map(str, findings)) or "nothing"


def test_nothing_is_found_where_nothing_is_planted(stage: Stage) -> None:
    for plant in PLANTS[::4]:
        assert not look(plant, stage)


def look(plant: Plant, stage: Stage) -> list[Finding]:
    """All that a walk of the relevant pages finds."""
    with traces.reading_logs() as log:
        report = walk(stage, plant.walkers, only=plant.goes_to, reads=not plant.writes)
    assert report.requests
    return [*report.findings, *log.find(stage.secrets), *traces.look_everywhere(stage.secrets)]
