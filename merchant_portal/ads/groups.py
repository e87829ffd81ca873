"""Views of a group: its bid, its words in a table that is edited in bulk, its ads."""

from collections.abc import Callable
from typing import Any  # Any: template contexts are open by nature

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from market.money import BadAmount, parse_minor
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.bulk import BadChange, read_edits
from merchant_portal.ads.goods import epochs_of, find_goods, list_products, map_cards
from merchant_portal.ads.sentences import (
    describe,
    list_matches,
    name_charge,
    name_competition,
    name_creative_state,
    name_match,
    name_part_state,
    say_hint,
    tone_of,
)
from merchant_portal.frame import read_number, render_page
from search.campaigns.contracts import (
    BadInput,
    CampaignKind,
    CampaignState,
    CampaignView,
    Charge,
    CreativeState,
    GroupDraft,
    GroupView,
    KeywordView,
    MatchType,
    PartState,
    WordDraft,
)
from search.campaigns.selectors import (
    CampaignNotFound,
    get_campaign,
    get_group,
    list_ads,
    list_creatives,
    list_keywords,
    list_negatives,
    study_words,
    suggest_words,
)
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    NoSuchCreative,
    NoSuchProduct,
    NothingToUndo,
    add_ads,
    add_group,
    add_words,
    change_group,
    edit_words,
    set_ad_state,
    set_group_state,
    undo_edit,
)
from web.toasts import add_toast

MOST_HINTS = 8


@require_GET
@shop_required("money")
def show_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """A group whole. `?q=` looks for further goods."""
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    group, campaign = find_group(request, group_id)
    words = list_keywords(shop_id=shop_id, group_id=group_id)
    ads = list_ads(shop_id=shop_id, campaign_id=group.campaign_id, group_id=group_id)
    context: dict[str, Any] = {
        "group": group,
        "campaign": campaign,
        "charge": name_charge(group.charge),
        "state": name_part_state(group.state),
        "tone": tone_of(group.state),
        "is_display": campaign.kind is CampaignKind.DISPLAY,
        "is_over": campaign.state is CampaignState.ENDED,
        "words": _describe_words(shop_id, group, words),
        "matches": list_matches(),
        **_show_ads(request, campaign, group_id),
    }
    if campaign.kind is CampaignKind.KEYWORD:
        found = suggest_words(
            shop_id=shop_id,
            product_ids=list_products(ads),
            seeds="",
            now=now,
            without=[word.text for word in words],
        )
        context["suggestions"] = [(one, name_competition(one.competition)) for one in found[:MOST_HINTS]]
    return render_page(request, "portal/ads/group.html", context)


