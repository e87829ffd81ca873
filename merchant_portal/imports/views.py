"""Views of imports: upload, preview, start, follow, stop."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.jobs.contracts import Issue, JobState, JobView
from market.jobs.selectors import NoSuchJob, get_job, list_issues, list_jobs
from market.jobs.services import stop_job
from market.media.selectors import NoSuchDocument, get_document, read_document
from market.media.services import DocumentTooLarge, EmptyDocument, store_document
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import read_number, render_page
from merchant_portal.imports.sentences import name_format, name_state, tone_of
from tenants.catalog.contracts import ProductStatus
from tenants.catalog.imports import FileRefused, preview_import, write_template
from tenants.catalog.words import describe
from tenants.inventory.imports import IMPORT_KIND, start_import
from web.toasts import add_toast

MOST_MEGABYTES = 20
ISSUES = 100


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def show_imports(request: HttpRequest) -> HttpResponse:
    """A field for a file, and the imports so far. A file leads to its preview."""
    wrongs: list[tuple[str, str]] = []
    if request.method == "POST":
        media_id, sentence = _take_file(request)
        if media_id:
            return redirect("portal:import-preview", media_id)
        wrongs.append(("#file", sentence))
    jobs = list_jobs(shop_id=visit_of(request).shop.shop_id, kinds=[IMPORT_KIND])
    context = {"jobs": [describe_job(job) for job in jobs], "wrongs_list": wrongs, "most": MOST_MEGABYTES}
    return render_page(request, "portal/imports/list.html", context, status=422 if wrongs else 200)


@require_GET
@shop_required("goods")
def download_template(request: HttpRequest) -> HttpResponse:
    """Our own table with its heads and an example."""
    response = HttpResponse(write_template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="jishi-goods.csv"'
    return response


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def preview(request: HttpRequest, media_id: int) -> HttpResponse:
    """What the file says, before anything of it is taken; POST takes it."""
    visit = visit_of(request)
    try:
        document = get_document(media_id=media_id, shop_id=visit.shop.shop_id)
        content = read_document(media_id=media_id, shop_id=visit.shop.shop_id)
    except NoSuchDocument as error:
        raise Http404 from error
    try:
        if request.method == "POST":
            job_id = start_import(
                shop=visit.shop,
                content=content,
                file_name=document.file_name,
                default_status=_read_status(request),
                created_by=visit.user_id,
                now=timezone.now(),
            )
            return redirect("portal:import-job", job_id)
        found = preview_import(content)
    except FileRefused as error:
        add_toast(request, describe(error.code, error.params), bad=True)
        return redirect("portal:imports")
    context = {
        "document": document,
        "preview": found,
        "format": name_format(found.format),
        "issues": [
            {"issue": issue, "reason": describe(issue.code, issue.params), "is_warning": issue.is_warning}
            for issue in found.first_issues
        ],
    }
    return render_page(request, "portal/imports/preview.html", context)


@require_GET
@shop_required("goods")
def show_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How an import goes on; htmx asks again for the part that changes, a reload does the same."""
    visit = visit_of(request)
    job = _find(request, job_id)
    after = read_number(request.GET.get("after", ""))
    issues = list_issues(job_id=job_id, shop_id=visit.shop.shop_id, after=after, limit=ISSUES + 1)
    shown = issues[:ISSUES]
    context = {
        **describe_job(job),
        "issues": [_describe_issue(issue) for _, issue in shown],
        "next_cursor": shown[-1][0] if len(issues) > ISSUES else None,
        "failure": _say_failure(job, [issue for _, issue in shown]),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "portal/imports/progress.html", context)
    return render_page(request, "portal/imports/job.html", context)


@require_POST
@shop_required("goods")
def stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop an import; what it has taken stays."""
    _find(request, job_id)
    if stop_job(job_id=job_id, shop_id=visit_of(request).shop.shop_id, now=timezone.now()):
        add_toast(request, gettext("Stopped. What was taken already stays."))
    else:
        add_toast(request, gettext("It was over already."))
    return redirect("portal:import-job", job_id)


def describe_job(job: JobView) -> dict[str, object]:
    """A job as the list and its page show it."""
    return {
        "job": job,
        "file_name": job.params.get("file_name", ""),
        "state": name_state(job.state),
        "tone": tone_of(job.state),
        "created": job.result.get("created", 0),
        "updated": job.result.get("updated", 0),
        "unchanged": job.result.get("unchanged", 0),
        "refused": job.result.get("refused", 0),
    }


def _take_file(request: HttpRequest) -> tuple[int, str]:
    """The stored file's id, or the sentence that says why there is none."""
    visit, upload = visit_of(request), request.FILES.get("file")
    if upload is None:
        return 0, gettext("Choose a CSV file first.")
    try:
        content = upload.read(MOST_MEGABYTES * 1024 * 1024 + 1)
        preview_import(content)
        media_id = store_document(
            shop_id=visit.shop.shop_id,
            content=content,
            file_name=upload.name or "goods.csv",
            content_type="text/csv",
            now=timezone.now(),
        )
    except FileRefused as error:
        return 0, describe(error.code, error.params)
    except DocumentTooLarge:
        return 0, describe("file_too_large", {"limit": MOST_MEGABYTES})
    except EmptyDocument:
        return 0, describe("file_empty", {})
    return media_id, ""


def _read_status(request: HttpRequest) -> ProductStatus:
    return ProductStatus.ACTIVE if request.POST.get("on_sale") == "1" else ProductStatus.DRAFT


def _find(request: HttpRequest, job_id: int) -> JobView:
    try:
        job = get_job(job_id=job_id, shop_id=visit_of(request).shop.shop_id)
    except NoSuchJob as error:
        raise Http404 from error
    if job.kind != IMPORT_KIND:
        raise Http404
    return job


def _describe_issue(issue: Issue) -> dict[str, object]:
    return {
        "issue": issue,
        "reason": describe(issue.code, issue.params),
        "is_warning": issue.severity.value == "warning",
    }


def _say_failure(job: JobView, issues: Sequence[Issue]) -> str:
    """Why a job failed: its refusal stands among the issues at row 0, with its numbers."""
    if job.state is not JobState.FAILED:
        return ""
    refusal = next((issue for issue in issues if issue.row == 0 and issue.code == job.error), None)
    return describe(refusal.code, refusal.params) if refusal else describe("crashed", {})
