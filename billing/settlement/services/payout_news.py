"""Writes to those of a shop who may see its money: paid, failed, stopped, or paid elsewhere from now on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage

from billing.settlement.rules.payout_news import write_letter
from market.accounts.contracts import Language, PersonView
from market.accounts.selectors import list_people_by_ids
from market.money import format_minor
from market.outbox.contracts import EventEnvelope
from market.shops.contracts import ShopContext
from market.shops.rules import may
from market.shops.selectors import get_shop, list_team

PURPOSE_HEADERS = {"X-Jishi-Purpose": "payout"}


def write_to_shop(event: EventEnvelope) -> int:
    """One letter to everybody in the shop who may see money. At least once, as events are. Returns how many."""
    if event.shop_id is None:
        return 0
    shop = get_shop(event.shop_id)
    written = 0
    for person in _list_readers(shop.shop_id):
        english = person.language is Language.ENGLISH
        kind, facts = _read(event.kind, event.payload, shop, english=english)
        letter = write_letter(kind, facts, english=english)
        if letter is not None and person.email:
            EmailMessage(letter.subject, letter.body, to=[person.email], headers=PURPOSE_HEADERS).send()
            written += 1
    return written


def _list_readers(shop_id: int) -> Iterator[PersonView]:
    readers = [member.user_id for member in list_team(shop_id) if may(member.role, "money")]
    people = list_people_by_ids(readers)
    yield from (people[user_id] for user_id in readers if user_id in people)


def _read(kind: str, payload: Mapping[str, Any], shop: ShopContext, *, english: bool) -> tuple[str, dict[str, str]]:
    name = shop.name.best("en" if english else "zh-hans")
    if kind == "bank_account.set":
        usable_at = datetime.fromisoformat(payload["usable_at"]).astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
        facts = {"last_four": payload["last_four"], "usable_at": f"{usable_at:%Y-%m-%d %H:%M}"}
        return "bank_account", {"shop": name, **facts}
    amount = format_minor(payload["amount_minor"], payload["currency"])
    facts = {"number": payload["number"], "amount": amount, "reason": payload["reason"] or "–"}
    return payload["state"], {"shop": name, **facts}
