"""API tokens: 256 random bits that only their holder knows; found by their hash, one statement."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from market.audit.services import write_audit
from market.shops.contracts import PERSON_SCOPES, SHOP_SCOPES, Scope, TokenView
from market.shops.models import ApiToken

PREFIX = "jishi_"
MAX_TOKENS = 20
USED_EVERY = timedelta(minutes=10)


class BadScopes(ValueError):
    """A token opens at least one thing, and only what its holder's kind may open."""


class TooManyTokens(ValueError):
    """A person or a shop holds so many living tokens and no more."""


class TokenNotFound(LookupError):
    """There is no such token among this holder's."""


@transaction.atomic(durable=True)
def make_token(
    *, user_id: int, shop_id: int | None, name: str, scopes: Collection[Scope], now: datetime, days: int | None = None
) -> tuple[str, TokenView]:
    """A new token of a person (`shop_id` None) or of a shop. The secret is told once, here.

    Raises `BadScopes`, `TooManyTokens`.
    """
    allowed = PERSON_SCOPES if shop_id is None else SHOP_SCOPES
    if not scopes or not set(scopes) <= allowed:
        raise BadScopes(sorted(set(scopes) - allowed))
    if _living(user_id, shop_id, now).count() >= MAX_TOKENS:
        raise TooManyTokens(MAX_TOKENS)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        digest=_digest(secret),
        hint=secret[:10],
        name=name.strip()[:60] or "API",
        user_id=user_id,
        shop_id=shop_id,
        scopes=sorted(scope.value for scope in scopes),
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    write_audit(
        action="token.made", actor_id=user_id, shop_id=shop_id, target_kind="token", target_id=str(row.pk), now=now
    )
    return secret, _view(row)


def find_token(secret: str, *, now: datetime) -> TokenView | None:
    """Whose token this is, or None when it is unknown, revoked or expired.

    One statement; seldom a second one to note its use.
    """
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    living = ApiToken.objects.filter(revoked_at__isnull=True).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    row = living.filter(digest=_digest(secret)).first()
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return _view(row)


def list_tokens(*, user_id: int, shop_id: int | None, now: datetime) -> list[TokenView]:
    """A shop's living tokens, or a person's own."""
    return [_view(row) for row in _living(user_id, shop_id, now).order_by("-id")]


@transaction.atomic(durable=True)
def revoke_token(*, token_id: int, user_id: int, shop_id: int | None, now: datetime) -> None:
    """End a token at once. Raises `TokenNotFound`."""
    if not _living(user_id, shop_id, now).filter(pk=token_id).update(revoked_at=now):
        raise TokenNotFound(token_id)
    write_audit(
        action="token.revoked", actor_id=user_id, shop_id=shop_id, target_kind="token", target_id=str(token_id), now=now
    )


def _living(user_id: int, shop_id: int | None, now: datetime) -> QuerySet[ApiToken]:
    holder = Q(shop_id__isnull=True, user_id=user_id) if shop_id is None else Q(shop_id=shop_id)
    return ApiToken.objects.filter(holder, revoked_at__isnull=True).filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _view(row: ApiToken) -> TokenView:
    return TokenView(
        token_id=row.pk,
        name=row.name,
        hint=row.hint,
        user_id=row.user_id,
        shop_id=row.shop_id,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
