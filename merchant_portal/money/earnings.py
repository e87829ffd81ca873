"""Views of what orders earned: the table, and one order from its price to where the money is now."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.checkout.contracts import ShareSummary, ShareTerms
from billing.checkout.selectors import TABS, ShareNotFound, get_share_terms, get_shop_share, list_shop_shares
from billing.settlement.contracts import ReleaseView
from billing.settlement.contracts.earnings import EarningPart, ShareEarnings
from billing.settlement.selectors import find_release, list_releases_of
from billing.settlement.selectors.earnings import find_order_way_out, list_earnings, read_earnings
from market.money import format_minor
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.money.page import describe_postings, name_place, say_way_out, sum_parts, tone_of_place
from merchant_portal.orders.page import describe_share, list_commission, name_state, sum_earnings, tone_of
from tenants.orders.contracts import SELF_DELIVERY
from web.paging import BadCursor, cut_page, decode_cursor
from web.shapes import SumRow, Tab

PAGE = 30
SHOWN_TABS = ("all", "to_ship", "to_receive", "done", "after_sales")


@require_GET
@shop_required("money")
def show_earnings(request: HttpRequest) -> HttpResponse:
    """What each order earned, the newest first, or those whose number begins so."""
    shop_id = visit_of(request).shop.shop_id
    tab, words = request.GET.get("tab", "all"), request.GET.get("q", "").strip()[:40]
    if tab not in TABS or tab not in SHOWN_TABS:
        raise Http404
    scope = f"earnings:{shop_id}:{tab}:{words}"
    try:
        after = request.GET.get("after")
        before_id = int(decode_cursor(after, scope=scope, length=1)[0] or 0) if after else None
    except (BadCursor, ValueError) as error:
        raise Http404 from error
    rows = list_shop_shares(shop_id=shop_id, tab=tab, before_id=before_id, limit=PAGE + 1, search=words)
    page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row[0]])
    numbers = [share.share_no for _, share in page.items]
    earned, releases = list_earnings(shop_id=shop_id, share_nos=numbers), list_releases_of(numbers)
    context = {
        "tabs": _list_tabs(tab),
        "tab": tab,
        "words": words,
        "rows": [_describe(share, earned[share.share_no], releases.get(share.share_no)) for _, share in page.items],
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "portal/money/earnings.html", context)


@require_GET
@shop_required("money")
def show_order_earnings(request: HttpRequest, share_no: str) -> HttpResponse:
    """One order: what made up what it earned, where the money is, and every posting about it."""
    shop_id = visit_of(request).shop.shop_id
    try:
        share = get_shop_share(share_no=share_no, shop_id=shop_id)
        terms = get_share_terms(share_no=share_no, shop_id=shop_id)
    except ShareNotFound as error:
        raise Http404 from error
    earned, posted = read_earnings(shop_id=shop_id, share_no=share_no)
    release = find_release(share_no)
    kept = find_kept(share, earned, release)
    way_out = find_order_way_out(shop_id=shop_id, posted=posted)
    context = {
        "share": share,
        "state": name_state(share.state, share.method),
        "tone": tone_of(share.state, share.method),
        "goods": sum_price(terms),
        "sums": sum_earned(earned, terms, kept),
        "expected": [] if posted else sum_earnings(terms, share.method, release),
        "earned": earned,
        "place": gettext("You kept the cash") if kept else name_place(earned.place),
        "place_tone": tone_of_place(earned.place),
        "way_out": way_out,
        "way_out_words": say_way_out(way_out) if way_out else "",
        "postings": describe_postings(posted),
        "posted": bool(posted),
    }
    return render_page(request, "portal/money/order.html", context)


def sum_price(terms: ShareTerms) -> list[SumRow]:
    """How the price came about, as it was agreed; the shop's own discounts are in the goods' prices."""
    return [
        SumRow(gettext("Goods"), terms.goods_minor, gettext("after your own discounts")),
        SumRow(gettext("Freight"), terms.freight_minor),
        SumRow(gettext("Price of the order"), terms.total_minor, kind="total"),
    ]


def sum_earned(earned: ShareEarnings, terms: ShareTerms, kept_minor: int) -> list[SumRow]:
    """From what was paid to what the shop has of it, by the ledger's entries; `kept_minor`: cash the shop took itself.

    The commission's note is what was agreed; its amount is what was posted.
    """
    rows = []
    if kept_minor:
        rows.append(SumRow(gettext("Cash that you took"), kept_minor, gettext("not through our books")))
    rows += [
        SumRow(_name_part(part), amount, _note(part, earned, terms), kind="less" if amount < 0 else "plain")
        for part, amount in earned.parts.items()
    ]
    for part in (EarningPart.COUPON, EarningPart.POINTS):
        if earned.transaction_ids and not earned.part(part):
            rows.append(SumRow(_name_part(part), text=gettext("none used")))
    order = {_name_part(part): place for place, part in enumerate(EarningPart)}
    rows.sort(key=lambda row: order.get(row.label, -1))
    return [*rows, SumRow(gettext("Earned"), earned.net_minor + kept_minor, kind="total")]


def _note(part: EarningPart, earned: ShareEarnings, terms: ShareTerms) -> str:
    if part is not EarningPart.COMMISSION:
        return ""
    agreed = gettext("; ").join(row.note for row in list_commission(terms) if row.note)
    vat = gettext("VAT of ¥%(vat)s inside") % {"vat": format_minor(earned.commission_vat_minor, terms.currency)}
    return gettext("; ").join(words for words in (agreed, vat) if words)


def _name_part(part: EarningPart) -> str:
    return {
        EarningPart.PAID: gettext("Paid for the order"),
        EarningPart.COUPON: gettext("Platform's coupon, paid by us"),
        EarningPart.POINTS: gettext("Points, paid by us"),
        EarningPart.COMMISSION: gettext("Commission"),
        EarningPart.PROVIDER_FEE: gettext("Payment provider's fee"),
        EarningPart.CASH_FEE: gettext("Carrier's fee for the cash"),
        EarningPart.REFUND: gettext("Refunded sum"),
        EarningPart.OTHER: gettext("Other movements"),
    }[part]


def find_kept(share: ShareSummary, earned: ShareEarnings, release: ReleaseView | None) -> int:
    """The cash that the shop took itself, once its commission is posted; 0 for every other order."""
    took = release is not None and release.carrier == SELF_DELIVERY and earned.released_at is not None
    return share.total_minor if took else 0


def _describe(share: ShareSummary, earned: ShareEarnings, release: ReleaseView | None) -> dict[str, object]:
    kept = find_kept(share, earned, release)
    return {
        **describe_share(share),
        "earned": earned,
        "parts": sum_parts(earned, kept),
        "net_minor": earned.net_minor + kept,
        "posted": bool(earned.transaction_ids),
        "place": gettext("You kept the cash") if kept else name_place(earned.place),
        "place_tone": tone_of_place(earned.place),
        "since": earned.refunded_at or earned.released_at or earned.sold_at,
    }


def _list_tabs(current: str) -> list[Tab]:
    labels = {
        "all": gettext("All"),
        "to_ship": gettext("To send"),
        "to_receive": gettext("On their way"),
        "done": gettext("Completed"),
        "after_sales": gettext("Refunds"),
    }
    address = reverse("portal:earnings")
    return [Tab(label, f"{address}?tab={name}", name == current) for name, label in labels.items()]
