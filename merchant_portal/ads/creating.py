"""A new campaign in three steps: what is advertised, to whom, for how much."""

from dataclasses import replace
from datetime import datetime
from typing import Any  # Any: template contexts are open by nature
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.http import require_http_methods

from billing.settlement.services.days import business_date
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.audiences import read_audiences, show_audiences
from merchant_portal.ads.forecasting import Offer, forecast_offer
from merchant_portal.ads.forms import BidForm, MoneyForm, TargetForm, WeekForm, first_values, show_week
from merchant_portal.ads.goods import epochs_of, find_goods, map_cards
from merchant_portal.ads.marks import Marks, list_all, place_marks
from merchant_portal.ads.refused import list_wrong_lines
from merchant_portal.ads.sentences import describe, list_matches, name_competition
from merchant_portal.ads.typed import HOW, STEPS, WHAT, WHO, Typed, read_typed
from merchant_portal.frame import render_page
from search.campaigns.contracts import (
    ALL_HOURS,
    BadInput,
    CampaignKind,
    Charge,
    CreativeState,
    GroupDraft,
    Targeting,
)
from search.campaigns.selectors import list_creatives, suggest_words
from search.campaigns.services import NoSuchCreative, NoSuchProduct, TooManyCampaigns, create_campaign
from search.campaigns.words import name_kind
from tenants.catalog.contracts import Text
from web.shapes import Step
from web.toasts import add_toast

USUAL_BID_MINOR = 50
CREATE, DRAFT = "create", "draft"
_PLACES = {
    "products": (WHAT, "products"), "creatives": (WHAT, "products"), "words": (WHO, "own_words"),
    "word": (WHO, "own_words"), "audiences": (WHO, "audiences"), "hours": (WHO, "hours"), "regions": (WHO, "hours"),
    "key": (HOW, ""),
}  # fmt: skip
"""In which step, and where in it, stands what is wrong with something; else at the last step's field of that name."""


@require_http_methods(["GET", "POST"])
@shop_required("money")
def create(request: HttpRequest) -> HttpResponse:
    """The step that was asked for, or the one before it where something is missing; the last one makes the campaign."""
    typed = read_typed(request.POST)
    here, wanted = request.POST.get("step", WHAT), request.POST.get("go", WHAT)
    if here not in STEPS or request.method == "GET":
        return _show(request, typed, WHAT, {})
    if wanted in STEPS and STEPS.index(wanted) <= STEPS.index(here):
        return _show(request, typed, wanted, {})
    for step in STEPS[: STEPS.index(here) + 1]:
        marks = _mark_step(typed, step)
        if marks or (step == WHO and not _is_aimed(request)):
            return _show(request, typed, step, marks)
    if wanted in (CREATE, DRAFT):
        return _create(request, typed, runs=wanted == CREATE)
    return _show(request, typed, wanted if wanted in STEPS else here, {})


def _create(request: HttpRequest, typed: Typed, *, runs: bool) -> HttpResponse:
    target, week = _read_target(request)
    money, bid = MoneyForm(request.POST), BidForm(request.POST)
    if not (target.is_valid() and week.is_valid()):
        return _show(request, typed, WHO, {})
    if not _are_right(typed, money, bid):
        return _show(request, typed, HOW, {})
    visit, now = visit_of(request), timezone.now()
    targeting = replace(target.aim(week, Targeting()), audiences=read_audiences(typed.asked.getlist("audience")))
    try:
        campaign_id = create_campaign(
            shop_id=visit.shop.shop_id,
            key=request.POST.get("key", "")[:80],
            draft=money.draft(typed.kind, targeting),
            group=_make_group(typed, bid),
            runs=runs,
            actor_id=visit.user_id,
            now=now,
        )
    except BadInput as error:
        step, field = _PLACES.get(error.field, (HOW, error.field))
        return _show(request, typed, step, {field: (_say(error),)})
    except (NoSuchProduct, NoSuchCreative):
        return _show(request, typed, WHAT, {"products": (gettext("Some of these are not on sale any more."),)})
    except TooManyCampaigns as error:
        sentence = gettext("There are %(most)s campaigns already. End one that you do not need.")
        return _show(request, typed, HOW, {"": (sentence % {"most": error.args[0]},)})
    said = gettext("The campaign runs. Shoppers see it within seconds.") if runs else gettext("Kept as a draft.")
    add_toast(request, said)
    return redirect("portal:campaign", campaign_id)


def _read_target(request: HttpRequest) -> tuple[TargetForm, WeekForm]:
    """When and where, as it was typed on the way; all hours of all days where nothing was."""
    return TargetForm(request.POST), WeekForm(request.POST, initial=show_week(Targeting()))


def _read_hours(request: HttpRequest) -> int:
    """The hours that were chosen on the way; all of them where none were, or what was typed cannot be read."""
    target, week = _read_target(request)
    is_readable = "from_hour" in request.POST and target.is_valid() and week.is_valid()
    return target.aim(week, Targeting()).hours if is_readable else ALL_HOURS


def _is_aimed(request: HttpRequest) -> bool:
    """Whether hours and provinces can be read, if they were typed yet."""
    target, week = _read_target(request)
    return "from_hour" not in request.POST or (target.is_valid() and week.is_valid())


def _make_group(typed: Typed, bid: BidForm) -> GroupDraft:
    return GroupDraft(
        name=gettext("First group"),
        bid_minor=bid.cleaned_data["bid"],
        charge=bid.charge_of(typed.kind),
        product_ids=typed.product_ids,
        creative_ids=typed.creative_ids,
        words=typed.drafts if typed.kind is CampaignKind.KEYWORD else (),
    )


