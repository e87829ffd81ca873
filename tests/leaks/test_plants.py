"""Leaks that are planted on purpose are caught by the walk: it can fail."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.leaks import canaries, traces
from tests.leaks.canaries import Canary
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


@pytest.mark.parametrize("is_planted", [False, True])
def test_a_repeated_key_brings_nothing_of_another_shops_answer(
    is_planted: bool, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_planted:
        monkeypatch.setattr("web.api.once._scope", lambda request: "api:everybody")
    path, number = f"/api/v1/orders/{stage.values['share_no']}/parcels", f"SF-{is_planted}"

    def send(person: str) -> list[str]:
        headers = {"Authorization": f"Bearer {stage.tokens[person]}", "Idempotency-Key": f"same-{is_planted}"}
        client = Client(headers={"host": settings.PORTAL_HOST, **headers})
        body = {"carrier": "sf", "tracking_number": number, "contents": [{"line_id": 1, "quantity": 1}]}
        return [client.post(path, body, content_type="application/json").content.decode()]

    assert Canary.RECIPIENT in canaries.find(send("owner"))
    assert bool(canaries.find(send("stranger"))) == is_planted


def look(plant: Plant, stage: Stage) -> list[Finding]:
    """All that a walk of the relevant pages finds."""
    with traces.reading_logs() as log:
        report = walk(stage, plant.walkers, only=plant.goes_to, reads=not plant.writes)
    assert report.requests
    return [*report.findings, *log.find(stage.secrets), *traces.look_everywhere(stage.secrets)]
