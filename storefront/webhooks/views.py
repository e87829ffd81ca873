"""Callbacks of payment providers. No session, no CSRF token: the signature is the proof."""

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.checkout.services import take_notification
from billing.payments.contracts import BadNotification
from billing.payments.rules import answer_webhook
from billing.payments.services import AmountMismatch

MAX_BODY = 64 * 1024

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def receive_wechatpay(request: HttpRequest) -> HttpResponse:
    """WeChat Pay's notifications: 204 when booked (also when booked before), FAIL with a reason when refused."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return _answer("too_large")
    try:
        take_notification(gateway="wechatpay", headers=dict(request.headers), body=request.body, now=timezone.now())
    except BadNotification as refusal:
        return _answer(refusal.reason)
    except ImproperlyConfigured:
        return _answer("not_configured")
    except AmountMismatch as error:
        log.warning("webhook.mismatch", error=str(error)[:200])
        return _answer("wrong_amount")
    return _answer("")


def _answer(refusal: str) -> HttpResponse:
    answer = answer_webhook(refusal)
    return HttpResponse(answer.body, status=answer.status, content_type="application/json")
