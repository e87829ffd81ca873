"""The advertising balance."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from billing.wallets.contracts import TopUpSource, TopUpState
from billing.wallets.services import LEAST_MINOR, MOST_MINOR
from web.api.fields import Choice, Flag, Minor, StrictSerializer
from web.api.pages import page_of

SOURCES = [source.value for source in TopUpSource]
STATES = [state.value for state in TopUpState]


class WalletBody(serializers.Serializer[Any]):
    """What there is. `held_minor` is put aside for today's ads and for bids; the rest is available.

    `free_cash_minor` is what of that is cash: bids for fixed places take nothing else.
    """

    cash_minor = serializers.IntegerField()
    bonus_minor = serializers.IntegerField()
    held_minor = serializers.IntegerField()
    available_minor = serializers.IntegerField()
    free_cash_minor = serializers.IntegerField()


class TopUpBody(serializers.Serializer[Any]):
    """A top-up. One by payment is paid at the cashier before `expires_at`; one from sales is paid at once."""

    number = serializers.CharField()
    source = serializers.ChoiceField(SOURCES)  # type: ignore[assignment]  # a declared field, taken out of the class
    state = serializers.ChoiceField(STATES)
    amount_minor = serializers.IntegerField()
    automatic = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)


class TopUpInput(StrictSerializer):
    """How much, and where from: a payment by WeChat Pay, or what the shop is owed."""

    amount_minor = Minor(min_value=LEAST_MINOR, max_value=MOST_MINOR)
    source = Choice(SOURCES)  # type: ignore[assignment]


class TopUpPayBody(serializers.Serializer[Any]):
    """Show `qr_content` as a QR code; it is scanned with WeChat."""

    qr_content = serializers.CharField()


class AutomaticBody(StrictSerializer):
    """Below `below_minor`, take `take_minor` from sales, at most `daily_minor` a business day."""

    is_on = Flag()
    below_minor = Minor(min_value=1, max_value=MOST_MINOR)
    take_minor = Minor(min_value=LEAST_MINOR, max_value=MOST_MINOR)
    daily_minor = Minor(min_value=LEAST_MINOR, max_value=MOST_MINOR)


class MovementBody(serializers.Serializer[Any]):
    """One entry on the balance: `account` is 2050 cash, 2051 bonus or 2070 paid for places and not yet delivered."""

    transaction_id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField(source="subject")
    account = serializers.CharField(source="account.code")
    change_minor = serializers.IntegerField()
    balance_after_minor = serializers.IntegerField()
    at = serializers.DateTimeField(source="created_at")


class InvoiceLineBody(serializers.Serializer[Any]):
    """What was charged of one kind, VAT inside; below zero what was given back."""

    kind = serializers.CharField()
    postings = serializers.IntegerField()
    amount_minor = serializers.IntegerField()
    vat_minor = serializers.IntegerField()


class InvoiceBody(serializers.Serializer[Any]):
    """The advertising of one month that is over, named by its first day. Bonus is a discount beside it."""

    number = serializers.CharField()
    month = serializers.DateField()
    issued_on = serializers.DateField()
    amount_minor = serializers.IntegerField()
    vat_minor = serializers.IntegerField()
    bonus_minor = serializers.IntegerField()
    lines = InvoiceLineBody(many=True)


class InvoicesBody(serializers.Serializer[Any]):
    """The last three years, the latest first."""

    items = InvoiceBody(many=True)


TopUpPageBody = page_of(TopUpBody, "TopUpPage")
MovementPageBody = page_of(MovementBody, "WalletMovementPage")
