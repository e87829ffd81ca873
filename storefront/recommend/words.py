"""Why something is shown, in words."""

from django.utils.translation import get_language, gettext

from search.results.contracts import Reason, ReasonKind

LONGEST_TITLE = 40


def say_why(reason: Reason) -> str:
    """One line under a card. Titles are cut; where one may not be shown any more, it is left out."""
    about = _cut(reason.about.best(get_language() or "zh-hans")) if reason.about else ""
    if about:
        named = {
            ReasonKind.YOU_LOOKED: gettext("Because you looked at “%(title)s”"),
            ReasonKind.YOU_CARTED: gettext("Because “%(title)s” was in your cart"),
            ReasonKind.YOU_BOUGHT: gettext("Because you bought “%(title)s”"),
            ReasonKind.POPULAR: gettext("Sells well in %(title)s"),
            ReasonKind.NEW: gettext("New in %(title)s"),
            ReasonKind.LIKE_THIS: gettext("Like “%(title)s”"),
        }
        if reason.kind in named:
            return named[reason.kind] % {"title": about}
    return {
        ReasonKind.LOOKED_TOGETHER: gettext("Others looked at both"),
        ReasonKind.BOUGHT_TOGETHER: gettext("Others bought both"),
        ReasonKind.LIKE_THIS: gettext("Of the same kind"),
        ReasonKind.YOU_LOOKED: gettext("Because of what you looked at"),
        ReasonKind.YOU_CARTED: gettext("Because of what was in your cart"),
        ReasonKind.YOU_BOUGHT: gettext("Because of what you bought"),
        ReasonKind.POPULAR: gettext("Sells well"),
        ReasonKind.NEW: gettext("New"),
    }[reason.kind]


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"
