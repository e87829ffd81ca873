"""Commission rules as they stand, and every version that ever was."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from billing.settlement.contracts.commission import CommissionRuleView
from billing.settlement.models.commission import CommissionRule, CommissionTerms


def list_active_rules(*, currency: str) -> list[CommissionRuleView]:
    """The rules that sales in a currency fall under now, first match first; one statement."""
    return _to_views(_current().filter(rule__active=True, currency=currency))


def list_rules() -> list[CommissionRuleView]:
    """Every rule as it stands, also those that are off, in order; one statement."""
    return _to_views(_current())


def find_rule(rule_id: int) -> CommissionRuleView | None:
    """A rule as it stands."""
    return next(iter(_to_views(_current().filter(rule_id=rule_id))), None)


def list_rule_versions(rule_id: int) -> list[CommissionRuleView]:
    """All versions of a rule, newest first."""
    return _to_views(CommissionTerms.objects.filter(rule_id=rule_id).order_by("-version"))


def map_rule_versions(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], CommissionRuleView]:
    """The versions that sales name, by (rule id, version); one statement, none for the default rule alone."""
    wanted = {place for place in places if place[0]}
    if not wanted:
        return {}
    rows = CommissionTerms.objects.filter(
        rule_id__in={rule_id for rule_id, _ in wanted}, version__in={version for _, version in wanted}
    )
    return {place: view for view in _to_views(rows) if (place := (view.rule_id, view.version)) in wanted}


def _current() -> QuerySet[CommissionTerms]:
    return CommissionTerms.objects.filter(version=F("rule__version")).order_by("rule__position", "rule_id")


def _to_views(rows: QuerySet[CommissionTerms]) -> list[CommissionRuleView]:
    return [to_rule(row.rule, row) for row in rows.select_related("rule")]


def to_rule(rule: CommissionRule, terms: CommissionTerms) -> CommissionRuleView:
    """A version of a rule as others know it; place and switch are those of the rule now."""
    return CommissionRuleView(
        rule_id=rule.pk,
        version=terms.version,
        position=rule.position,
        category_path=terms.category_path,
        shop_id=terms.shop_id,
        rate_bps=terms.rate_bps,
        floor_minor=terms.floor_minor,
        cap_minor=terms.cap_minor,
        vat_bps=terms.vat_bps,
        currency=terms.currency,
        note=terms.note,
        active=rule.active,
        made_by=terms.made_by,
        made_at=terms.made_at,
    )
