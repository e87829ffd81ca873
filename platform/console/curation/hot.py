"""Views of hot words: those that staff offer, and those that never become hot."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.access import REVIEWERS, me, staff_page
from console.curation.forms import BlockForm, HotWordForm
from console.curation.frame import list_tabs
from console.curation.words import say_word
from console.frame import render_page
from search.curation.contracts import HotWord
from search.curation.selectors import list_blocked, list_hot_words
from search.curation.services import (
    BadWord,
    NotThere,
    TooMuch,
    block_word,
    remove_hot_word,
    save_hot_word,
    unblock_word,
)
from web.toasts import add_toast


@staff_page()
@require_GET
def show_hot_words(request: HttpRequest) -> HttpResponse:
    """What the search box offers, and when."""
    return _render(request, HotWordForm())


@staff_page(*REVIEWERS)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new hot word."""
    form = HotWordForm(request.POST)
    if form.is_valid() and _save(request, form, 0):
        return redirect("console:hot-words")
    return _render(request, form, status=422)


@staff_page(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, word_id: int) -> HttpResponse:
    """Change a hot word."""
    word = next((one for one in list_hot_words() if one.word_id == word_id), None)
    if word is None:
        raise Http404
    if request.method == "GET":
        return _render(request, HotWordForm(initial=_show(word)), word_id=word_id)
    form = HotWordForm(request.POST)
    if form.is_valid() and _save(request, form, word_id):
        return redirect("console:hot-words")
    return _render(request, form, word_id=word_id, status=422)


@staff_page(*REVIEWERS)
@require_POST
def remove(request: HttpRequest, word_id: int) -> HttpResponse:
    """Stop offering a word."""
    try:
        word = remove_hot_word(word_id=word_id, actor_id=me(request), now=timezone.now())
    except NotThere:
        add_toast(request, gettext("Somebody removed this word meanwhile."), bad=True)
    else:
        as_it_was = urlencode({name: str(value) for name, value in _show(word).items() if value})
        undo = f"{reverse('console:put-back-hot-word')}?{as_it_was}"
        add_toast(request, gettext("Removed: the search box does not offer it any more."), undo_url=undo)
    return redirect("console:hot-words")


@staff_page(*REVIEWERS)
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Offer a removed word again, as it was: the address carries it."""
    form = HotWordForm(request.GET)
    if not form.is_valid():
        raise Http404
    if not _save(request, form, 0):
        add_toast(request, gettext("It cannot be put back: another hot word asks the same, or none fits."), bad=True)
    return redirect("console:hot-words")


@staff_page(*REVIEWERS)
@require_POST
def block(request: HttpRequest) -> HttpResponse:
    """Let a query never become hot by itself."""
    form = BlockForm(request.POST)
    if form.is_valid():
        try:
            key = block_word(words=form.cleaned_data["words"], actor_id=me(request), now=timezone.now())
        except BadWord as error:
            form.add_error("words", say_word(error.args[0]))
        except TooMuch as error:
            form.add_error("words", gettext("There are %(most)s words already. Let one go.") % {"most": error.args[0]})
        else:
            add_toast(request, gettext("“%(word)s” never becomes hot by itself.") % {"word": key})
            return redirect("console:hot-words")
    return _render(request, HotWordForm(), block_form=form, status=422)


@staff_page(*REVIEWERS)
@require_POST
def unblock(request: HttpRequest) -> HttpResponse:
    """Let a query become hot again."""
    try:
        unblock_word(key=request.POST.get("key", "")[:40], actor_id=me(request), now=timezone.now())
    except NotThere:
        add_toast(request, gettext("Somebody let this word go meanwhile."), bad=True)
    else:
        add_toast(request, gettext("It may become hot again."))
    return redirect("console:hot-words")


def _save(request: HttpRequest, form: HotWordForm, word_id: int) -> bool:
    try:
        save_hot_word(word=form.to_word(word_id), actor_id=me(request), now=timezone.now())
    except BadWord as error:
        form.add_error("ends_on" if error.args[0] == "ends_before_start" else "zh", say_word(error.args[0]))
    except TooMuch as error:
        form.add_error(None, gettext("There are %(most)s hot words already. Remove one.") % {"most": error.args[0]})
    else:
        add_toast(request, gettext("Saved. The search box offers it within a second, in its time."))
        return True
    return False


def _show(word: HotWord) -> dict[str, object]:
    zone = timezone.get_default_timezone()
    return {
        "zh": word.zh,
        "en": word.en,
        "query": word.query,
        "place": word.place,
        "starts_on": word.starts_at.astimezone(zone).date() if word.starts_at else None,
        "ends_on": (word.ends_at.astimezone(zone) - timedelta(days=1)).date() if word.ends_at else None,
    }


def _render(
    request: HttpRequest,
    form: HotWordForm,
    *,
    word_id: int = 0,
    block_form: BlockForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "tabs": list_tabs("hot-words"),
        "form": form,
        "word_id": word_id,
        "words": [(word, word.is_offered(now)) for word in list_hot_words()],
        "blocked": list_blocked(),
        "block_form": block_form or BlockForm(),
    }
    return render_page(request, "curation/hot.html", context, status=status)
