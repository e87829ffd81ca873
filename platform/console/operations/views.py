"""Views of what runs behind the pages: events on their way, long jobs, spare schemas."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from console.access import me, staff_page
from console.deeds import retry_delivery
from console.frame import Rail, render_page
from console.lists import PAGE, cut, read_position
from console.words import JOB_STATES
from market.jobs.contracts import JobState
from market.jobs.selectors import count_jobs_by_state, list_all_jobs
from market.outbox.selectors import get_health, list_troubled
from market.shops.selectors import count_spare_schemas, list_shops_by_ids
from web.shapes import Tab
from web.toasts import add_toast


@staff_page()
@require_GET
def show_events(request: HttpRequest) -> HttpResponse:
    """How far deliveries are behind, and the ones that fail or were parked."""
    outbox = get_health(now=timezone.now())
    rows = list_troubled(PAGE + 1, before_id=read_position(request, "events"))
    page = cut(rows, "events", _delivery_id)
    context = {
        "outbox": outbox,
        "spare_schemas": count_spare_schemas(),
        "deliveries": [{**row, "last_line": _last_line(str(row["error"]))} for row in page.items],
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "operations/events.html", context, rail=Rail(outbox=outbox))


@staff_page()
@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Have a parked event delivered again."""
    if retry_delivery(delivery_id=delivery_id, actor_id=me(request), now=timezone.now()):
        add_toast(request, gettext("It is delivered again within five seconds."))
    else:
        add_toast(request, gettext("It is not parked any more: somebody had it delivered again."), bad=True)
    return redirect("console:events")


@staff_page()
@require_GET
def show_jobs(request: HttpRequest) -> HttpResponse:
    """Long work of the shops, newest first, with progress and errors."""
    state = _read_state(request.GET.get("tab", "all"))
    scope = f"jobs:{state.value if state else 'all'}"
    rows = list_all_jobs(states=[state] if state else [], before_id=read_position(request, scope), limit=PAGE + 1)
    page = cut(rows, scope, lambda job: job.job_id)
    context = {
        "tabs": _list_tabs(state),
        "jobs": page.items,
        "shops": list_shops_by_ids({job.shop_id for job in page.items}),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "operations/jobs.html", context)


def _read_state(tab: str) -> JobState | None:
    if tab == "all":
        return None
    try:
        return JobState(tab)
    except ValueError as error:
        raise Http404 from error


def _list_tabs(current: JobState | None) -> list[Tab]:
    address, counts = reverse("console:jobs"), count_jobs_by_state()
    tabs = [Tab(gettext("All"), address, current is None, sum(counts.values()))]
    return tabs + [
        Tab(str(JOB_STATES[state]), f"{address}?tab={state.value}", state is current, counts[state])
        for state in JobState
    ]


def _delivery_id(row: dict[str, object]) -> int:
    return int(str(row["delivery_id"]))


def _last_line(error: str) -> str:
    """A traceback's last line says what went wrong."""
    return error.strip().rpartition("\n")[2][:300]
