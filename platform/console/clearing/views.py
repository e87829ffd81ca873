"""Views of clearing: the aged list of a proof, and the reasons for what is on it."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.settlement.contracts import ClearingItemView, ClearingProofView, ClearingState
from billing.settlement.rules.clearing import AGES
from billing.settlement.selectors import (
    ClearingFilter,
    count_clearing_items,
    find_clearing_item,
    find_clearing_proof,
    list_clearing_codes,
    list_clearing_items,
    list_clearing_notes,
    list_clearing_proofs,
)
from billing.settlement.services import NoReason, prove_clearing, write_clearing_note
from console.access import FINANCE, has_role, me, staff_page
from console.clearing.forms import NoteForm
from console.frame import render_page
from console.lists import PAGE, cut, read_number, read_position
from console.words import CLEARING_AGES, CLEARING_STATES
from market.accounts.selectors import list_people_by_ids
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from web.shapes import Tab
from web.toasts import add_toast

PROOFS = 10


@staff_page()
@require_GET
def show_clearing(request: HttpRequest) -> HttpResponse:
    """The latest proof, or the one that is asked for, with its aged list."""
    now = timezone.now()
    proof = _find_proof(request)
    proofs = list_clearing_proofs(limit=PROOFS)
    if proof is None:
        return render_page(request, "clearing/clearing.html", {"now": now, "proofs": proofs})
    only = _read_filter(request)
    scope = f"clearing:{proof.proof_id}:{only.state or ''}:{only.code}:{only.age}"
    after_id = read_position(request, scope)
    rows = list_clearing_items(proof_id=proof.proof_id, now=now, only=only, after_id=after_id, limit=PAGE + 1)
    page = cut(rows, scope, lambda row: row.item_id)
    counts = count_clearing_items(proof_id=proof.proof_id, now=now)
    context = {
        "now": now,
        "proof": proof,
        "proofs": proofs,
        "counts": {state.value: count for state, count in counts.items()},
        "tabs": _list_tabs(proof, only, counts),
        "only": only,
        "codes": list_clearing_codes(proof.proof_id),
        "ages": [(age.name, CLEARING_AGES[age.name]) for age in AGES],
        "items": page.items,
        "shops": _name_shops(page.items),
        "people": list_people_by_ids([item.note.written_by for item in page.items if item.note]),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "clearing/clearing.html", context)


@staff_page(*FINANCE)
@require_POST
def prove_now(request: HttpRequest) -> HttpResponse:
    """Look again now, without waiting for the night."""
    proof = prove_clearing(now=timezone.now(), asked_by=me(request))
    said = gettext("Everything is at zero, young or explained.")
    if not proof.cleared:
        said = gettext("%(count)s to explain.") % {"count": proof.overdue}
    add_toast(request, said, bad=not proof.cleared)
    return redirect("console:clearing")


@staff_page()
@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item with all that was ever written about its place; finance adds to it."""
    now = timezone.now()
    item = find_clearing_item(item_id, now=now)
    if item is None:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        if not has_role(request, *FINANCE):
            raise PermissionDenied
        if form.is_valid() and _write(request, item, form):
            return redirect("console:clearing")
    notes = list_clearing_notes(item.place)
    context = {
        "item": item,
        "form": form,
        "notes": notes,
        "shops": _name_shops([item]),
        "people": list_people_by_ids([note.written_by for note in notes]),
    }
    return render_page(request, "clearing/item.html", context, status=422 if form.errors else 200)


def _write(request: HttpRequest, item: ClearingItemView, form: NoteForm) -> bool:
    try:
        write_clearing_note(
            item_id=item.item_id, reason=form.cleaned_data["reason"], actor_id=me(request), now=timezone.now()
        )
    except NoReason:
        form.add_error("reason", gettext("Say why: others work by it."))
        return False
    add_toast(request, gettext("The reason is written down."))
    return True


def _find_proof(request: HttpRequest) -> ClearingProofView | None:
    """Raises `Http404` for a number that no proof has."""
    asked = request.GET.get("proof", "")
    if not asked:
        return find_clearing_proof()
    number = read_number(asked)
    proof = find_clearing_proof(number) if number is not None else None
    if proof is None:
        raise Http404
    return proof


def _read_filter(request: HttpRequest) -> ClearingFilter:
    """Raises `Http404` for a state or an age that there is not."""
    state, code, age = (request.GET.get(name, "") for name in ("state", "code", "age"))
    if (state and state not in CLEARING_STATES) or (age and age not in CLEARING_AGES) or len(code) > len("request"):
        raise Http404
    return ClearingFilter(ClearingState(state) if state else None, code, age)


def _list_tabs(proof: ClearingProofView, only: ClearingFilter, counts: dict[ClearingState, int]) -> list[Tab]:
    base = f"{reverse('console:clearing')}?proof={proof.proof_id}"
    tabs = [Tab(gettext("All"), base, only.state is None, sum(counts.values()))]
    for state in (ClearingState.OVERDUE, ClearingState.EXPLAINED, ClearingState.YOUNG):
        href = f"{base}&state={state.value}"
        tabs.append(Tab(str(CLEARING_STATES[state]), href, only.state is state, counts[state]))
    return tabs


def _name_shops(items: Sequence[ClearingItemView]) -> dict[int, ShopContext]:
    return list_shops_by_ids({item.shop_id for item in items if item.shop_id is not None})
