"""Views of invoices: a month's page, each line of which opens its postings, and the same on paper."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from billing.settlement.exporting.sheets import CONTENT_TYPES, FileFormat, find_writer
from billing.settlement.words import name_kind
from billing.wallets.contracts import Invoice
from billing.wallets.selectors import InvoiceNotFound, get_invoice
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.wallet.papers import describe_invoice, describe_issuer, last_day


@require_GET
@shop_required("money")
def show_invoice(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month's invoice."""
    invoice = _find(request, year, month)
    context = {
        "invoice": invoice,
        "lines": [{"line": line, "name": name_kind(line.kind)} for line in invoice.lines],
        "last_day": last_day(invoice.month),
        "issuer": describe_issuer(),
    }
    return render_page(request, "portal/wallet/invoice.html", context)


@require_GET
@shop_required("money")
def download_invoice(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The invoice as a PDF, in the language of the page."""
    invoice, language = _find(request, year, month), get_language() or "zh-hans"
    shop_name = visit_of(request).shop.name.best(language)
    with translation.override(language):
        content = b"".join(find_writer(FileFormat.PDF)(describe_invoice(invoice, shop_name=shop_name)))
    response = HttpResponse(content, content_type=CONTENT_TYPES[FileFormat.PDF])
    response["Content-Disposition"] = f'attachment; filename="{invoice.number}.pdf"'
    return response


def _find(request: HttpRequest, year: int, month: int) -> Invoice:
    """The chosen shop's invoice. Raises `Http404`."""
    try:
        first = date(year, month, 1)
        return get_invoice(shop_id=visit_of(request).shop.shop_id, month=first, now=timezone.now())
    except (InvoiceNotFound, ValueError) as error:
        raise Http404 from error
