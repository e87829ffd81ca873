"""What the tests of payments do again and again."""

import threading
from collections.abc import Callable

from django.db import connection, transaction

from billing.payments.contracts import RefundReport, RefundState
from billing.payments.selectors import get_refund
from billing.payments.services import (
    ask_refund,
    receive_notification,
    record_refund,
    record_report,
    send_refund,
    start_payment,
)
from tests.billing.payments.conftest import moment
from tests.fixtures.wechatpay import wait_for


def start(payment):
    start_payment(payment_no=payment.payment_no, now=moment())
    return payment.payment_no


def receive(message):
    return receive_notification(gateway="wechatpay", headers=message[0], body=message[1], now=moment())


def record(report):
    with transaction.atomic():
        return record_report(report=report, now=moment())


def in_threads(*works: Callable[[], object]) -> list[object]:
    """Run at the same time, each on a connection of its own; an exception is its result."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            barrier.wait(timeout=10)
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def ask(share_no: str, amount: int, key: str) -> str:
    with transaction.atomic():
        return ask_refund(share_no=share_no, amount_minor=amount, reason="七天无理由", key=key, now=moment())


def record_refunded(report: RefundReport):
    with transaction.atomic():
        return record_refund(report=report, now=moment())


def finish(refund_no: str) -> None:
    """Send, then ask until the provider is done."""

    def done() -> bool:
        record_refunded(send_refund(refund_no=refund_no, now=moment()))
        return get_refund(refund_no).state is RefundState.SUCCEEDED

    wait_for(done, seconds=10, what="the refund")