@require_POST
@shop_required("money")
def add(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A further group of a campaign, still empty, bidding what is typed."""
    visit = visit_of(request)
    try:
        campaign = get_campaign(shop_id=visit.shop.shop_id, campaign_id=campaign_id)
        charge = Charge.CLICK if campaign.kind is CampaignKind.KEYWORD else _read_charge(request)
        draft = GroupDraft(name=request.POST.get("group_name", ""), bid_minor=_read_bid(request), charge=charge)
        group_id = add_group(
            shop_id=visit.shop.shop_id,
            campaign_id=campaign_id,
            draft=draft,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (CampaignNotFound, NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
        return redirect("portal:campaign", campaign_id)
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def change(request: HttpRequest, group_id: int) -> HttpResponse:
    """Another name, bid or charge; or paused, run, removed."""
    visit, state = visit_of(request), request.POST.get("state", "")
    group, campaign = find_group(request, group_id)
    said: dict[str, Any] = {
        "shop_id": visit.shop.shop_id,
        "group_id": group_id,
        "actor_id": visit.user_id,
        "now": timezone.now(),
    }

    def deed() -> str:
        if state in set(PartState):
            set_group_state(state=PartState(state), **said)
            return _say_state(PartState(state))
        charge = Charge.CLICK if campaign.kind is CampaignKind.KEYWORD else _read_charge(request)
        change_group(group_name=request.POST.get("group_name", ""), bid_minor=_read_bid(request), charge=charge, **said)
        return gettext("Saved. It holds within seconds.")

    _do(request, deed)
    if state == PartState.REMOVED:
        return redirect("portal:campaign", group.campaign_id)
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def buy_words(request: HttpRequest, group_id: int) -> HttpResponse:
    """Further words: ticked suggestions, and lines that were typed."""
    visit, match = visit_of(request), request.POST.get("match", "")
    chosen = MatchType(match) if match in set(MatchType) else MatchType.PHRASE
    lines = [*request.POST.getlist("word"), *request.POST.get("own_words", "")[:20_000].splitlines()]

    def deed() -> str:
        number = add_words(
            shop_id=visit.shop.shop_id,
            group_id=group_id,
            drafts=[WordDraft(line, chosen) for line in lines if line.strip()],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
        text = ngettext("%(number)s word added.", "%(number)s words added.", number)
        return text % {"number": number} if number else gettext("They were there already.")

    _do(request, deed)
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def change_words(request: HttpRequest, group_id: int) -> HttpResponse:
    """One change for all ticked words, with an undo."""
    visit = visit_of(request)
    group, _ = find_group(request, group_id)
    try:
        words = list_keywords(shop_id=visit.shop.shop_id, group_id=group_id)
        edits = read_edits(request.POST, words, group.bid_minor)
        outcome = edit_words(
            shop_id=visit.shop.shop_id, group_id=group_id, edits=edits, actor_id=visit.user_id, now=timezone.now()
        )
    except BadChange as error:
        add_toast(request, str(error), bad=True)
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    else:
        if outcome.changed:
            text = ngettext("%(number)s word changed.", "%(number)s words changed.", outcome.changed)
            undo = reverse("portal:undo-words", args=[group_id, outcome.edit_id])
            add_toast(request, text % {"number": outcome.changed}, undo_url=undo)
        else:
            add_toast(request, gettext("They were like that already. Nothing changed."))
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def undo_words(request: HttpRequest, group_id: int, edit_id: int) -> HttpResponse:
    """Take a change of words back."""
    visit = visit_of(request)
    try:
        number = undo_edit(shop_id=visit.shop.shop_id, edit_id=edit_id, actor_id=visit.user_id, now=timezone.now())
    except (NothingToUndo, CampaignEnded, BadInput):
        add_toast(request, gettext("There is nothing left to undo."), bad=True)
    else:
        text = ngettext("%(number)s word is as before.", "%(number)s words are as before.", number)
        add_toast(request, text % {"number": number})
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def advertise(request: HttpRequest, group_id: int) -> HttpResponse:
    """Further goods or pictures in the group."""
    visit = visit_of(request)

    def deed() -> str:
        number = add_ads(
            shop_id=visit.shop.shop_id,
            group_id=group_id,
            product_ids=[pk for text in request.POST.getlist("product") if (pk := read_number(text))],
            creative_ids=[pk for text in request.POST.getlist("creative") if (pk := read_number(text))],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
        text = ngettext("%(number)s ad more runs.", "%(number)s ads more run.", number)
        return text % {"number": number} if number else gettext("Tick what you want to advertise first.")

    _do(request, deed)
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def change_ad(request: HttpRequest, group_id: int, ad_id: int) -> HttpResponse:
    """Pause, run or remove an ad."""
    visit, state = visit_of(request), request.POST.get("state", "")
    if state not in set(PartState):
        raise Http404

    def deed() -> str:
        set_ad_state(
            shop_id=visit.shop.shop_id,
            ad_id=ad_id,
            state=PartState(state),
            actor_id=visit.user_id,
            now=timezone.now(),
        )
        return _say_state(PartState(state))

    _do(request, deed)
    return redirect("portal:ads-group", group_id)


def find_group(request: HttpRequest, group_id: int) -> tuple[GroupView, CampaignView]:
    """A group of the shop with its campaign, or 404."""
    shop_id = visit_of(request).shop.shop_id
    try:
        group = get_group(shop_id=shop_id, group_id=group_id)
        return group, get_campaign(shop_id=shop_id, campaign_id=group.campaign_id)
    except CampaignNotFound as error:
        raise Http404 from error


def _do(request: HttpRequest, deed: Callable[[], str]) -> None:
    """Do something and say so, or say why not."""
    try:
        add_toast(request, deed())
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    except (NoSuchProduct, NoSuchCreative):
        add_toast(request, gettext("Some of these are not on sale any more."), bad=True)
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error


def _describe_words(shop_id: int, group: GroupView, words: list[KeywordView]) -> list[dict[str, Any]]:
    negatives = list_negatives(shop_id=shop_id, campaign_id=group.campaign_id)
    studied = study_words(
        shop_id=shop_id,
        words=words,
        bid_minor=group.bid_minor,
        negatives=[one for one in negatives if one.group_id in (None, group.group_id)],
        now=timezone.now(),
    )
    return [
        {
            "word": word,
            "match": name_match(word.match),
            "state": name_part_state(word.state),
            "tone": tone_of(word.state),
            "figures": (known := studied[word.keyword_id]).figures,
            "competition": name_competition(known.figures.competition),
            "hint": say_hint(known.hint) if word.state is PartState.RUNNING else "",
        }
        for word in words
    ]


def _show_ads(request: HttpRequest, campaign: CampaignView, group_id: int) -> dict[str, Any]:
    shop_id, words = visit_of(request).shop.shop_id, request.GET.get("q", "")
    ads = list_ads(shop_id=shop_id, campaign_id=campaign.campaign_id, group_id=group_id)
    picked = list_products(ads)
    cards = map_cards(shop_id=shop_id, product_ids=picked, epochs=epochs_of(request))
    creatives = {one.creative_id: one for one in list_creatives(shop_id=shop_id)}
    used = {ad.creative_id for ad in ads}
    usable = [
        one
        for one in creatives.values()
        if campaign.kind is CampaignKind.DISPLAY
        and one.state is not CreativeState.REFUSED
        and one.creative_id not in used
    ]
    return {
        "ads": [
            {
                "ad": ad,
                "card": cards.get(ad.product_id or 0),
                "creative": (creative := creatives.get(ad.creative_id or 0)),
                "review": name_creative_state(creative.state) if creative else "",
                "state": name_part_state(ad.state),
                "tone": tone_of(ad.state),
            }
            for ad in ads
        ],
        "found": find_goods(shop_id=shop_id, words=words, picked=picked, epochs=epochs_of(request)).found,
        "usable": usable,
        "query": words,
    }


def _read_bid(request: HttpRequest) -> int:
    try:
        return parse_minor(request.POST.get("bid", "").strip().lstrip("¥")[:20])
    except BadAmount as error:
        raise BadInput("bid", "not_a_sum") from error


def _read_charge(request: HttpRequest) -> Charge:
    asked = request.POST.get("charge", "")
    return Charge(asked) if asked in set(Charge) else Charge.MILLE


def _say_state(state: PartState) -> str:
    if state is PartState.RUNNING:
        return gettext("It runs. Shoppers see it within seconds.")
    return gettext("Paused.") if state is PartState.PAUSED else gettext("Removed. Its figures stay.")
