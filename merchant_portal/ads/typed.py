"""What was typed so far on the way through the three steps of a new campaign. It travels in the form, in no table."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from merchant_portal.frame import read_number
from search.campaigns.contracts import BadInput, CampaignKind, MatchType, WordDraft
from search.campaigns.contracts import limits as most
from search.campaigns.rules.checking import check_word
from search.campaigns.rules.hours import DAYS

WHAT, WHO, HOW = "what", "who", "how"
STEPS = (WHAT, WHO, HOW)
_FIELDS: Mapping[str, tuple[str, ...]] = {
    WHAT: ("kind", "product", "creative", "q"),
    WHO: (
        "word", "own_words", "match", "seeds", "days", "from_hour", "to_hour", "regions", "audience",
        *(f"day_{day}" for day in range(DAYS)),
    ),
    HOW: ("name", "bid", "charge", "daily_budget", "total_budget", "pace", "starts_on", "ends_on"),
}  # fmt: skip
LONGEST_TYPED = 20_000
_BIDDING = frozenset({CampaignKind.KEYWORD.value, CampaignKind.DISPLAY.value})


@dataclass(frozen=True, slots=True)
class Typed:
    """The state of the way: `asked` is everything that was posted, the rest is read out of it."""

    asked: QueryDict
    kind: CampaignKind
    product_ids: tuple[int, ...]
    creative_ids: tuple[int, ...]
    match: MatchType

    @property
    def own_lines(self) -> list[str]:
        """The words of one's own, line by line as they were typed."""
        return self.asked.get("own_words", "")[:LONGEST_TYPED].splitlines()

    @property
    def words(self) -> list[str]:
        """Ticked words, then those that were typed, each once."""
        found = [" ".join(text.split()) for text in (*self.asked.getlist("word"), *self.own_lines)]
        return list(dict.fromkeys(text for text in found if text))[: most.MOST_WORDS + 1]

    @property
    def drafts(self) -> tuple[WordDraft, ...]:
        """The words as they would be bought."""
        return tuple(WordDraft(text, self.match) for text in self.words)

    def hidden(self, step: str) -> list[tuple[str, str]]:
        """What the other steps hold, to be carried along."""
        others = [name for one in STEPS if one != step for name in _FIELDS[one]]
        return [(name, value) for name in others for value in self.asked.getlist(name)[: most.MOST_WORDS]]

    def list_wrongs(self, step: str) -> list[BadInput]:
        """Why the next step cannot be gone to yet."""
        if step == WHAT and not (self.product_ids or self.creative_ids):
            return [BadInput("products", "required")]
        if step == WHO and self.kind is CampaignKind.KEYWORD:
            return self._list_wrong_words()
        return []

    def _list_wrong_words(self) -> list[BadInput]:
        if not self.words:
            return [BadInput("words", "required")]
        if len(self.words) > most.MOST_WORDS:
            return [BadInput("words", "too_many", most=most.MOST_WORDS)]
        for text in self.words:
            try:
                check_word(text)
            except BadInput as error:
                return [error]
        return []


def read_typed(asked: QueryDict) -> Typed:
    """What was posted, with nothing in it that is none of our choices."""
    kind = asked.get("kind", "")
    match = asked.get("match", "")
    return Typed(
        asked,
        CampaignKind(kind) if kind in _BIDDING else CampaignKind.KEYWORD,
        _read_ids(asked, "product"),
        _read_ids(asked, "creative") if kind == CampaignKind.DISPLAY else (),
        MatchType(match) if match in set(MatchType) else MatchType.PHRASE,
    )


def _read_ids(asked: QueryDict, name: str) -> tuple[int, ...]:
    numbers = (read_number(text) for text in asked.getlist(name)[: most.MOST_ADS])
    return tuple(dict.fromkeys(number for number in numbers if number))
