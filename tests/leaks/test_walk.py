"""Nobody sees or changes what is another's: every address of every host, walked by everybody else."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import path
from django.views import View

from tests.leaks import canaries, traces
from tests.leaks.addresses import Address, MissingValue, fill, list_addresses
from tests.leaks.canaries import OF_BUYER, ORDERS, Canary, in_groups
from tests.leaks.stage import Stage
from tests.leaks.walk import (
    APPLICANT,
    BUYER,
    BUYER_TOKEN,
    ENTITLED,
    FULFILMENT,
    GOODS,
    OWNER,
    OWNER_TOKEN,
    SHOWN,
    STRANGERS,
    walk,
)


def test_every_address_has_values_for_its_parameters(stage: Stage) -> None:
    addresses = list_addresses()
    assert {address.kind for address in addresses} == set(settings.URLCONFS)
    assert len(addresses) > 150
    assert sum(address.is_api for address in addresses if address.kind == "portal") > 5
    for address in addresses:
        assert "%(" not in fill(address, stage.values)


def test_a_new_page_with_an_unknown_parameter_is_asked_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    import merchant_portal.urls as portal

    new = path("vouchers/<int:voucher_id>/", View.as_view(), name="voucher")
    monkeypatch.setattr(portal, "urlpatterns", [*portal.urlpatterns, new])
    monkeypatch.setattr("config.urls.portal.urlpatterns", [*portal.urlpatterns])
    with pytest.raises(MissingValue, match=r"voucher_id.*stage\.py"):
        for address in list_addresses():
            fill(address, stage.values)


def test_what_is_marked_can_be_seen_by_those_it_is_meant_for(stage: Stage) -> None:
    report = walk(stage, ENTITLED)
    assert not report.findings, report.tell()
    assert report.seen[OWNER.name] == SHOWN
    assert report.seen[APPLICANT.name] == APPLICANT.may_see
    assert report.seen[OWNER_TOKEN.name] >= {Canary.DRAFT, Canary.RECIPIENT, Canary.PHONE}
    assert report.seen[BUYER_TOKEN.name] >= {Canary.RECIPIENT, Canary.PHONE, Canary.STREET}
    assert report.seen[BUYER.name] >= OF_BUYER


@pytest.mark.timeout(600)
def test_nobody_else_sees_or_changes_anything(stage: Stage) -> None:
    with traces.reading_logs() as log:
        entitled = walk(stage, ENTITLED)
        report = walk(stage, STRANGERS)
    findings = [
        *entitled.findings,
        *report.findings,
        *log.find(stage.secrets),
        *traces.look_everywhere(stage.secrets),
    ]
    assert report.requests > 3_000
    assert report.seen[FULFILMENT.name] >= in_groups(ORDERS)
    assert report.seen[GOODS.name] >= in_groups(canaries.GOODS)
    assert len(log.lines) > report.requests / 2
    assert not findings, "\n".join(map(str, findings[:60]))


def test_an_address_is_read_with_its_prefix() -> None:
    shapes = {(address.kind, address.name): address for address in list_addresses()}
    order = shapes["portal", "portal:ship"]
    assert order == Address("portal", "portal:ship", "/orders/%(share_no)s/ship/", ("share_no",))
    assert shapes["market", "api:order"].shape == "/api/v1/orders/%(share_no)s"


def test_no_address_leads_to_a_private_file(stage: Stage) -> None:
    private = Path(settings.PRIVATE_ROOT)
    files = [path.relative_to(private.parent).as_posix() for path in private.rglob("*") if path.is_file()]
    assert files
    client = Client(headers={"host": settings.MARKET_HOST})
    for name in files:
        inner = name.partition("/")[2]
        for way in (inner, f"../{name}", f"..%2f{name}", f"%2e%2e/{name}", f"/{private.parent}/{name}", f"./../{name}"):
            for root in (settings.MEDIA_URL, settings.STATIC_URL):
                assert client.get(f"{root}{way}").status_code == 404, way
