"""`./run demo` and `./run serve`: everything up, the addresses printed, everything down. Standard library only."""

import json
import os
from collections.abc import Mapping

from onebox.environment import full_environment, read_environment, read_pairs, update_environment
from onebox.forks import load
from onebox.places import Place, current_place
from onebox.ports import choose_web_port
from onebox.preparation import prepare_all
from onebox.programs import LOADER, SIMULATOR, list_programs, simulator_program
from onebox.progress import Bar
from onebox.servers import sole_use, start_servers
from onebox.supervisor import Supervisor


def serve_until_stopped(*, with_demo: bool) -> int:
    """Start what belongs together and keep it running until Ctrl-C, SIGTERM or `./run stop`."""
    place = current_place()
    with sole_use(place):
        port = _take_port(place)
        supervisor = Supervisor(place)
        supervisor.catch_signals()
        try:
            _start_everything(supervisor, port=port, with_demo=with_demo)
            print(describe_addresses(place, supervisor.environment), flush=True)
            supervisor.run()
        except KeyboardInterrupt:
            pass
        finally:
            print("\nStopping …", flush=True)
            supervisor.stop_all()
            print("Everything is stopped.", flush=True)
    return 0


def describe_addresses(place: Place, environment: Mapping[str, str]) -> str:
    """The addresses to open, and who can sign in (written by the demo's loader to `.local/sign-ins.json`)."""
    market = environment.get("JISHI_MARKET_HOST", "jishi.localhost")
    port = environment["JISHI_PORT"]
    lines = [
        "",
        f"  Marketplace  http://{market}:{port}/",
        f"  Merchants    http://portal.{market}:{port}/",
        f"  Staff        http://console.{market}:{port}/",
    ]
    path = place.local / "sign-ins.json"
    if environment.get("JISHI_DEMO") and path.is_file():
        lines.append("")
        rows = json.loads(path.read_text())
        width = max((len(row["who"]) for row in rows), default=0)
        lines += [f"  {row['who']:<{width}}  {row['sign_in']}  {row['password']}" for row in rows]
    lines += ["", f"  Logs are in {place.logs}. Ctrl-C or ./run stop ends it; the data are kept.", ""]
    return "\n".join(lines)


def _take_port(place: Place) -> int:
    """The port of the pages: from the environment, else the one of the last time, else the usual one."""
    known = read_environment(place).get("JISHI_PORT", "")
    return choose_web_port({"JISHI_PORT": os.environ.get("JISHI_PORT") or known})


def _start_everything(supervisor: Supervisor, *, port: int, with_demo: bool) -> None:
    place = supervisor.place
    os.environ["JISHI_PORT"] = str(port)
    with Bar("PostgreSQL and Valkey"):
        start_servers(supervisor)
    update_environment(place, {"JISHI_PORT": str(port), "JISHI_DEMO": "1" if with_demo else ""})
    supervisor.environment = full_environment(place)
    if with_demo:
        _start_simulator(supervisor)
    prepare_all(place, supervisor.environment, with_demo=with_demo)
    programs = list_programs(place, supervisor.environment)
    with Bar("Processes: " + ", ".join(program.name for program in programs)) as bar:
        os.environ.update(supervisor.environment)  # settings are read here, once
        load(LOADER)
        supervisor.start(programs, while_waiting=bar.tick)


def _start_simulator(supervisor: Supervisor) -> None:
    """The provider first: it makes the keys that the others need."""
    place = supervisor.place
    with Bar("Payment simulator") as bar:
        supervisor.start([simulator_program(place)], while_waiting=bar.tick)
    update_environment(place, read_pairs(place.local / SIMULATOR / "wechatpay.env"))
    supervisor.environment = full_environment(place)
