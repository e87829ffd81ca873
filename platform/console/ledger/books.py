"""Taking the books away: a file that an independent program proves."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from billing.ledger.exporting import BookFormat
from console.access import FINANCE, me, staff_page
from console.deeds import note_books_taken
from console.frame import render_page
from console.ledger.page import read_instant
from console.ledger.streaming import stream_books
from web.access import recent_proof_required

ENDINGS = {BookFormat.BEANCOUNT: "beancount", BookFormat.HLEDGER: "journal"}


class BooksForm(forms.Form):
    """Which program is to read it, and up to when."""

    format = forms.ChoiceField(
        label=_("Program"),
        choices=[(BookFormat.BEANCOUNT.value, "beancount"), (BookFormat.HLEDGER.value, "hledger")],
        widget=forms.RadioSelect,
        initial=BookFormat.BEANCOUNT.value,
    )
    until = forms.CharField(
        label=_("Up to and with"),
        required=False,
        max_length=19,
        help_text=_("Beijing time. Empty: everything there is now."),
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )

    def clean_until(self) -> datetime | None:
        """The instant; None for all there is."""
        try:
            return read_instant(self.cleaned_data["until"])
        except ValueError as error:
            raise forms.ValidationError(_("Enter a day and a time, such as 2026-11-22 18:00.")) from error


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def take_books(request: HttpRequest) -> HttpResponse:
    """The books as a file for beancount or hledger, streamed; who took them is written down."""
    form = BooksForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render_page(request, "ledger/books.html", {"form": form}, status=422 if form.errors else 200)
    now = timezone.now()
    book_format, until = BookFormat(form.cleaned_data["format"]), form.cleaned_data["until"]
    note_books_taken(book_format=book_format, until=until, actor_id=me(request), now=now)
    response = StreamingHttpResponse(stream_books(book_format, until), content_type="text/plain; charset=utf-8")
    name = f"jishi-{timezone.localtime(until or now):%Y-%m-%d-%H%M}.{ENDINGS[book_format]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]  # a stream passes wherever a response does