def _mark_step(typed: Typed, step: str) -> Marks:
    """Why the next step cannot be gone to yet."""
    if step == WHO and (lines := list_wrong_lines(typed.own_lines)) and typed.kind is CampaignKind.KEYWORD:
        return {"own_words": lines}
    return {_PLACES[error.field][1]: (_say(error),) for error in typed.list_wrongs(step)}


def _show(request: HttpRequest, typed: Typed, step: str, marks: Marks) -> HttpResponse:
    now = timezone.now()
    parts = {WHAT: _show_what, WHO: _show_who, HOW: _show_how}
    context = parts[step](request, typed, now)
    forms = context.get("forms", ())
    left = place_marks(forms, marks)
    wrongs = list_all(forms, left)
    context |= {
        "typed": typed,
        "marks": left,
        "step": step,
        "hidden": typed.hidden(step),
        "key": request.POST.get("key") or uuid4().hex,
        "steps": _list_steps(step),
        "wrongs_list": wrongs,
    }
    return render_page(request, f"portal/ads/new_{step}.html", context, status=422 if wrongs else 200)


def _show_what(request: HttpRequest, typed: Typed, now: datetime) -> dict[str, Any]:
    shop, words = visit_of(request).shop, typed.asked.get("q", "")
    creatives = [one for one in list_creatives(shop_id=shop.shop_id) if one.state is not CreativeState.REFUSED]
    goods = find_goods(shop=shop, words=words, picked=typed.product_ids, epochs=epochs_of(request))
    return {"goods": goods, "creatives": creatives}


def _show_who(request: HttpRequest, typed: Typed, now: datetime) -> dict[str, Any]:
    was_here = "from_hour" in typed.asked
    target, week = _read_target(request) if was_here else (TargetForm(), WeekForm(initial=show_week(Targeting())))
    context: dict[str, Any] = {
        "target": target,
        "week": week,
        "forms": [target, week] if was_here else [],
        "has_own_days": week.is_changed,
        "is_narrowed": was_here and (target.has_changed() or week.is_changed),
    }
    context["audiences"] = show_audiences(
        shop_id=visit_of(request).shop.shop_id,
        chosen=read_audiences(typed.asked.getlist("audience")),
        regions=typed.asked.getlist("regions"),
        now=now,
    )
    if typed.kind is CampaignKind.KEYWORD:
        found = suggest_words(
            shop_id=visit_of(request).shop.shop_id,
            product_ids=typed.product_ids,
            seeds=typed.asked.get("seeds", "")[:40],
            now=now,
        )
        ticked = set(typed.asked.getlist("word"))
        kept = [text for text in ticked if text not in {one.text for one in found}]
        context |= {
            "suggestions": [(one, name_competition(one.competition), one.text in ticked) for one in found],
            "kept_words": sorted(kept),
            "matches": list_matches(),
            "seeds": typed.asked.get("seeds", ""),
            "own_words": typed.asked.get("own_words", ""),
        }
    return context


def _show_how(request: HttpRequest, typed: Typed, now: datetime) -> dict[str, Any]:
    if "daily_budget" in typed.asked:
        money, bid = MoneyForm(request.POST), BidForm(request.POST)
        is_right = _are_right(typed, money, bid)
        bid_minor, budget = (bid.cleaned_data["bid"], money.cleaned_data["daily_budget"]) if is_right else (0, 0)
        charge = bid.charge_of(typed.kind) if is_right else Charge.CLICK
        forms: list[MoneyForm | BidForm] = [money, bid]
    else:
        bid_minor = USUAL_BID_MINOR if typed.kind is CampaignKind.KEYWORD else 10 * 100
        first = first_values(business_date(now), _suggest_name(request, typed), bid_minor)
        money, bid, budget, forms = MoneyForm(initial=first), BidForm(initial=first), 5_000, []
        charge = Charge(first["charge"])
    context: dict[str, Any] = {"money": money, "bid": bid, "forms": forms, "wants_words": bool(typed.words)}
    context["is_foretold"] = bool(bid_minor and budget)
    if context["is_foretold"]:
        offer = Offer(bid_minor, charge, budget, _read_hours(request))
        context |= forecast_offer(
            typed, offer, shop_id=visit_of(request).shop.shop_id, epochs=epochs_of(request), now=now
        )
    return context


def _are_right(typed: Typed, money: MoneyForm, bid: BidForm) -> bool:
    """Both are looked at, so that all sentences show at once."""
    is_money = money.is_valid()
    return bid.is_right(typed.kind, money.cleaned_data.get("daily_budget")) and is_money


def _suggest_name(request: HttpRequest, typed: Typed) -> str:
    shop_id, first = visit_of(request).shop.shop_id, typed.product_ids[:1]
    cards = map_cards(shop_id=shop_id, product_ids=first, epochs=epochs_of(request))
    title = next((card.title for card in cards.values()), Text())
    parts = [title.best(get_language() or "zh")[:30], name_kind(typed.kind)]
    return " · ".join(part for part in parts if part)


def _list_steps(step: str) -> list[Step]:
    names = (pgettext("ads", "What"), gettext("To whom"), gettext("How much"))
    at = STEPS.index(step)
    return [
        Step(name, "done" if number < at else "now" if number == at else "next") for number, name in enumerate(names)
    ]


def _say(error: BadInput) -> str:
    if (error.field, error.code) == ("products", "required"):
        return gettext("Tick at least one product to advertise.")
    if (error.field, error.code) == ("words", "required"):
        return gettext("Tick or type at least one word.")
    return describe(error)
