"""`python -m onebox.wechatpay`: start the simulator."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from onebox.wechatpay import keys as key_files
from onebox.wechatpay.server import Server
from onebox.wechatpay.simulator import Pace, Simulator
from onebox.wechatpay.store import Store


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="onebox.wechatpay", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8020, help="0 takes a free one")
    parser.add_argument("--keys", type=Path, required=True, help="folder of keys, orders and wechatpay.env")
    parser.add_argument("--mode", choices=("public_key", "certificate"), default="public_key", help="for wechatpay.env")
    parser.add_argument("--notify-url", default="", help="written to wechatpay.env as WECHATPAY_NOTIFY_URL")
    parser.add_argument("--retry-scale", type=float, default=0.02, help="shortens the pauses of 15 s to 6 h")
    parser.add_argument("--refund-seconds", type=float, default=0.2)
    parser.add_argument("--split-after-seconds", type=float, default=0.0)
    parser.add_argument("--split-seconds", type=float, default=0.0)
    parser.add_argument("--withdrawal-seconds", type=float, default=2.0)
    parser.add_argument("--behind-seconds", type=float, default=0.0, help="its day is this far behind the real one")
    parser.add_argument("--only-keys", action="store_true", help="make keys and wechatpay.env, then end")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Make keys, take the port, serve until told to stop. Returns the exit code."""
    options = read_arguments(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    keys = key_files.load_or_make(options.keys)
    if options.port or options.only_keys:  # who finds the port answering finds the settings too
        _write_settings(keys, options, options.port)
    if options.only_keys:
        return 0
    try:
        server = Server((options.host, options.port))
    except OSError as error:
        print(f"The port {options.port} cannot be used ({error.strerror}). Name another with --port.", file=sys.stderr)
        return 1
    base_url = _write_settings(keys, options, server.port)
    pace = Pace(
        options.retry_scale,
        options.refund_seconds,
        options.split_after_seconds,
        options.split_seconds,
        options.withdrawal_seconds,
        options.behind_seconds,
    )
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: server.stop())
    print(f"WeChat Pay simulator: {base_url}, settings in {options.keys / 'wechatpay.env'}", flush=True)
    server.run(Simulator(Store(options.keys / "orders.sqlite3"), keys, base_url, pace))
    return 0


def _write_settings(keys: key_files.Keys, options: argparse.Namespace, port: int) -> str:
    base_url = f"http://{options.host}:{port}"
    key_files.write_settings(keys, base_url=base_url, mode=options.mode, notify_url=options.notify_url)
    return base_url


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
