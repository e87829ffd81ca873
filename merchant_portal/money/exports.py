"""Files of movements: short ones come at once, long ones are made and wait to be fetched."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from billing.settlement.exporting.files import (
    EXPORT_KIND,
    MOST_AT_ONCE,
    EntryExport,
    TooManyRows,
    count_rows,
    start_entry_export,
    stream_entries,
)
from billing.settlement.exporting.sheets import CONTENT_TYPES, FileFormat
from market.jobs.contracts import JobState, JobView
from market.jobs.selectors import NoSuchJob, get_job, list_jobs
from market.jobs.services import stop_job
from market.media.selectors import NoSuchDocument, get_document, read_document
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.imports.sentences import name_state, tone_of
from merchant_portal.money.filters import EntryQuery, read_query
from web.toasts import add_toast

MOST_LISTED = 10


def describe_export(request: HttpRequest, query: EntryQuery, file_format: FileFormat = FileFormat.CSV) -> EntryExport:
    """The file of what a filter shows, in the words of the page."""
    shop, language = visit_of(request).shop, get_language() or "zh-hans"
    return EntryExport(
        shop_id=shop.shop_id,
        shop_name=shop.name.best(language),
        currency=query.currency,
        wanted=query.wanted,
        format=file_format,
        language=language,
    )


def list_made_files(shop_id: int) -> list[dict[str, object]]:
    """The files that were made lately, or are being made."""
    return [describe_job(job) for job in list_jobs(shop_id=shop_id, kinds=[EXPORT_KIND], limit=MOST_LISTED)]


@require_GET
@shop_required("money")  # type: ignore[arg-type]  # a stream passes wherever a response does
def download_entries(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The movements of a filter as a file, at once. More than fits at once leads to having it made."""
    query = read_query(request.GET, shop_id=visit_of(request).shop.shop_id)
    export = describe_export(request, query, _read_format(request.GET.get("format", "")))
    if query.wrongs or count_rows(export, most=MOST_AT_ONCE) > MOST_AT_ONCE:
        return redirect(f"{_entries_address(query)}#files")
    now = timezone.now()
    response = StreamingHttpResponse(stream_entries(export, now=now), content_type=CONTENT_TYPES[export.format])
    name = f"{visit_of(request).shop.slug}-{timezone.localdate(now).isoformat()}.{export.format.value}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@shop_required("money")
def make_file(request: HttpRequest) -> HttpResponse:
    """Have a long file made; its page shows how far it is."""
    visit = visit_of(request)
    query = read_query(request.POST, shop_id=visit.shop.shop_id)
    export = describe_export(request, query, _read_format(request.POST.get("format", "")))
    if query.wrongs:
        return redirect(_entries_address(query))
    try:
        job_id = start_entry_export(export=export, created_by=visit.user_id, now=timezone.now())
    except TooManyRows as error:
        sentence = gettext("A file of this kind holds %(most)s movements: choose nearer dates.")
        add_toast(request, sentence % {"most": f"{error.most:,}"}, bad=True)
        return redirect(_entries_address(query))
    return redirect("portal:money-file", job_id)


@require_GET
@shop_required("money")
def show_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far a file is; htmx asks again for the part that changes, a reload does the same."""
    context = describe_job(_find(request, job_id))
    if request.headers.get("HX-Request") == "true":
        return render(request, "portal/money/progress.html", context)
    return render_page(request, "portal/money/file.html", context)


@require_POST
@shop_required("money")
def stop_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """Do not make it after all."""
    job = _find(request, job_id)
    if stop_job(job_id=job.job_id, shop_id=visit_of(request).shop.shop_id, now=timezone.now()):
        add_toast(request, gettext("Stopped. No file is made."))
    else:
        add_toast(request, gettext("It was over already."))
    return redirect("portal:money-file", job_id)


@require_GET
@shop_required("money")
def download_file(request: HttpRequest, job_id: int) -> HttpResponse:
    """A file that was made."""
    job, shop_id = _find(request, job_id), visit_of(request).shop.shop_id
    try:
        document = get_document(media_id=int(job.result.get("media_id", 0)), shop_id=shop_id)
        content = read_document(media_id=document.media_id, shop_id=shop_id)
    except NoSuchDocument as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=document.content_type)
    name = f"{visit_of(request).shop.slug}-{job.job_id}.{job.params['format']}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def describe_job(job: JobView) -> dict[str, object]:
    """A file as its page and the list show it."""
    too_large = gettext("The file would be larger than 20 MB: choose nearer dates.")
    broken = gettext("It could not be made. Have it made again; if that fails too, write to us.")
    return {
        "job": job,
        "format": str(job.params["format"]).upper(),
        "state": name_state(job.state),
        "tone": tone_of(job.state),
        "is_ready": job.state is JobState.DONE,
        "rows": job.result.get("rows", 0),
        "failure": {"export_too_large": too_large}.get(job.error, broken) if job.state is JobState.FAILED else "",
    }


def _find(request: HttpRequest, job_id: int) -> JobView:
    try:
        job = get_job(job_id=job_id, shop_id=visit_of(request).shop.shop_id)
    except NoSuchJob as error:
        raise Http404 from error
    if job.kind != EXPORT_KIND:
        raise Http404
    return job


def _read_format(text: str) -> FileFormat:
    try:
        return FileFormat(text)
    except ValueError as error:
        raise Http404 from error


def _entries_address(query: EntryQuery) -> str:
    address = reverse("portal:money-entries")
    return f"{address}?{query.address}" if query.address else address
