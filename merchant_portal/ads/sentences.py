"""Words for what merchants set in campaigns, and what is wrong with something that was typed."""

from django.utils.translation import gettext, pgettext

from market.money import format_minor
from search.campaigns.contracts import (
    BadInput,
    CampaignState,
    Competition,
    CreativeState,
    MatchType,
    PartState,
    WordHint,
)
from search.campaigns.words import name_match


def list_matches() -> list[tuple[str, str]]:
    """Values and names of all kinds of match."""
    return [(match.value, name_match(match)) for match in (MatchType.PHRASE, MatchType.EXACT, MatchType.BROAD)]


def name_competition(competition: Competition) -> str:
    """How many others bid."""
    return {
        Competition.FEW: pgettext("competition", "low"),
        Competition.SOME: pgettext("competition", "medium"),
        Competition.MANY: pgettext("competition", "high"),
    }[competition]


def say_hint(hint: WordHint | None, match: MatchType, *, is_unfit: bool = False) -> str:
    """Why a word is hardly shown, and what to do; nothing where nothing stands in its way.

    `is_unfit`: no product of the group is called by it. The whole question is compared with what products are called:
    of an exact word that is the word alone, and no bid helps; of the others something may stand beside it.
    """
    if is_unfit and hint not in (WordHint.EXCLUDED, WordHint.BELOW_FLOOR):
        return _say_unfit(match)
    return {
        None: "",
        WordHint.EXCLUDED: gettext("Never shown: it is among the words you keep away from."),
        WordHint.BELOW_FLOOR: gettext("Never shown: the bid is below the least that a search page takes."),
        WordHint.OUTBID: gettext("Hardly shown: four others or more bid more. Raise the bid."),
        WordHint.NOBODY_ASKS: gettext("Nobody asked for it lately. Try a shorter word."),
    }[hint]


def _say_unfit(match: MatchType) -> str:
    if match is MatchType.EXACT:
        return gettext(
            "Never shown: too little of it stands in what your products are called. "
            "Choose words that they are called by."
        )
    return gettext(
        "Hardly shown: only where somebody also asks for what your products are called. "
        "Choose words that they are called by."
    )


def name_creative_state(state: CreativeState) -> str:
    """What staff said of a picture."""
    return {
        CreativeState.WAITING: gettext("In review"),
        CreativeState.APPROVED: gettext("Approved"),
        CreativeState.REFUSED: pgettext("ads", "Refused"),
    }[state]


def tone_of(state: CampaignState | PartState | CreativeState) -> str:
    """The tone of a state's badge."""
    if state in (CampaignState.RUNNING, PartState.RUNNING, CreativeState.APPROVED):
        return "good"
    if state is CreativeState.WAITING:
        return "warn"
    return "bad" if state is CreativeState.REFUSED else ""


def describe(error: BadInput) -> str:
    """What to type instead."""
    if error.code == "out_of_range":
        return _describe_range(error)
    if error.code in ("above_budget", "below_bid"):
        return _describe_budget(error)
    if error.code == "too_many":
        return _describe_number(error)
    if error.code == "too_long":
        return gettext("At most %(most)s characters.") % {"most": error.most}
    if error.code == "forbidden":
        sentence = gettext("“%(word)s” may not be said in advertising: leave out superlatives and the like.")
        return sentence % {"word": error.word}
    return (_SENTENCES.get((error.field, error.code)) or _SENTENCES[("", error.code)])()


def _describe_range(error: BadInput) -> str:
    if error.field == "pages":
        return gettext("Enter 50 to 600 percent for each page.")
    sentence = _RANGES.get(error.field)
    show = format_minor if sentence else str
    least, most = (show(number) if number is not None else "" for number in (error.least, error.most))
    return (sentence() if sentence else gettext("Enter %(least)s to %(most)s.")) % {"least": least, "most": most}


def _describe_budget(error: BadInput) -> str:
    if error.code == "below_bid":
        sentence = gettext("¥%(sum)s is bid for a click in this campaign. Enter at least that, or lower the bid first.")
        return sentence % {"sum": format_minor(error.least or 0)}
    sentence = gettext("A bid is not above the budget of a day, ¥%(sum)s here. Bid less, or raise the budget first.")
    return sentence % {"sum": format_minor(error.most or 0)}


def _describe_number(error: BadInput) -> str:
    if error.field == "word":
        return gettext("This is no word that people ask for: use letters or characters, at most ten words together.")
    if error.field == "waiting":
        return gettext("%(most)s pictures wait for review already. Wait until they are looked at.") % {
            "most": error.most
        }
    return gettext("At most %(most)s here. Remove some first.") % {"most": error.most}


_RANGES = {
    "bid": lambda: gettext("Enter a bid of ¥%(least)s to ¥%(most)s."),
    "daily_budget": lambda: gettext("Enter a budget a day of ¥%(least)s to ¥%(most)s."),
    "total_budget": lambda: gettext("Enter a budget in all of ¥%(least)s, which is a day's, to ¥%(most)s."),
    "daily_limit": lambda: gettext("Enter a limit a day of ¥%(least)s to ¥%(most)s."),
}
_SENTENCES = {
    ("name", "required"): lambda: gettext("Give the campaign a name."),
    ("group_name", "required"): lambda: gettext("Give the group a name."),
    ("group_name", "twice"): lambda: gettext("A group with this name is there already."),
    ("word", "required"): lambda: gettext("A word is empty."),
    ("word", "personal"): lambda: gettext("This looks like somebody's number or address."),
    ("title", "required"): lambda: gettext("Enter the line under the picture."),
    ("title", "address"): lambda: gettext("Leave out addresses of other places."),
    ("landing", "required"): lambda: gettext("Say where a click leads."),
    ("landing", "unknown"): lambda: gettext("Enter a page of your own: /shop/… or /item/…/ as shoppers see it."),
    ("picture", "wrong_size"): lambda: gettext("Use 1200 × 400, 1200 × 200 or 600 × 600 pixels, or larger alike."),
    ("picture", "too_heavy"): lambda: gettext("The picture is over 1 MB. Save it smaller."),
    ("starts_on", "past"): lambda: gettext("The first day is over. Choose today or later."),
    ("ends_on", "before_start"): lambda: gettext("The last day is before the first. Change one of them."),
    ("hours", "required"): lambda: gettext("Choose at least one day and one hour."),
    ("regions", "unknown"): lambda: gettext("Choose provinces from the list."),
    ("audiences", "too_small"): lambda: gettext(
        "Fewer than 1,000 people: an audience alone, or all that is chosen together, provinces included."
        " Choose more provinces or all, or everybody of a kind."
    ),
    ("audiences", "unknown"): lambda: gettext("Choose audiences from the list."),
    ("daily_limit", "not_a_sum"): lambda: gettext("Enter a sum such as 300 or 300.00."),
    ("bid", "not_a_sum"): lambda: gettext("Enter a bid such as 0.60."),
    ("match", "unknown"): lambda: gettext("Enter exact, phrase or broad."),
    ("state", "unknown"): lambda: gettext("Enter running or paused."),
    ("match", "twice"): lambda: gettext("A word with this match is there already. Remove one of them first."),
    ("", "required"): lambda: gettext("Fill this in."),
    ("", "unknown"): lambda: gettext("This does not go together with the campaign."),
    ("", "twice"): lambda: gettext("This is said twice."),
}
