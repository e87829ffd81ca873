"""What a buyer says at checkout, read out of the form."""

import secrets
from dataclasses import dataclass

from django.http import QueryDict

from billing.checkout.services.placing import MAX_NOTE
from tenants.orders.contracts import PaymentMethod

KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class CheckoutForm:
    """The fields of the checkout page; `key` makes pressing twice harmless."""

    key: str
    digest: str
    address_id: int
    method: PaymentMethod
    notes: dict[int, str]


def new_key() -> str:
    """A key for one checkout page."""
    return secrets.token_hex(KEY_LENGTH // 2)


def read_form(data: QueryDict) -> CheckoutForm:
    """Whatever was sent, made whole: unknown values fall back to what asks the buyer again."""
    key = data.get("key", "")
    address = data.get("address", "")
    method = data.get("method", "")
    return CheckoutForm(
        key=key if len(key) == KEY_LENGTH and key.isalnum() and key.isascii() else new_key(),
        digest=data.get("digest", "")[:64],
        address_id=int(address) if address.isdigit() and len(address) <= 18 else 0,
        method=PaymentMethod(method) if method in set(PaymentMethod) else PaymentMethod.WECHATPAY,
        notes={
            int(name.removeprefix("note-")): text[:MAX_NOTE]
            for name, text in ((name, str(text)) for name, text in data.items())
            if name.startswith("note-") and name[5:].isdigit() and len(name) < 24
        },
    )
