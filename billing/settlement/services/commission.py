"""Writes of commission rules. Every change is a version of its own; what was sold before keeps the one it names."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction

from billing.settlement.contracts.commission import CommissionRuleView, RuleDraft
from billing.settlement.models.commission import CommissionRule, CommissionTerms
from billing.settlement.selectors.commission import to_rule
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.money import CURRENCIES, MAX_AMOUNT_MINOR, WHOLE_BPS
from market.shops.selectors import list_shops_by_ids
from market.taxonomy.selectors import get_tree

MOST_RULES = 200
"""All of them are read at every sale."""

_LOCK = 7_320_210  # any number that no other advisory lock of the project uses


class RuleProblem(StrEnum):
    """What is wrong with a draft."""

    RATE = "rate"
    VAT = "vat"
    FLOOR = "floor"
    CAP = "cap"
    CATEGORY = "category"
    SHOP = "shop"
    CURRENCY = "currency"


class BadRule(ValueError):
    """A draft that cannot be a rule; `problem` says which part."""

    def __init__(self, problem: RuleProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class RuleNotFound(LookupError):
    """There is no such rule."""


class RuleChanged(RuntimeError):
    """Somebody else changed the rule meanwhile."""


class TooManyRules(RuntimeError):
    """There are as many rules as may be."""


@transaction.atomic(durable=True)
def add_rule(*, draft: RuleDraft, actor_id: int, now: datetime) -> CommissionRuleView:
    """A new rule after all others. Raises `BadRule`, `TooManyRules`."""
    _lock_list()
    _check(draft)
    last = CommissionRule.objects.order_by("-position").first()
    if CommissionRule.objects.count() >= MOST_RULES:
        raise TooManyRules(MOST_RULES)
    rule = CommissionRule.objects.create(position=last.position + 1 if last else 1)
    view = _write_terms(rule, draft, actor_id, now)
    _audit("commission.added", rule, actor_id, now, _facts(draft))
    return view


@transaction.atomic(durable=True)
def change_rule(*, rule_id: int, version: int, draft: RuleDraft, actor_id: int, now: datetime) -> CommissionRuleView:
    """The rule's next version. `version` is the one that was looked at; the same terms again change nothing.

    Raises `RuleNotFound`, `RuleChanged`, `BadRule`.
    """
    _lock_list()
    rule = _get(rule_id)
    terms = CommissionTerms.objects.get(rule=rule, version=rule.version)
    before = to_rule(rule, terms)
    if _to_draft(before) == draft:
        return before
    if rule.version != version:
        raise RuleChanged(rule_id)
    _check(draft, known_path=before.category_path)
    rule.version += 1
    rule.save(update_fields=["version"])
    view = _write_terms(rule, draft, actor_id, now)
    _audit("commission.changed", rule, actor_id, now, {"before": version, "after": rule.version, **_facts(draft)})
    return view


@transaction.atomic(durable=True)
def restore_rule(*, rule_id: int, version: int, actor_id: int, now: datetime) -> CommissionRuleView:
    """An earlier version's terms as the newest version: how a change is taken back. Raises `RuleNotFound`."""
    _lock_list()
    rule = _get(rule_id)
    earlier = CommissionTerms.objects.filter(rule=rule, version=version).first()
    if earlier is None:
        raise RuleNotFound(rule_id)
    draft = _to_draft(to_rule(rule, earlier))
    current = CommissionTerms.objects.get(rule=rule, version=rule.version)
    if _to_draft(to_rule(rule, current)) == draft:
        return to_rule(rule, current)
    rule.version += 1
    rule.save(update_fields=["version"])
    view = _write_terms(rule, draft, actor_id, now)
    _audit("commission.changed", rule, actor_id, now, {"before": rule.version - 1, "after": rule.version})
    return view


@transaction.atomic(durable=True)
def move_rule(*, rule_id: int, up: bool, actor_id: int, now: datetime) -> bool:
    """Change places with the rule before or after. False when it is the first or last. Raises `RuleNotFound`."""
    _lock_list()
    rule = _get(rule_id)
    if up:
        other = CommissionRule.objects.filter(position__lt=rule.position).order_by("-position").first()
    else:
        other = CommissionRule.objects.filter(position__gt=rule.position).order_by("position").first()
    if other is None:
        return False
    rule.position, other.position = other.position, rule.position
    CommissionRule.objects.bulk_update([rule, other], ["position"])
    _audit("commission.moved", rule, actor_id, now, {"before": other.position, "after": rule.position})
    return True


@transaction.atomic(durable=True)
def switch_rule(*, rule_id: int, active: bool, actor_id: int, now: datetime) -> CommissionRuleView:
    """Switch a rule off, or on again at its place; a repeat changes nothing. Raises `RuleNotFound`."""
    _lock_list()
    rule = _get(rule_id)
    if rule.active != active:
        rule.active = active
        rule.save(update_fields=["active"])
        _audit("commission.switched_on" if active else "commission.switched_off", rule, actor_id, now, {})
    return to_rule(rule, CommissionTerms.objects.get(rule=rule, version=rule.version))


def _lock_list() -> None:
    """One at a time: places depend on each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _get(rule_id: int) -> CommissionRule:
    rule = CommissionRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise RuleNotFound(rule_id)
    return rule


def _check(draft: RuleDraft, *, known_path: str = "") -> None:
    """`known_path` may be a category that is hidden by now: a rule about it can still be changed."""
    if not 0 <= draft.rate_bps <= WHOLE_BPS:
        raise BadRule(RuleProblem.RATE)
    if not 0 <= draft.vat_bps <= WHOLE_BPS:
        raise BadRule(RuleProblem.VAT)
    if not 0 <= draft.floor_minor <= MAX_AMOUNT_MINOR:
        raise BadRule(RuleProblem.FLOOR)
    if draft.cap_minor is not None and not draft.floor_minor <= draft.cap_minor <= MAX_AMOUNT_MINOR:
        raise BadRule(RuleProblem.CAP)
    if draft.currency not in CURRENCIES:
        raise BadRule(RuleProblem.CURRENCY)
    paths = {node.path for node in get_tree().nodes.values()} | {"", known_path}
    if draft.category_path not in paths:
        raise BadRule(RuleProblem.CATEGORY)
    if draft.shop_id is not None and not list_shops_by_ids([draft.shop_id]):
        raise BadRule(RuleProblem.SHOP)


def _write_terms(rule: CommissionRule, draft: RuleDraft, actor_id: int, now: datetime) -> CommissionRuleView:
    terms = CommissionTerms.objects.create(
        rule=rule, version=rule.version, made_by=actor_id, made_at=now, **asdict(draft)
    )
    return to_rule(rule, terms)


def _to_draft(view: CommissionRuleView) -> RuleDraft:
    return RuleDraft(
        rate_bps=view.rate_bps,
        vat_bps=view.vat_bps,
        category_path=view.category_path,
        shop_id=view.shop_id,
        floor_minor=view.floor_minor,
        cap_minor=view.cap_minor,
        currency=view.currency,
        note=view.note,
    )


def _facts(draft: RuleDraft) -> dict[str, object]:
    return {
        "category": draft.category_path,
        "rate_bps": draft.rate_bps,
        "floor_minor": draft.floor_minor,
        "cap_minor": draft.cap_minor,
    }


def _audit(action: str, rule: CommissionRule, actor_id: int, now: datetime, detail: Mapping[str, object]) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="commission_rule",
        target_id=str(rule.pk),
        detail=detail,
        now=now,
    )
