"""Views of commission rules: the list with its try-out, one rule with its versions, and what changes them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.settlement.contracts import CommissionRuleView
from billing.settlement.rules.commission import default_rule
from billing.settlement.selectors import find_rule, list_own_terms, list_rule_versions, list_rules
from billing.settlement.services import (
    BadRule,
    RuleChanged,
    RuleNotFound,
    TooManyRules,
    add_rule,
    change_rule,
    move_rule,
    restore_rule,
    switch_rule,
)
from console.access import FINANCE, me, staff_page
from console.commission.forms import RuleForm, TryForm, show_rule, start_rule
from console.commission.page import lay_out, try_out
from console.commission.words import say_problem
from console.frame import render_page
from market.accounts.selectors import list_people_by_ids
from market.money import DEFAULT_CURRENCY
from market.shops.selectors import list_shops_by_ids
from web.access import recent_proof_required
from web.toasts import add_toast


@staff_page()
@require_GET
def show_rules(request: HttpRequest) -> HttpResponse:
    """The rules in their order, what is agreed with single shops, and what a basket would pay."""
    rules, own_terms = list_rules(), list_own_terms()
    form = TryForm(request.GET if "amount" in request.GET else None)
    default = find_default()
    tried = try_out(form.cleaned_data, rules, default) if form.is_bound and form.is_valid() else None
    shop_ids = {rule.shop_id for rule in rules if rule.shop_id is not None}
    context = {
        "rows": lay_out(rules),
        "default": default,
        "own_terms": own_terms,
        "shops": list_shops_by_ids(shop_ids | {terms.shop_id for terms in own_terms}),
        "form": form,
        "tried": tried,
    }
    return render_page(request, "commission/rules.html", context, status=422 if form.errors else 200)


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def make_rule(request: HttpRequest) -> HttpResponse:
    """A new rule, after all others."""
    form = RuleForm(request.POST or None, initial=start_rule())
    if request.method == "POST" and form.is_valid():
        try:
            rule = add_rule(draft=form.to_draft(), actor_id=me(request), now=timezone.now())
        except BadRule as error:
            form.add_error(*say_problem(error.problem))
        except TooManyRules:
            form.add_error(None, gettext("There are as many rules as may be. Change one that is off instead."))
        else:
            said = gettext("Rule %(number)s holds for sales from now on.") % {"number": rule.rule_id}
            add_toast(request, said, undo_url=reverse("console:switch-rule-off", args=[rule.rule_id]))
            return redirect("console:commission")
    return render_page(request, "commission/rule.html", {"form": form}, status=422 if form.errors else 200)


@staff_page()
@require_GET
def show_rule_file(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One rule: what holds now, and every version that ever was."""
    return _render_rule(request, _find(rule_id))


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Change a rule: a new version. What was sold keeps the version it names."""
    rule = _find(rule_id)
    if request.method == "GET":
        return _render_rule(request, rule, form=RuleForm(rule=rule, initial=show_rule(rule)))
    form = RuleForm(request.POST, rule=rule)
    if not form.is_valid():
        return _render_rule(request, rule, form=form)
    before, version = rule.version, form.cleaned_data["version"] or rule.version
    try:
        changed = change_rule(
            rule_id=rule_id, version=version, draft=form.to_draft(), actor_id=me(request), now=timezone.now()
        )
    except BadRule as error:
        form.add_error(*say_problem(error.problem))
        return _render_rule(request, rule, form=form)
    except RuleChanged:
        add_toast(request, gettext("Somebody changed this rule meanwhile. This is how it stands now."), bad=True)
        return redirect("console:edit-rule", rule_id)
    if changed.version != before:
        said = gettext("Version %(version)s of rule %(number)s holds for sales from now on.")
        undo_url = reverse("console:restore-rule", args=[rule_id, before])
        add_toast(request, said % {"version": changed.version, "number": rule_id}, undo_url=undo_url)
    return redirect("console:commission-rule", rule_id)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def take_back(request: HttpRequest, rule_id: int, version: int) -> HttpResponse:
    """An earlier version's terms hold again, as a new version."""
    try:
        rule = restore_rule(rule_id=rule_id, version=version, actor_id=me(request), now=timezone.now())
    except RuleNotFound as error:
        raise Http404 from error
    said = gettext("The terms of version %(version)s hold again.") % {"version": version}
    add_toast(request, said)
    return redirect("console:commission-rule", rule.rule_id)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def move_up(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One place earlier: it is asked before the rule that stood above it."""
    return _move(request, rule_id, up=True)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def move_down(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One place later."""
    return _move(request, rule_id, up=False)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def switch_on(request: HttpRequest, rule_id: int) -> HttpResponse:
    """A rule that was off holds again, at its place."""
    return _switch(request, rule_id, active=True)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def switch_off(request: HttpRequest, rule_id: int) -> HttpResponse:
    """A rule is passed over; it keeps its place."""
    return _switch(request, rule_id, active=False)


def find_default() -> CommissionRuleView:
    """The platform's own rule."""
    return default_rule(
        rate_bps=settings.COMMISSION_BPS, vat_bps=settings.COMMISSION_VAT_BPS, currency=DEFAULT_CURRENCY
    )


def _move(request: HttpRequest, rule_id: int, *, up: bool) -> HttpResponseRedirect:
    try:
        moved = move_rule(rule_id=rule_id, up=up, actor_id=me(request), now=timezone.now())
    except RuleNotFound as error:
        raise Http404 from error
    if moved:
        back = reverse("console:move-rule-down" if up else "console:move-rule-up", args=[rule_id])
        said = (
            gettext("Rule %(number)s is asked earlier now.") if up else gettext("Rule %(number)s is asked later now.")
        )
        add_toast(request, said % {"number": rule_id}, undo_url=back)
    return HttpResponseRedirect(reverse("console:commission"))


def _switch(request: HttpRequest, rule_id: int, *, active: bool) -> HttpResponseRedirect:
    try:
        switch_rule(rule_id=rule_id, active=active, actor_id=me(request), now=timezone.now())
    except RuleNotFound as error:
        raise Http404 from error
    back = reverse("console:switch-rule-off" if active else "console:switch-rule-on", args=[rule_id])
    said = gettext("Rule %(number)s is on.") if active else gettext("Rule %(number)s is off: it keeps its place.")
    add_toast(request, said % {"number": rule_id}, undo_url=back)
    return HttpResponseRedirect(reverse("console:commission"))


def _find(rule_id: int) -> CommissionRuleView:
    rule = find_rule(rule_id)
    if rule is None:
        raise Http404
    return rule


def _render_rule(request: HttpRequest, rule: CommissionRuleView, *, form: RuleForm | None = None) -> HttpResponse:
    versions = list_rule_versions(rule.rule_id)
    context = {
        "rule": rule,
        "rows": lay_out(versions),
        "form": form,
        "shops": list_shops_by_ids({one.shop_id for one in versions if one.shop_id is not None}),
        "people": list_people_by_ids([one.made_by for one in versions if one.made_by is not None]),
    }
    return render_page(request, "commission/rule.html", context, status=422 if form and form.errors else 200)
