"""Notifications to the merchant: encrypted, signed, repeated with growing pauses until answered with 200 or 204."""

import http.client
import json
import logging
import random
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from onebox.wechatpay import signing
from onebox.wechatpay.errors import bad_parameter
from onebox.wechatpay.simulator import Simulator, stamp
from onebox.wechatpay.store import Row, as_dicts

# The pauses that the provider names, in seconds; Pace.retry_scale shortens them.
PAUSES = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
_SUMMARIES = {"TRANSACTION.SUCCESS": "支付成功", "REFUND.SUCCESS": "退款成功"}
_ANSWER_SECONDS = 5
_SENDERS = 4

log = logging.getLogger("wechatpay.notifications")


@dataclass(frozen=True, slots=True)
class Notice:
    """How the merchant is told: after a delay, several times over, or with a forgery (see `forgeries`)."""

    delay_seconds: float = 0.0
    copies: int = 1
    forged: str = ""


def add(
    simulator: Simulator, *, subject: str, event_type: str, url: str, resource: object, mode: str, notice: Notice
) -> None:
    """Queue a notification; copies share one event id, as the provider's repeats do."""
    now = simulator.now()
    event_id = secrets.token_hex(16)
    for _ in range(notice.copies):
        simulator.store.insert(
            "notifications",
            event_id=event_id,
            subject=subject,
            event_type=event_type,
            url=url,
            resource=json.dumps(resource, ensure_ascii=False),
            mode=mode,
            forged=notice.forged,
            state="held" if simulator.store.switch("hold_notifications") else "due",
            next_at=now + notice.delay_seconds,
            created_at=now,
        )


def repeat(simulator: Simulator, subject: str) -> int:
    """Send what was sent about an order or a refund once more. Returns how many."""
    return simulator.store.run(
        "UPDATE notifications SET state = 'due', next_at = ? WHERE subject = ? AND forged = ''",
        simulator.now(),
        subject,
    )


def release(simulator: Simulator, *, order: str = "kept", copies: int = 1, seed: int | None = None) -> int:
    """Let the held notifications go: `kept`, `reversed` or `shuffled`, each `copies` times. Returns how many."""
    held = simulator.store.rows("SELECT * FROM notifications WHERE state = 'held' ORDER BY number")
    queue = [row for row in held for _ in range(copies)]
    if order == "reversed":
        queue.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(queue)
    elif order != "kept":
        raise bad_parameter("order 只能是 kept、reversed 或 shuffled")
    with simulator.store.transaction() as store:
        now = simulator.now()
        store.run("DELETE FROM notifications WHERE state = 'held'")
        for place, row in enumerate(queue):
            values = {**dict(row), "state": "due", "next_at": now + place * 0.01}
            del values["number"]
            store.insert("notifications", **values)
    return len(queue)


def list_all(simulator: Simulator, subject: str = "") -> list[dict[str, object]]:
    """The latest 200, newest first, without their contents."""
    rows = simulator.store.rows(
        "SELECT number, event_id, subject, event_type, forged, state, attempts, answer, created_at, next_at"
        " FROM notifications WHERE subject = ? OR ? = '' ORDER BY number DESC LIMIT 200",
        subject,
        subject,
    )
    return as_dicts(rows)


class Sender:
    """Sends what is due from a few threads of its own, so that a slow merchant delays nobody."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="notify")
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def send_due(self) -> None:
        """Hand every due notification to a thread."""
        for row in self._take_due():
            if not self._stopped.is_set():
                self._pool.submit(self._send, row)

    def _take_due(self) -> list[Row]:
        store = self._simulator.store
        due = store.rows(
            "SELECT * FROM notifications WHERE state = 'due' AND next_at <= ? ORDER BY next_at, number LIMIT 50",
            self._simulator.now(),
        )
        if due:
            with store.transaction():
                for row in due:
                    store.run("UPDATE notifications SET state = 'sending' WHERE number = ?", row["number"])
        return due

    def _send(self, row: Row) -> None:
        try:
            answer = _post(row["url"], *compose(self._simulator, row))
        except (OSError, http.client.HTTPException) as error:
            answer = f"{type(error).__name__}: {error}"
        except Exception:
            log.exception("notification %s could not be composed", row["number"])
            answer = "not composed"
        self._settle(row, answer)

    def _settle(self, row: Row, answer: str) -> None:
        attempts = row["attempts"] + 1
        delivered = answer.startswith(("200", "204"))
        over = row["forged"] or attempts > len(PAUSES)
        state = "delivered" if delivered else "given_up" if over else "due"
        pause = 0.0 if state != "due" else PAUSES[attempts - 1] * self._simulator.pace.retry_scale
        self._simulator.store.run(
            "UPDATE notifications SET state = ?, attempts = ?, answer = ?, next_at = ? WHERE number = ?",
            state,
            attempts,
            answer[:300],
            self._simulator.now() + pause,
            row["number"],
        )
        log.info(
            "%s %s%s: %s", row["event_type"], row["subject"], f" ({row['forged']})" * bool(row["forged"]), answer[:80]
        )


def compose(simulator: Simulator, row: Row) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one attempt. A forged one is broken exactly where its name says."""
    forged = row["forged"]
    apiv3_key = secrets.token_hex(16) if forged == "wrong_key" else simulator.keys.apiv3_key
    original = "refund" if row["event_type"].startswith("REFUND") else "transaction"
    resource = signing.encrypt_resource(apiv3_key, row["resource"], original) | {"original_type": original}
    message = {
        "id": row["event_id"],
        "create_time": stamp(row["created_at"]),
        "event_type": row["event_type"],
        "resource_type": "encrypt-resource",
        "summary": _SUMMARIES.get(row["event_type"], row["event_type"]),
        "resource": resource,
    }
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    serial, key = simulator.keys.signer(row["mode"])
    timestamp = str(simulator.signed_at() - (3600 if forged == "old_timestamp" else 0))
    nonce = secrets.token_hex(16)
    signature = signing.sign(_stranger() if forged == "wrong_signature" else key, timestamp, nonce, body)
    if forged == "changed_body":
        body = body.replace(message["create_time"], stamp(row["created_at"] + 1))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "WeChat Pay simulator",
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": signature,
        "Wechatpay-Signature-Type": signing.SCHEME,
        "Wechatpay-Timestamp": timestamp,
    }
    return body.encode(), headers


@cache
def _stranger() -> RSAPrivateKey:
    """A key that nobody was told of."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def _post(url: str, body: bytes, headers: dict[str, str]) -> str:
    """The answer as "status text". Names under .localhost are this machine, which Python's resolver does not know."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    target = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    connection = kind(target, parts.port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("POST", parts.path or "/", body, headers | {"Host": parts.netloc})
        response = connection.getresponse()
        return f"{response.status} {response.read(400).decode(errors='replace')}".strip()
    finally:
        connection.close()
