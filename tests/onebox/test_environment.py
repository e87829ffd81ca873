"""The environment file: secrets are made once, addresses are renewed, what the user set wins."""

import stat

import pytest

from onebox.environment import (
    SECRETS,
    choose_place_of_tests,
    environment_of_tests,
    full_environment,
    read_environment,
    update_environment,
    wants_postgres,
    wants_valkey,
)
from onebox.places import CannotContinue, Place


def test_secrets_are_made_once_and_differ(place: Place) -> None:
    update_environment(place, {"DATABASE_URL": "postgresql://a@b/c"})
    first = read_environment(place)
    update_environment(place, {"DATABASE_URL": "postgresql://a@b/d"})
    second = read_environment(place)
    assert len({first[name] for name in SECRETS}) == len(SECRETS)
    assert all(len(first[name]) >= 50 for name in SECRETS)
    assert [first[name] for name in SECRETS] == [second[name] for name in SECRETS]
    assert second["DATABASE_URL"] == "postgresql://a@b/d"


def test_only_its_owner_reads_the_file(place: Place) -> None:
    update_environment(place, {})
    assert stat.S_IMODE(place.environment_file.stat().st_mode) == 0o600


def test_values_that_somebody_added_are_kept(place: Place) -> None:
    place.environment_file.write_text("# mine\nJISHI_COMMISSION_BPS=700\n")
    update_environment(place, {"REDIS_URL": "redis://x"})
    assert read_environment(place)["JISHI_COMMISSION_BPS"] == "700"


def test_the_environment_of_the_caller_wins_over_the_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    update_environment(place, {"REDIS_URL": "redis://embedded"})
    monkeypatch.setenv("REDIS_URL", "redis://mine")
    assert full_environment(place)["REDIS_URL"] == "redis://mine"


def test_a_database_of_ones_own_needs_both_addresses(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wants_postgres(place)
    monkeypatch.setenv("DATABASE_URL", "postgresql://jishi_app@db/jishi")
    with pytest.raises(CannotContinue, match="DATABASE_OWNER_URL is not set"):
        wants_postgres(place)
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://jishi_owner@db/jishi")
    assert not wants_postgres(place)


def test_addresses_written_by_hand_are_servers_of_ones_own(place: Place) -> None:
    place.environment_file.write_text("DATABASE_URL=a\nDATABASE_OWNER_URL=b\nREDIS_URL=c\n")
    assert not wants_postgres(place)
    assert not wants_valkey(place)
    place.postgres.mkdir()  # now they are those of the embedded servers
    place.valkey.mkdir()
    assert wants_postgres(place)
    assert wants_valkey(place)


def test_tests_have_servers_of_their_own_unless_some_were_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_place_of_tests(place) == place.of_tests
    update_environment(place, {"ELASTICSEARCH_URL": "http://search:9200"})
    assert choose_place_of_tests(place) == place
    place.environment_file.unlink()
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")
    assert choose_place_of_tests(place) == place


def test_tests_see_the_servers_but_nothing_that_the_demo_wrote(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JISHI_DEMO", "WECHATPAY_SP_MCHID", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    update_environment(place, {"DATABASE_URL": "a", "JISHI_DEMO": "1", "JISHI_PORT": "8123", "WECHATPAY_SP_MCHID": "1"})
    environment = environment_of_tests(place)
    assert environment["DATABASE_URL"] == "a"
    assert environment["SECRET_KEY"] == read_environment(place)["SECRET_KEY"]
    assert not {"JISHI_DEMO", "JISHI_PORT", "WECHATPAY_SP_MCHID"} & set(environment)
    assert environment["JISHI_LOCAL"] == str(place.local / "test")
