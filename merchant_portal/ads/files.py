"""Words and bids of a group as a file, out and in."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.groups import find_group
from merchant_portal.ads.sentences import describe
from merchant_portal.frame import render_page
from search.campaigns.contracts import BadInput, CampaignKind, WordDraft
from search.campaigns.rules.word_table import MOST_BYTES, FileRefused, read_table, write_table
from search.campaigns.selectors import list_keywords
from search.campaigns.services import CampaignEnded, NoSuchCampaign, add_words
from web.toasts import add_toast


@require_GET
@shop_required("money")
def download(request: HttpRequest, group_id: int) -> HttpResponse:
    """The words of a group as a table that can be read in again."""
    find_group(request, group_id)
    words = list_keywords(shop_id=visit_of(request).shop.shop_id, group_id=group_id)
    response = HttpResponse("".join(write_table(words)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="words-{group_id}.csv"'
    return response


@require_http_methods(["GET", "POST"])
@shop_required("money")
def upload(request: HttpRequest, group_id: int) -> HttpResponse:
    """Words and bids out of a file: all of them, or none and what is wrong by row and column."""
    group, campaign = find_group(request, group_id)
    if campaign.kind is not CampaignKind.KEYWORD:
        raise Http404
    issues: list[dict[str, object]] = []
    refusal = ""
    if request.method == "POST":
        try:
            table = read_table(_read_file(request), group.charge, campaign.daily_budget_minor)
            issues = [{"row": one.row, "column": one.column, "reason": describe(one.error)} for one in table.issues]
            if not issues:
                return _take(request, group_id, table.words)
        except FileRefused as error:
            refusal = _say_refused(error)
        except BadInput as error:
            refusal = describe(error)
    context = {"group": group, "campaign": campaign, "issues": issues, "refusal": refusal}
    return render_page(request, "portal/ads/words_file.html", context, status=422 if issues or refusal else 200)


def _take(request: HttpRequest, group_id: int, words: Sequence[WordDraft]) -> HttpResponse:
    visit = visit_of(request)
    try:
        changed = add_words(
            shop_id=visit.shop.shop_id,
            group_id=group_id,
            drafts=words,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    text = ngettext(
        "%(number)s row read, %(changed)s new or changed.",
        "%(number)s rows read, %(changed)s new or changed.",
        len(words),
    )
    add_toast(request, text % {"number": len(words), "changed": changed})
    return redirect("portal:ads-group", group_id)


def _read_file(request: HttpRequest) -> bytes:
    upload_ = request.FILES.get("file")
    if upload_ is None:
        raise FileRefused("none")
    return bytes(upload_.read(MOST_BYTES + 1))


def _say_refused(error: FileRefused) -> str:
    return {
        "none": gettext("Choose a CSV file first."),
        "too_large": gettext("The file is over 256 KB. Divide it."),
        "not_text": gettext("This is no CSV file. Save it from your spreadsheet as CSV."),
        "no_head": gettext("The first row has to name the columns: word, match, bid, state."),
        "too_many_rows": gettext("The file has more than 2,000 rows. Divide it."),
        "empty": gettext("There is no word in the file."),
    }[error.code]
