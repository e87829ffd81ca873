"""Buying words, changing many at once, and taking that back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.bulk import BadChange, read_edits
from merchant_portal.ads.groups.deeds import find_group
from merchant_portal.ads.groups.page import render_group
from merchant_portal.ads.refused import Refused, list_wrong_lines, posted_from, refuse
from merchant_portal.ads.sentences import describe
from search.campaigns.contracts import (
    BadInput,
    MatchType,
    WordDraft,
)
from search.campaigns.selectors import (
    list_keywords,
)
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    NothingToUndo,
    add_words,
    edit_words,
    undo_edit,
)
from web.toasts import add_toast

LONGEST_TYPED = 20_000


@require_http_methods(["GET", "POST"])
@shop_required("money")
@posted_from("portal:ads-group")
def buy_words(request: HttpRequest, group_id: int) -> HttpResponse:
    """Further words: ticked suggestions, and lines that were typed."""
    visit, match = visit_of(request), request.POST.get("match", "")
    chosen = MatchType(match) if match in set(MatchType) else MatchType.PHRASE
    typed = request.POST.get("own_words", "")[:LONGEST_TYPED].splitlines()
    lines = [*request.POST.getlist("word"), *typed]
    if wrong_lines := list_wrong_lines(typed):
        return render_group(request, group_id, Refused("words", "own_words", wrong_lines, request.POST))
    try:
        number = add_words(
            shop_id=visit.shop.shop_id,
            group_id=group_id,
            drafts=[WordDraft(line, chosen) for line in lines if line.strip()],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except BadInput as error:
        return render_group(request, group_id, refuse(request, "words", {"": "own_words"}, error))
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    text = ngettext("%(number)s word added.", "%(number)s words added.", number)
    add_toast(request, text % {"number": number} if number else gettext("They were there already."))
    return redirect("portal:ads-group", group_id)


@require_http_methods(["GET", "POST"])
@shop_required("money")
@posted_from("portal:ads-group")
def change_words(request: HttpRequest, group_id: int) -> HttpResponse:
    """One change for all ticked words, with an undo."""
    visit = visit_of(request)
    group, campaign = find_group(request, group_id)
    try:
        words = list_keywords(shop_id=visit.shop.shop_id, group_id=group_id)
        edits = read_edits(request.POST, words, group, campaign.daily_budget_minor)
        outcome = edit_words(
            shop_id=visit.shop.shop_id, group_id=group_id, edits=edits, actor_id=visit.user_id, now=timezone.now()
        )
    except BadChange as error:
        return render_group(request, group_id, Refused("bulk", error.field, error.sentences, request.POST))
    except BadInput as error:
        fields = {"bid": "new_bid", "match": "new_match", "": "words"}
        return render_group(request, group_id, refuse(request, "bulk", fields, error))
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
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
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    except (NothingToUndo, CampaignEnded):
        add_toast(request, gettext("There is nothing left to undo."), bad=True)
    else:
        text = ngettext("%(number)s word is as before.", "%(number)s words are as before.", number)
        add_toast(request, text % {"number": number})
    return redirect("portal:ads-group", group_id)
