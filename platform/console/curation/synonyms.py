"""Views of synonyms: the groups, one group, and all of them as a file."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.access import REVIEWERS, me, staff_page
from console.curation.files import RowFault, read_groups, write_groups
from console.curation.forms import SynonymFileForm, SynonymForm
from console.curation.frame import list_tabs
from console.curation.words import say_phrases
from console.frame import render_page
from console.lists import read_text
from search.curation.contracts import SynonymGroup
from search.curation.rules import BadPhrases, make_query_key
from search.curation.selectors import list_groups
from search.curation.services import NotThere, TooMuch, import_synonyms, remove_synonyms, save_synonyms
from web.toasts import add_toast

MOST_SHOWN = 200


@staff_page()
@require_GET
def show_synonyms(request: HttpRequest) -> HttpResponse:
    """All groups, or those with a phrase."""
    return _render(request, SynonymForm(initial=_read_given(request)))


@staff_page(*REVIEWERS)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new group."""
    form = SynonymForm(request.POST)
    if form.is_valid() and _save(request, form, 0):
        return redirect("console:synonyms")
    return _render(request, form, status=422)


@staff_page(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, group_id: int) -> HttpResponse:
    """Change a group."""
    group = next((one for one in list_groups() if one.group_id == group_id), None)
    if group is None:
        raise Http404
    if request.method == "GET":
        given = {"phrases": "\n".join(group.phrases), "is_one_way": group.is_one_way}
        return _render(request, SynonymForm(initial=given), group_id=group_id)
    form = SynonymForm(request.POST)
    if form.is_valid() and _save(request, form, group_id):
        return redirect("console:synonyms")
    return _render(request, form, group_id=group_id, status=422)


@staff_page(*REVIEWERS)
@require_POST
def remove(request: HttpRequest, group_id: int) -> HttpResponse:
    """Remove a group; its phrases stand in the form again for who wants them back."""
    try:
        group = remove_synonyms(group_id=group_id, actor_id=me(request), now=timezone.now())
    except NotThere:
        add_toast(request, gettext("Somebody removed this group meanwhile."), bad=True)
        return redirect("console:synonyms")
    add_toast(request, gettext("Removed. To have it back, add what stands in the form."))
    query = "&".join([*(f"phrase={quote(phrase)}" for phrase in group.phrases), *(["one_way=1"] * group.is_one_way)])
    return redirect(f"{reverse('console:synonyms')}?{query}")


@staff_page()
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """All groups as CSV."""
    answer = HttpResponse("".join(write_groups(list_groups())), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="synonyms.csv"'
    return answer


@staff_page(*REVIEWERS)
@require_POST
def take_file(request: HttpRequest) -> HttpResponse:
    """Add the groups of a file, all or none."""
    form = SynonymFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, SynonymForm(), file_form=form, status=422)
    groups, faults = read_groups(form.cleaned_data["file"].read(), list_groups())
    if faults:
        return _render(request, SynonymForm(), faults=faults, status=422)
    try:
        added = import_synonyms(groups=groups, actor_id=me(request), now=timezone.now())
    except (BadPhrases, TooMuch):
        add_toast(request, gettext("Somebody changed synonyms meanwhile. Send the file once more."), bad=True)
    else:
        said = ngettext("%(count)s group added.", "%(count)s groups added.", added)
        add_toast(request, said % {"count": added})
    return redirect("console:synonyms")


def _save(request: HttpRequest, form: SynonymForm, group_id: int) -> bool:
    try:
        save_synonyms(group=form.to_group(group_id), actor_id=me(request), now=timezone.now())
    except BadPhrases as error:
        form.add_error("phrases", say_phrases(error))
    except TooMuch as error:
        form.add_error(None, gettext("There are %(most)s groups already. Remove one.") % {"most": error.args[0]})
    except NotThere as error:
        raise Http404 from error
    else:
        add_toast(request, gettext("Saved. Search knows it within a second."))
        return True
    return False


def _render(
    request: HttpRequest,
    form: SynonymForm,
    *,
    group_id: int = 0,
    file_form: SynonymFileForm | None = None,
    faults: list[RowFault] | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = read_text(request, "q", 40)
    groups = list_groups()
    found = _filter(groups, typed)
    context = {
        "tabs": list_tabs("synonyms"),
        "form": form,
        "group_id": group_id,
        "file_form": file_form or SynonymFileForm(),
        "faults": faults or [],
        "typed": typed,
        "groups": found[:MOST_SHOWN],
        "hidden": len(found) - len(found[:MOST_SHOWN]),
        "total": len(groups),
    }
    return render_page(request, "curation/synonyms.html", context, status=status)


def _filter(groups: list[SynonymGroup], typed: str) -> list[SynonymGroup]:
    key = make_query_key(typed)
    return [group for group in groups if any(key in make_query_key(phrase) for phrase in group.phrases)]


def _read_given(request: HttpRequest) -> dict[str, object]:
    """Phrases that another page, or an undo, proposes."""
    return {
        "phrases": "\n".join(phrase[:40] for phrase in request.GET.getlist("phrase")[:20]),
        "is_one_way": request.GET.get("one_way") == "1",
    }
