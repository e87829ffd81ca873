"""The network that ads know a visitor by: the address without its last part."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from storefront.ads.asking import name_network


def name(address: str) -> str:
    return name_network(RequestFactory().get("/", REMOTE_ADDR=address))


@given(st.ip_addresses())
def test_it_is_the_networks_own_name_and_has_the_address_in_it(address) -> None:
    network = ip_network(name(str(address)))
    assert network.prefixlen == {4: 24, 6: 48}[address.version]
    assert address in network


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "203.0.113.0/24"), ("2001:db8:7:ffff::1", "2001:db8:7::/48"), ("", ""), ("nonsense", "")],
)
def test_what_is_no_address_has_no_network(address: str, network: str) -> None:
    assert name(address) == network


def test_neighbours_share_it() -> None:
    assert name("2001:db8:7::1") == name("2001:db8:7:1::") != name("2001:db8:8::1")
