"""The page on which tokens are made, listed and revoked; each face says whose and for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # Any: forms take what Django gives them

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.shops.contracts import Scope, TokenView
from market.shops.tokens import MAX_TOKENS, TooManyTokens, list_tokens, make_token

LIFETIMES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("0", _("Until it is revoked"))]


class TokenForm(forms.Form):
    """What a token is for."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("Which program uses it, so that you know what to revoke."),
        error_messages={"required": _("Enter which program uses it.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it opens"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=LIFETIMES, initial="90")

    def __init__(self, *args: Any, scopes: Mapping[Scope, str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope.value, words) for scope, words in scopes.items()]


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A living token in words."""

    token: TokenView
    opens: tuple[str, ...]


def list_rows(*, user_id: int, shop_id: int | None, scopes: Mapping[Scope, str], now: datetime) -> list[TokenRow]:
    """The living tokens, newest first: one statement."""
    found = list_tokens(user_id=user_id, shop_id=shop_id, now=now)
    return [
        TokenRow(token, tuple(words for scope, words in scopes.items() if scope in token.scopes)) for token in found
    ]


def make_from(form: TokenForm, *, user_id: int, shop_id: int | None, now: datetime) -> str:
    """The new token's secret, shown once. Empty, with a sentence in the form, when there are too many."""
    said = form.cleaned_data
    try:
        secret, _token = make_token(
            user_id=user_id,
            shop_id=shop_id,
            name=said["name"],
            scopes=[Scope(value) for value in said["scopes"]],
            now=now,
            days=int(said["days"]) or None,
        )
    except TooManyTokens:
        sentence = gettext("There are %(most)s tokens already. Revoke one that is not used any more.")
        form.add_error(None, sentence % {"most": MAX_TOKENS})
        return ""
    return secret
