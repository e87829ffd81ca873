"""Ports: free ones are chosen and kept, a taken one is named."""

import socket
from collections.abc import Iterator

import pytest

from onebox.places import CannotContinue, Place
from onebox.ports import LOOPBACK, choose_web_port, find_port, is_free, keep_port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_is_kept_for_the_next_start(place: Place) -> None:
    first = keep_port(place, "postgres")
    assert keep_port(place, "postgres") == first == find_port(place, "postgres")
    assert keep_port(place, "valkey") != first


def test_an_inner_port_that_a_stranger_took_is_replaced(place: Place) -> None:
    first = keep_port(place, "postgres")
    with socket.create_server((LOOPBACK, first)):
        second = keep_port(place, "postgres")
    assert second != first
    assert find_port(place, "postgres") == second


def test_a_damaged_list_of_ports_is_made_anew(place: Place) -> None:
    (place.local / "ports.json").write_text('{"postgres": "no num')
    assert is_free(keep_port(place, "postgres"))


def test_a_taken_web_port_is_named_with_a_free_one_to_use_instead(taken_port: int) -> None:
    with pytest.raises(CannotContinue) as refused:
        choose_web_port({"JISHI_PORT": str(taken_port)})
    sentence = str(refused.value)
    assert f"Port {taken_port} is in use" in sentence
    proposed = int(sentence.partition("JISHI_PORT=")[2].split()[0])
    assert proposed != taken_port
    assert is_free(proposed)


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", "8000.0", "８０００"])
def test_a_web_port_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(CannotContinue, match="must be a number from 1 to 65535"):
        choose_web_port({"JISHI_PORT": text})
